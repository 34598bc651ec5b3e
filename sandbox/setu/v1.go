package setu

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// oldOffer is what the simulator reads of a HumanResource of version 1.4.
type oldOffer struct {
	XMLName xml.Name
	Worker  string `xml:"HumanResourceId>IdValue"`
	Order   string `xml:"ReferenceInformation>OrderId>IdValue"`
	Name    string `xml:"ResourceInformation>PersonName>FormattedName"`
	Contact struct {
		Inner string `xml:",innerxml"`
	} `xml:"ResourceInformation>EntityContactInfo>ContactMethod"`
	Version string `xml:"UserArea>HumanResourceAdditionalNL>SETUVersionId"`
	Offer   string `xml:"UserArea>HumanResourceAdditionalNL>OfferId>IdValue"`
}

// oldOffers answers the calls of version 1.x: offers are posted, revised and
// withdrawn, and cannot be read. A second POST makes a second offer.
func (s *Server) oldOffers(w http.ResponseWriter, r *http.Request, id string) {
	at := slices.Index(s.old, id)
	switch {
	case r.Method == http.MethodPost && id == "":
	case at < 0 || r.Method != http.MethodPut && r.Method != http.MethodDelete:
		refuse(w, http.StatusNotFound, "404", "Not Found.")
		return
	case r.Method == http.MethodDelete:
		s.old = slices.Delete(s.old, at, at+1)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	o, raw, err := s.readOffer(r)
	if err == nil && id != "" && o.Offer != id {
		err = fmt.Errorf("OfferId is not the id of the resource")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "400", err.Error())
		return
	}
	s.LastOld = raw
	if id == "" {
		s.old = append(s.old, o.Offer)
		w.WriteHeader(http.StatusCreated)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (s *Server) readOffer(r *http.Request) (o oldOffer, raw []byte, err error) {
	raw, err = io.ReadAll(io.LimitReader(r.Body, 20<<20))
	if err == nil {
		err = xml.Unmarshal(raw, &o)
	}
	switch {
	case err != nil:
		return o, raw, err
	case r.Header.Get("messageVersion") != "application/x.setu.human-resource-v1.4+xml" || r.Header.Get("Content-Type") != "application/xml" || o.Version != "1.4":
		return o, raw, fmt.Errorf("unsupported version of request body")
	case o.XMLName.Local != "HumanResource" || o.Offer == "" || o.Worker == "" || o.Name == "":
		return o, raw, fmt.Errorf("missing mandatory element")
	case strings.TrimSpace(o.Contact.Inner) != "":
		return o, raw, fmt.Errorf("an offer may not carry contact data")
	case !slices.ContainsFunc(s.orders, func(have Order) bool { return have.ID == o.Order }):
		return o, raw, fmt.Errorf("there is no request for quotation %s", o.Order)
	}
	return o, raw, nil
}
