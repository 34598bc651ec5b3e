// Package password hashes the passwords of people with argon2id and compares
// them. The parameters are OWASP's; they stand in every hash, so that they can
// change later.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of one hash.
const (
	memory  = 19456 // KiB
	passes  = 2
	lanes   = 1
	saltLen = 16
	keyLen  = 32
)

// atOnce bounds the memory that a flood of sign-ins can take.
var atOnce = make(chan struct{}, 4)

// Hash gives the PHC string of plain.
func Hash(plain string) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes,
		b64.EncodeToString(salt), b64.EncodeToString(params{memory, passes, lanes}.key(plain, salt, keyLen))), nil
}

// Verify says whether hash was made of plain. A hash that cannot be read fits
// nothing. It takes the same time whether or not it fits.
func Verify(hash, plain string) bool {
	p, salt, key, ok := parse(hash)
	return ok && subtle.ConstantTimeCompare(key, p.key(plain, salt, uint32(len(key)))) == 1 //nolint:gosec // parse bounds the length
}

type params struct {
	memory, passes uint32
	lanes          uint8
}

func (p params) key(plain string, salt []byte, size uint32) []byte {
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	return argon2.IDKey([]byte(plain), salt, p.passes, p.memory, p.lanes, size)
}

// parse reads a PHC string, and refuses parameters that would cost too much.
func parse(hash string) (p params, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, nil, nil, false
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	sane := p.memory >= 8 && p.memory <= 256<<10 && p.passes >= 1 && p.passes <= 16 && p.lanes >= 1 && p.lanes <= 16 && len(salt) >= 8 && len(key) >= 16 && len(key) <= 64
	return p, salt, key, errSalt == nil && errKey == nil && sane
}
