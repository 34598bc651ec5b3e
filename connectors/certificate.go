package connectors

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// The keys of the two settings that make a client certificate.
const (
	CertificateField    = "client_certificate"
	CertificateKeyField = "client_certificate_key"
)

// CertificateFields are the settings of a client certificate for a kind whose vendor
// takes one; help says where in the vendor's pages it is entered.
func CertificateFields(help string) Spec {
	return Spec{
		{Key: CertificateField, Label: "Client certificate", Multiline: true, Secret: true, Advanced: true, Check: checkCertificate,
			Help: help + " In PEM: the lines from BEGIN CERTIFICATE to END CERTIFICATE, ours first, then those of its issuers."},
		{Key: CertificateKeyField, Label: "Key of the client certificate", Multiline: true, Secret: true, Advanced: true, Check: checkCertificateKey,
			Help: "The private key that belongs to the client certificate, in PEM and without a password: " + help},
	}
}

// ClientCertificate is [Kind.Certificate] for a kind with [CertificateFields]: nil
// without error when both settings are empty.
func ClientCertificate(s Settings) (*tls.Certificate, error) {
	cert, key := s[CertificateField], s[CertificateKeyField]
	switch {
	case cert == "" && key == "":
		return nil, nil //nolint:nilnil // no certificate is a valid setting
	case cert == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: CertificateField, Message: "there is a key but no client certificate that it belongs to"}
	case key == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: CertificateKeyField, Message: "the client certificate needs its key"}
	}
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil { // the error may quote the key, so it is not passed on
		return nil, &staffing.Error{Code: staffing.Invalid, Field: CertificateKeyField, Message: "the client certificate and its key do not belong together"}
	}
	return &pair, nil
}

// CertificateEnds is the last moment of a client certificate; zero when there is none.
func CertificateEnds(s Settings) time.Time {
	pair, err := ClientCertificate(s)
	if err != nil || pair == nil || pair.Leaf == nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}

func checkCertificate(value string) error {
	block, _ := pem.Decode([]byte(value))
	if block == nil || block.Type != "CERTIFICATE" {
		return errors.New("Client certificate must be in PEM: it begins with -----BEGIN CERTIFICATE-----") //nolint:staticcheck // it begins with the setting's label
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return errors.New("Client certificate cannot be read") //nolint:staticcheck // likewise
	}
	if time.Now().After(cert.NotAfter) {
		return fmt.Errorf("Client certificate has ended on %s", cert.NotAfter.Format(time.DateOnly)) //nolint:staticcheck // likewise
	}
	return nil
}

func checkCertificateKey(value string) error {
	block, _ := pem.Decode([]byte(value))
	switch {
	case block == nil || !strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return errors.New("Key of the client certificate must be in PEM: it begins with -----BEGIN PRIVATE KEY-----") //nolint:staticcheck // likewise
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return errors.New("Key of the client certificate has a password; enter it without one") //nolint:staticcheck // likewise
	}
	return nil
}
