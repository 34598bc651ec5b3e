// Package apitoken makes and reads the bearer tokens of the REST API: JSON Web
// Tokens, signed with a key of the hub's own (HMAC-SHA256). A token says which
// record in the database it stands for and what it may do; whether it was
// revoked, the record says.
package apitoken

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// KeyName is where the store keeps the key, made by [NewKey] on first use.
const KeyName = "api-token-key"

const (
	issuer   = "tributary"
	audience = "tributary-api"
	keySize  = 32 // bytes: as long as the hash, so that the key is never the weaker part
	maxSize  = 4096
)

// Token is what a bearer token says.
type Token struct {
	ID        uuid.UUID // of the store.APIToken
	Scopes    []string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Has says whether the token carries that scope.
func (t Token) Has(scope string) bool { return slices.Contains(t.Scopes, scope) }

type claims struct {
	Scopes []string `json:"scopes"`
	jwt.RegisteredClaims
}

// NewKey makes a key at random, for store.NamedSecret.
func NewKey() ([]byte, error) {
	key := make([]byte, keySize)
	_, err := rand.Read(key)
	return key, err
}

// Issue signs a token. The text is shown once and not kept. It is
// [staffing.Invalid] to ask for no scope, an unknown one, or an end that is not
// after the beginning.
func Issue(key []byte, t Token) (string, error) {
	switch {
	case len(key) < keySize:
		return "", staffing.Errorf(staffing.Internal, "the key for API tokens is too short")
	case t.ID == uuid.Nil:
		return "", staffing.Errorf(staffing.Internal, "an API token needs a record that it stands for")
	case len(t.Scopes) == 0:
		return "", &staffing.Error{Code: staffing.Invalid, Field: "scopes", Message: "a token needs at least one scope"}
	case !t.ExpiresAt.After(t.IssuedAt):
		return "", &staffing.Error{Code: staffing.Invalid, Field: "expires_at", Message: "a token must end after it begins"}
	}
	for _, s := range t.Scopes {
		if !Known(s) {
			return "", &staffing.Error{Code: staffing.Invalid, Field: "scopes", Message: fmt.Sprintf("there is no scope %q", s)}
		}
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Scopes: t.Scopes,
		RegisteredClaims: jwt.RegisteredClaims{
			ID: t.ID.String(), Issuer: issuer, Audience: jwt.ClaimStrings{audience},
			IssuedAt: jwt.NewNumericDate(t.IssuedAt), ExpiresAt: jwt.NewNumericDate(t.ExpiresAt),
		},
	}).SignedString(key)
	if err != nil {
		return "", &staffing.Error{Code: staffing.Internal, Message: "the API token cannot be signed", Err: err}
	}
	return text, nil
}

// Parse checks signature, issuer, audience and end of a token at the time now,
// and gives what it says. Whatever is wrong is [staffing.Unauthorized]. The
// caller still asks the record whether the token was revoked.
func Parse(key []byte, text string, now time.Time) (Token, error) {
	if len(key) < keySize {
		return Token{}, staffing.Errorf(staffing.Internal, "the key for API tokens is too short")
	}
	if len(text) > maxSize {
		return Token{}, staffing.Errorf(staffing.Unauthorized, "the API token is not valid")
	}
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(issuer), jwt.WithAudience(audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(30*time.Second),
		jwt.WithTimeFunc(func() time.Time { return now }))
	if err != nil {
		return Token{}, refused(err)
	}
	id, err := uuid.Parse(c.ID)
	if err != nil {
		return Token{}, refused(err)
	}
	t := Token{ID: id, Scopes: c.Scopes, ExpiresAt: c.ExpiresAt.Time}
	if c.IssuedAt != nil {
		t.IssuedAt = c.IssuedAt.Time
	}
	return t, nil
}

func refused(err error) error {
	message := "the API token is not valid"
	if errors.Is(err, jwt.ErrTokenExpired) {
		message = "the API token has expired; issue a new one"
	}
	return &staffing.Error{Code: staffing.Unauthorized, Message: message, Err: err}
}
