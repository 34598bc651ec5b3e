package handlers

import (
	"net/http"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/web"
)

// showAPIDocs lists the operations of the REST API from its contract.
func (s *Server) showAPIDocs(w http.ResponseWriter, r *http.Request) error {
	contract, err := api.Load()
	if err != nil {
		return err
	}
	v := web.APIDocsView{Version: contract.Version, SpecURL: "/api/openapi.yaml"}
	for _, tag := range contract.Tags {
		g := web.APIGroup{Tag: tag.Name, Description: tag.Description}
		for _, o := range tag.Operations {
			g.Operations = append(g.Operations, web.APIOperation{Method: o.Method, Path: o.Path, Summary: o.Summary, Description: strings.TrimSpace(o.Description), Scope: o.Scope})
		}
		v.Groups = append(v.Groups, g)
	}
	if v.Page, err = s.page(r, web.NavAPI, "API"); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, web.APIDocsPage(v))
}

// showContract gives the contract to generators of clients.
func (s *Server) showContract(w http.ResponseWriter, _ *http.Request) error {
	contract, err := api.Load()
	if err != nil {
		return err
	}
	doc, err := contract.Doc.MarshalYAML()
	if err != nil {
		return err
	}
	body, err := yaml.Marshal(doc)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Content-Disposition", `attachment; filename="openapi.yaml"`)
	_, err = w.Write(body)
	return err
}
