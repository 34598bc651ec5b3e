package connectors

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
)

// SharedSecret makes a secret of 32 random bytes in hexadecimal, for [Field.Generate].
func SharedSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// SigningSecret is [SharedSecret] in the form of Standard Webhooks: whsec_ and
// base64.
func SigningSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // it never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}
