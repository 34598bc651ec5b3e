package web

import "net/http"

// headline names the problem in a few words.
func (v ErrorView) headline() string {
	switch v.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return "That did not work"
	case http.StatusUnauthorized:
		return "Please sign in"
	case http.StatusForbidden:
		return "You may not do this"
	case http.StatusNotFound:
		return "There is nothing here"
	case http.StatusConflict:
		return "It changed meanwhile"
	case http.StatusRequestEntityTooLarge:
		return "That is too large"
	case http.StatusTooManyRequests:
		return "Please slow down"
	case http.StatusServiceUnavailable:
		return "The hub is not ready"
	default:
		return "Something broke on our side"
	}
}

// words explains the problem when the handler has nothing better to say.
func (v ErrorView) words() string {
	switch v.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return "The request could not be understood. Go back, look at the form and try again."
	case http.StatusUnauthorized:
		return "This page is for people who are signed in."
	case http.StatusForbidden:
		return "Your role does not include this. Ask an admin if you need it."
	case http.StatusNotFound:
		return "The address is wrong, or the record was removed."
	case http.StatusConflict:
		return "Somebody else changed it first. Load the page again and look at the new state."
	case http.StatusTooManyRequests:
		return "There were too many requests. Wait a minute, then try again."
	case http.StatusServiceUnavailable:
		return "The database or a part of the hub does not answer. Nothing that was accepted is lost. Try again in a minute."
	default:
		return "The fault is recorded. Try again; if it stays, tell the operator the number below."
	}
}

// errorIcon gives the picture of an error page.
func errorIcon(status int) string {
	switch status {
	case http.StatusForbidden, http.StatusUnauthorized:
		return "lock"
	case http.StatusNotFound:
		return "map-off"
	case http.StatusServiceUnavailable:
		return "plug-off"
	default:
		return "alert-triangle"
	}
}
