package handlers

import "net/http"

// rest answers /api/v1. It sees the whole path.
func (s *Server) rest() http.Handler {
	return s.serve(func(http.ResponseWriter, *http.Request) error { return errNoPage })
}
