package netsuite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	tokenPath     = "/services/rest/auth/oauth2/v1/token"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionLife = 5 * time.Minute // an hour is the most; it is used at once
	defaultLife   = time.Hour
)

// access gives the token that all replicas share.
func (c *Connector) access(ctx context.Context) (connectors.Token, error) {
	return c.tokens.Token(ctx, c.place(), c.fetch)
}

// place names the token by what it was asked for with, so that other settings get
// another one.
func (c *Connector) place() string {
	sum := sha256.Sum256([]byte(c.base + "\n" + c.set["client_id"] + "\n" + c.set["certificate_id"] + "\n" + c.set["scope"] + "\n" + c.set["private_key"]))
	return "access-" + hex.EncodeToString(sum[:8])
}

func (c *Connector) fetch(ctx context.Context) (connectors.Token, error) {
	assertion, err := c.assertion()
	if err != nil {
		return connectors.Token{}, err
	}
	var out struct {
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_in"` // NetSuite writes it as a text
	}
	_, err = c.http.JSON(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + tokenPath, ReadOnly: true,
		Body: url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {assertionType}, "client_assertion": {assertion}}}, &out)
	switch code := staffing.CodeOf(err); {
	case code == staffing.Invalid || code == staffing.Unauthorized:
		return connectors.Token{}, &staffing.Error{Code: staffing.Unauthorized, Err: err,
			Message: "NetSuite refused the client ID, the certificate ID or the key: is the mapping at OAuth 2.0 Client Credentials (M2M) Setup still there, and the certificate valid?"}
	case code == staffing.NotFound:
		return connectors.Token{}, &staffing.Error{Code: staffing.Unavailable, Err: err, Message: "there is no NetSuite account at this address: check Account ID"}
	case err != nil:
		return connectors.Token{}, explain(err, "no token from NetSuite")
	case out.Token == "":
		return connectors.Token{}, staffing.Errorf(staffing.Unavailable, "NetSuite's answer to the token request holds no token")
	}
	life := defaultLife
	if n, err := strconv.Atoi(string(out.Expires)); err == nil && n > 0 {
		life = time.Duration(n) * time.Second
	}
	return connectors.Token{Value: out.Token, ExpiresAt: c.now().Add(life)}, nil
}

// assertion proves who we are by a signature of the mapped certificate's key.
func (c *Connector) assertion() (string, error) {
	now := c.now()
	t := jwt.NewWithClaims(method(c.key), jwt.MapClaims{
		"iss": c.set["client_id"], "scope": []string{c.set["scope"]}, "aud": c.base + tokenPath,
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	})
	t.Header["kid"] = c.set["certificate_id"]
	signed, err := t.SignedString(c.key)
	if err != nil {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "private_key", Message: "the private key cannot sign"}
	}
	return signed, nil
}

// method is the signature that NetSuite takes for a kind of key: PS256 for RSA, and
// for EC the one of its curve.
func method(key crypto.Signer) jwt.SigningMethod {
	ec, ok := key.(*ecdsa.PrivateKey)
	if !ok {
		return jwt.SigningMethodPS256
	}
	switch ec.Curve.Params().BitSize {
	case 384:
		return jwt.SigningMethodES384
	case 521:
		return jwt.SigningMethodES512
	}
	return jwt.SigningMethodES256
}

// checkKey is the check of the setting.
func checkKey(text string) error {
	_, err := readKey(text)
	return err
}

// readKey reads a key in PEM, in any of the three forms that openssl writes. Errors
// quote nothing of it.
func readKey(text string) (crypto.Signer, error) {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errors.New("Private key must be in PEM and without a password: it begins with -----BEGIN PRIVATE KEY-----") //nolint:staticcheck // it begins with the setting's label
		}
		if key := parseKey(block); key != nil {
			return key, suitable(key)
		}
	}
}

func parseKey(block *pem.Block) crypto.Signer {
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		signer, _ := key.(crypto.Signer) // another kind of key cannot sign
		return signer
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key
	}
	return nil
}

func suitable(key crypto.Signer) error {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 3072 {
			return nil
		}
	case *ecdsa.PrivateKey:
		if k.Curve.Params().BitSize >= 256 {
			return nil
		}
	}
	return errors.New("Private key is of a kind that NetSuite refuses: EC of 256, 384 or 521 bits, or RSA of 3072 or 4096") //nolint:staticcheck // it begins with the setting's label
}
