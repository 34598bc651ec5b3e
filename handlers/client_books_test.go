package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestAManagerFindsTheCustomerInTheERP(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c := storetest.Client(t, h.store)
	path := "/clients/" + c.ID.String()
	browser := h.as(accountManager)
	if text := browser.get(path).page(t).Find("main").Text(); !strings.Contains(text, "No ERP is connected yet") {
		t.Error("the page does not say that no ERP is connected")
	}
	storetest.Connection(t, h.store, staffing.RoleERP)
	h.desk.found = []staffing.BookEntry{{Code: "NRB-7", Name: "Northfield Robotics Inc."}}
	found := browser.get(path + "?find=customer&text=north").page(t)
	if said := h.desk.did[len(h.desk.did)-1]; said != "search customer north" {
		t.Errorf("the ERP was asked %q", said)
	}
	use := found.Find(`button[aria-label="Bill to it: Northfield Robotics Inc."]`).Closest("form")
	if use.Find(`input[name=customer]`).AttrOr("value", "") != "NRB-7" {
		t.Error("what was found cannot be chosen")
	}
	browser.post(path+"/books", url.Values{"customer": {"NRB-7"}, "item_time": {"TEMP"}}).must(t, http.StatusSeeOther)
	if said := h.desk.did[len(h.desk.did)-1]; !strings.HasPrefix(said, "books ") || !strings.HasSuffix(said, " NRB-7 TEMP ") {
		t.Errorf("chosen is %q", said)
	}
	h.as(operator).post(path+"/books", url.Values{"customer": {"X"}}).must(t, http.StatusForbidden)
	bad := browser.post(path+"/books", url.Values{"customer": {strings.Repeat("x", 201)}}).must(t, http.StatusUnprocessableEntity).page(t)
	if bad.Find("#f-customer.is-invalid").Length() != 1 {
		t.Error("a code that is too long is not marked")
	}
}

func TestAnERPThatCannotBeSearchedSaysSo(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c := storetest.Client(t, h.store)
	storetest.Connection(t, h.store, staffing.RoleERP)
	browser := h.as(finance)
	page := "/clients/" + c.ID.String() + "?find=item&text="
	if text := browser.get(page).page(t).Find("#books").Closest("section").Text(); !strings.Contains(text, "Nothing there has that code or name.") {
		t.Errorf("a search that finds nothing says %q", text)
	}
	h.desk.err = staffing.Errorf(staffing.Unavailable, "the ERP does not answer")
	if text := browser.get(page).page(t).Find("#books").Closest("section").Find("[role=alert]").Text(); text != "The ERP does not answer." {
		t.Errorf("a failed search says %q", text)
	}
	if text := browser.get(page + strings.Repeat("x", 101)).page(t).Find("[role=alert]").Text(); !strings.Contains(text, "100 characters") {
		t.Errorf("a long search says %q", text)
	}
}
