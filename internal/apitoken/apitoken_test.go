package apitoken_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
)

var (
	key = bytes.Repeat([]byte{7}, 32)
	now = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	id  = uuid.MustParse("01936f2a-0000-7000-8000-000000000001")
)

func good() jwt.MapClaims {
	return jwt.MapClaims{
		"jti": id.String(), "iss": "tributary", "aud": "tributary-api", "scopes": []string{"read"},
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
}

func sign(t *testing.T, method jwt.SigningMethod, key any, c jwt.MapClaims) string {
	t.Helper()
	text, err := jwt.NewWithClaims(method, c).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenSaysWhatItWasIssuedFor(t *testing.T) {
	t.Parallel()
	text, err := apitoken.Issue(key, apitoken.Token{ID: id, Scopes: []string{"read", "records:write"}, IssuedAt: now, ExpiresAt: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := apitoken.Parse(key, text, now.Add(59*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != id || !got.ExpiresAt.Equal(now.Add(time.Hour)) || !got.IssuedAt.Equal(now) || !slices.Equal(got.Scopes, []string{"read", "records:write"}) {
		t.Errorf("the token says %+v", got)
	}
	if !got.Has("read") || got.Has("connections:write") {
		t.Errorf("the token has the wrong scopes: %v", got.Scopes)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	with := func(name string, v any) jwt.MapClaims {
		c := good()
		c[name] = v
		if v == nil {
			delete(c, name)
		}
		return c
	}
	hs := jwt.SigningMethodHS256
	valid := sign(t, hs, key, good())
	parts := strings.Split(valid, ".")
	more := base64.RawURLEncoding.EncodeToString([]byte(`{"jti":"` + id.String() + `","iss":"tributary","aud":"tributary-api","exp":99999999999,"scopes":["connections:write"]}`))
	for name, text := range map[string]string{
		"nothing":                     "",
		"what is no token":            "hunter2",
		"a token without a signature": sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good()),
		"a signature that was cut":    parts[0] + "." + parts[1] + ".",
		"claims that were exchanged":  parts[0] + "." + more + "." + parts[2],
		"another key":                 sign(t, hs, bytes.Repeat([]byte{8}, 32), good()),
		"another method":              sign(t, jwt.SigningMethodHS512, key, good()),
		"another audience":            sign(t, hs, key, with("aud", "someone-else")),
		"no audience":                 sign(t, hs, key, with("aud", nil)),
		"another issuer":              sign(t, hs, key, with("iss", "someone-else")),
		"no issuer":                   sign(t, hs, key, with("iss", nil)),
		"an end in the past":          sign(t, hs, key, with("exp", now.Add(-time.Minute).Unix())),
		"no end":                      sign(t, hs, key, with("exp", nil)),
		"a beginning in the future":   sign(t, hs, key, with("iat", now.Add(time.Hour).Unix())),
		"an id that is none":          sign(t, hs, key, with("jti", "7")),
		"no id":                       sign(t, hs, key, with("jti", nil)),
		"more than a token can be":    sign(t, hs, key, with("sub", strings.Repeat("x", 8000))),
	} {
		if _, err := apitoken.Parse(key, text, now); staffing.CodeOf(err) != staffing.Unauthorized {
			t.Errorf("%s: got %v, want unauthorized", name, err)
		}
	}
	if _, err := apitoken.Parse(key, valid, now); err != nil {
		t.Errorf("the token that all these were made from is refused: %v", err)
	}
}

func TestAnExpiredTokenSaysSo(t *testing.T) {
	t.Parallel()
	_, err := apitoken.Parse(key, sign(t, jwt.SigningMethodHS256, key, good()), now.Add(2*time.Hour))
	if !strings.Contains(staffing.MessageOf(err), "expired") {
		t.Errorf("the message is %q", staffing.MessageOf(err))
	}
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	ok := apitoken.Token{ID: id, Scopes: []string{"read"}, IssuedAt: now, ExpiresAt: now.Add(time.Hour)}
	for name, c := range map[string]struct {
		key    []byte
		change func(*apitoken.Token)
		code   staffing.Code
		field  string
	}{
		"a short key":       {key[:31], func(*apitoken.Token) {}, staffing.Internal, ""},
		"no record":         {key, func(t *apitoken.Token) { t.ID = uuid.Nil }, staffing.Internal, ""},
		"no scope":          {key, func(t *apitoken.Token) { t.Scopes = nil }, staffing.Invalid, "scopes"},
		"an unknown scope":  {key, func(t *apitoken.Token) { t.Scopes = []string{"read", "everything"} }, staffing.Invalid, "scopes"},
		"an end at once":    {key, func(t *apitoken.Token) { t.ExpiresAt = now }, staffing.Invalid, "expires_at"},
		"no end whatsoever": {key, func(t *apitoken.Token) { t.ExpiresAt = time.Time{} }, staffing.Invalid, "expires_at"},
	} {
		token := ok
		c.change(&token)
		text, err := apitoken.Issue(c.key, token)
		if staffing.CodeOf(err) != c.code || text != "" {
			t.Errorf("%s: got %q and %v, want %s", name, text, err, c.code)
		}
		if e := (*staffing.Error)(nil); !errors.As(err, &e) || e.Field != c.field {
			t.Errorf("%s: the field is not %q: %v", name, c.field, err)
		}
	}
	if _, err := apitoken.Parse(key[:8], "x", now); staffing.CodeOf(err) != staffing.Internal {
		t.Errorf("a short key reads tokens: %v", err)
	}
}

func TestKeysAreLongAndDiffer(t *testing.T) {
	t.Parallel()
	a, errA := apitoken.NewKey()
	b, errB := apitoken.NewKey()
	if errA != nil || errB != nil || len(a) < 32 || bytes.Equal(a, b) {
		t.Errorf("keys of %d bytes, %v, %v", len(a), errA, errB)
	}
}
