package successfactors

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// assertion is what is read of a SAML assertion.
type assertion struct {
	ID     string `xml:"ID,attr"`
	Issuer string `xml:"Issuer"`
	NameID string `xml:"Subject>NameID"`
	Data   struct {
		Recipient    string    `xml:"Recipient,attr"`
		NotOnOrAfter time.Time `xml:"NotOnOrAfter,attr"`
	} `xml:"Subject>SubjectConfirmation>SubjectConfirmationData"`
	Conditions struct {
		NotBefore    time.Time `xml:"NotBefore,attr"`
		NotOnOrAfter time.Time `xml:"NotOnOrAfter,attr"`
		Audience     string    `xml:"AudienceRestriction>Audience"`
	} `xml:"Conditions"`
	Attributes []struct {
		Name  string `xml:"Name,attr"`
		Value string `xml:"AttributeValue"`
	} `xml:"AttributeStatement>Attribute"`
	Signature struct {
		Info struct {
			Method struct {
				Algorithm string `xml:"Algorithm,attr"`
			} `xml:"SignatureMethod"`
			Reference struct {
				URI    string `xml:"URI,attr"`
				Digest string `xml:"DigestValue"`
			} `xml:"Reference"`
		} `xml:"SignedInfo"`
		Value string `xml:"SignatureValue"`
	} `xml:"Signature"`
}

// verify proves an assertion against the registered certificate.
func (s *Server) verify(text, recipient string) error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return errors.New("the assertion is not base64")
	}
	var a assertion
	if err := xml.Unmarshal(raw, &a); err != nil {
		return errors.New("the assertion is no XML")
	}
	if err := s.signed(raw, a); err != nil {
		return err
	}
	key := ""
	for _, at := range a.Attributes {
		if at.Name == "api_key" {
			key = at.Value
		}
	}
	now := s.opts.Now()
	switch {
	case now.Before(a.Conditions.NotBefore), !now.Before(a.Conditions.NotOnOrAfter), !now.Before(a.Data.NotOnOrAfter):
		return errors.New("the assertion has expired")
	case a.Conditions.Audience != "www.successfactors.com":
		return errors.New("the audience is wrong")
	case a.Data.Recipient != recipient:
		return errors.New("the recipient is wrong")
	case key != s.opts.APIKey || a.Issuer == "":
		return errors.New("the API key or the issuer is wrong")
	case a.NameID != s.opts.User:
		return errors.New("login failed - invalid user")
	}
	return nil
}

// signed checks digest and signature over the canonical form of both parts.
func (s *Server) signed(raw []byte, a assertion) error {
	from, to := bytes.Index(raw, []byte("<ds:Signature ")), bytes.Index(raw, []byte("</ds:Signature>"))
	if s.opts.Key == nil || from < 0 || to < from || a.Signature.Info.Reference.URI != "#"+a.ID || !strings.HasSuffix(a.Signature.Info.Method.Algorithm, "#rsa-sha256") {
		return errors.New("the assertion is not signed as it should be")
	}
	whole := slices.Concat(raw[:from], raw[to+len("</ds:Signature>"):])
	canonical, err := canonicalise(whole)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(canonical); base64.StdEncoding.EncodeToString(sum[:]) != a.Signature.Info.Reference.Digest {
		return errors.New("the digest does not fit")
	}
	_, info, _ := bytes.Cut(raw[from:to], []byte("<ds:SignedInfo>"))
	info, _, _ = bytes.Cut(info, []byte("</ds:SignedInfo>"))
	if canonical, err = canonicalise(slices.Concat([]byte(`<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">`), info, []byte("</ds:SignedInfo>"))); err != nil {
		return err
	}
	value, err := base64.StdEncoding.DecodeString(a.Signature.Value)
	sum := sha256.Sum256(canonical)
	if err != nil || rsa.VerifyPKCS1v15(s.opts.Key, crypto.SHA256, sum[:], value) != nil {
		return errors.New("the signature does not fit the certificate")
	}
	return nil
}

// canonicalise writes XML in exclusive canonical form, for documents whose namespaces
// are all declared and used at their root.
func canonicalise(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	attr := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
	name := func(n xml.Name) string {
		if n.Space == "" {
			return n.Local
		}
		return n.Space + ":" + n.Local
	}
	dec := xml.NewDecoder(bytes.NewReader(raw))
	for {
		t, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			slices.SortFunc(t.Attr, func(a, b xml.Attr) int { // declarations first
				return cmp.Or(strings.Compare(b.Name.Space, a.Name.Space), strings.Compare(a.Name.Local, b.Name.Local))
			})
			fmt.Fprintf(&out, "<%s", name(t.Name))
			for _, a := range t.Attr {
				fmt.Fprintf(&out, ` %s="%s"`, name(a.Name), attr.Replace(a.Value))
			}
			out.WriteByte('>')
		case xml.EndElement:
			fmt.Fprintf(&out, "</%s>", name(t.Name))
		case xml.CharData:
			out.WriteString(text.Replace(string(t)))
		}
	}
}
