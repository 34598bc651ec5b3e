package handlers

import (
	"net/http"

	"github.com/tributary-hub/tributary/mapping"
)

// showProfileSchema gives the JSON Schema of a profile's document to editors.
func showProfileSchema(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/schema+json")
	_, err := w.Write(mapping.Schema())
	return err
}
