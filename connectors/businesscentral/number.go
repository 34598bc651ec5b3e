package businesscentral

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/google/uuid"
)

const numberSign = "TRB-"

// numberOf is the external document number of a bill, which may have 35 characters, in
// capitals: the same for the same key, always. A key that is a UUID stands in it whole,
// so that a list of the books gives it back.
func numberOf(key string) string {
	if id, err := uuid.Parse(key); err == nil && id.String() == key {
		return numberSign + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(id[:])
	}
	return hashed(key)
}

func hashed(key string) string {
	sum := sha256.Sum256([]byte(key))
	return numberSign + base32.StdEncoding.EncodeToString(sum[:])[:16]
}

// numbersOf are all that a bill may bear: before the books were listed, every one was
// made of a sum of the key.
func numbersOf(key string) []string { return slices.Compact([]string{numberOf(key), hashed(key)}) }

func (d document) bears(key string) bool {
	return slices.ContainsFunc(numbersOf(key), func(n string) bool { return strings.EqualFold(n, d.External) })
}

// key gives the key that the document's number was made of; empty: it is none of ours,
// or one that cannot be turned back.
func (d document) key() string {
	number := strings.ToUpper(d.External)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimPrefix(number, numberSign))
	if err != nil {
		return ""
	}
	id, err := uuid.FromBytes(raw)
	if err != nil || numberOf(id.String()) != number {
		return ""
	}
	return id.String()
}
