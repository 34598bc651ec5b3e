package handlers

import (
	"net/http"

	"github.com/tributary-hub/tributary/web"
)

// showHelp explains words, roles and keys.
func (s *Server) showHelp(w http.ResponseWriter, r *http.Request) error {
	p, err := s.page(r, web.NavHelp, "Glossary and keys")
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.HelpPage(web.HelpView{Page: p}))
}
