package handlers

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestTheSchemaOfAProfileIsOpen(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/profile.schema.json", nil))
	var schema struct {
		Schema     string `json:"$schema"`
		Properties map[string]any
	}
	if w.Code != http.StatusOK || json.Unmarshal(w.Body.Bytes(), &schema) != nil || schema.Schema == "" || schema.Properties["requisition"] == nil {
		t.Errorf("the schema is answered with %d: %.200s", w.Code, w.Body)
	}
}
