package successfactors

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// assertionLife is how long an assertion is good; it is used at once.
const assertionLife = 10 * time.Minute

// assertion makes a signed SAML 2.0 bearer assertion for the API user, in base64.
// Every piece is written in the form that exclusive canonicalisation gives, so its
// bytes are what is digested and signed. RFC 7522; XML Signature with RSA-SHA256.
func (c *Connector) assertion(now time.Time) (string, error) {
	id := make([]byte, 16)
	rand.Read(id) // it never fails
	name := "_" + hex.EncodeToString(id)
	head, tail := c.statement(name, now.UTC())
	digest := sha256.Sum256([]byte(head + tail)) // without the signature: the enveloped form
	info := signedInfo(name, base64.StdEncoding.EncodeToString(digest[:]))
	// Alone, SignedInfo carries the namespace that it has from its parent in the document.
	sum := sha256.Sum256([]byte(strings.Replace(info, "<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="`+nsSignature+`">`, 1)))
	value, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", staffing.Errorf(staffing.Invalid, "the private key cannot sign: it must be RSA with at least 2048 bits")
	}
	sig := `<ds:Signature xmlns:ds="` + nsSignature + `">` + info + "<ds:SignatureValue>" + base64.StdEncoding.EncodeToString(value) + "</ds:SignatureValue>" + c.keyInfo() + "</ds:Signature>"
	return base64.StdEncoding.EncodeToString([]byte(head + sig + tail)), nil
}

const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	algC14N     = "http://www.w3.org/2001/10/xml-exc-c14n#"
	algRSA      = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	algDigest   = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// statement is the assertion: head up to the issuer, behind which the signature has
// its place, and tail.
func (c *Connector) statement(id string, now time.Time) (head, tail string) {
	at, from, to := stamp(now), stamp(now.Add(-assertionLife)), stamp(now.Add(assertionLife))
	head = `<saml2:Assertion xmlns:saml2="` + nsAssertion + `" ID="` + id + `" IssueInstant="` + at + `" Version="2.0">` +
		el("saml2:Issuer", esc(c.set["issuer"]))
	tail = el("saml2:Subject",
		`<saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">`+esc(c.set["user_id"])+"</saml2:NameID>"+
			`<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">`+
			`<saml2:SubjectConfirmationData NotOnOrAfter="`+to+`" Recipient="`+attr(c.tokenURL)+`"></saml2:SubjectConfirmationData></saml2:SubjectConfirmation>`) +
		`<saml2:Conditions NotBefore="` + from + `" NotOnOrAfter="` + to + `">` +
		el("saml2:AudienceRestriction", el("saml2:Audience", esc(c.set["audience"]))) + "</saml2:Conditions>" +
		`<saml2:AuthnStatement AuthnInstant="` + at + `" SessionIndex="` + id + `">` +
		el("saml2:AuthnContext", el("saml2:AuthnContextClassRef", "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")) + "</saml2:AuthnStatement>" +
		el("saml2:AttributeStatement", `<saml2:Attribute Name="api_key">`+el("saml2:AttributeValue", esc(c.set["client_id"]))+"</saml2:Attribute>") +
		"</saml2:Assertion>"
	return head, tail
}

func signedInfo(id, digest string) string {
	return el("ds:SignedInfo", empty("ds:CanonicalizationMethod", algC14N)+empty("ds:SignatureMethod", algRSA)+
		`<ds:Reference URI="#`+id+`">`+el("ds:Transforms", empty("ds:Transform", nsSignature+"enveloped-signature")+empty("ds:Transform", algC14N))+
		empty("ds:DigestMethod", algDigest)+el("ds:DigestValue", digest)+"</ds:Reference>")
}

// keyInfo names our certificate, where the settings have it.
func (c *Connector) keyInfo() string {
	block, _ := pem.Decode([]byte(c.set["certificate"]))
	if block == nil {
		return ""
	}
	return el("ds:KeyInfo", el("ds:X509Data", el("ds:X509Certificate", base64.StdEncoding.EncodeToString(block.Bytes))))
}

func el(name, content string) string { return "<" + name + ">" + content + "</" + name + ">" }

func empty(name, algorithm string) string {
	return "<" + name + ` Algorithm="` + algorithm + `"></` + name + ">"
}

// esc writes text in canonical form, attr the value of an attribute.
func esc(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;").Replace(s)
}

func attr(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;").Replace(s)
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }

// readKey reads an RSA key in PEM. The file of SAP's own generator holds the
// certificate as well: the key is picked out.
func readKey(text string) (*rsa.PrivateKey, error) {
	bad := func(what string) error {
		return &staffing.Error{Code: staffing.Invalid, Field: "private_key", Message: "Private key " + what}
	}
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, bad("must be in PEM: it begins with -----BEGIN PRIVATE KEY-----")
		}
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			return nil, bad("has a password; enter it without one")
		case block.Type == "RSA PRIVATE KEY":
			key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
			if err != nil {
				return nil, bad("cannot be read") // the error may quote the key
			}
			return key, nil
		case block.Type == "PRIVATE KEY":
			parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			key, isRSA := parsed.(*rsa.PrivateKey)
			if err != nil || !isRSA {
				return nil, bad("must be an RSA key")
			}
			return key, nil
		}
	}
}

func checkKey(text string) error {
	if _, err := readKey(text); err != nil {
		return errors.New(staffing.MessageOf(err))
	}
	return nil
}

func checkCertificate(text string) error {
	if _, err := readCertificate(text); err != nil {
		return errors.New("Certificate must be in PEM: it begins with -----BEGIN CERTIFICATE-----") //nolint:staticcheck // it begins with the setting's label
	}
	return nil
}

func readCertificate(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("no certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}
