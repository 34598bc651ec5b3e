package storetest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/store"
)

// Sealer gives a sealer whose key is the same everywhere: replicas of a test open
// each other's secrets. It keeps no secret from anybody.
func Sealer() store.Sealer { return fixedKey{} }

type fixedKey struct{}

func (fixedKey) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal implements store.Sealer.
func (k fixedKey) Seal(plain []byte, rowID string) ([]byte, error) {
	c, err := k.cipher()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, c.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return c.Seal(nonce, nonce, plain, []byte(rowID)), nil
}

// Open implements store.Sealer.
func (k fixedKey) Open(sealed []byte, rowID string) ([]byte, error) {
	c, err := k.cipher()
	if err != nil {
		return nil, err
	}
	if len(sealed) < c.NonceSize() {
		return nil, errors.New("the sealed text is too short")
	}
	return c.Open(nil, sealed[:c.NonceSize()], sealed[c.NonceSize():], []byte(rowID))
}

// Clock is a clock that stands still until a test moves it. Safe for several
// goroutines.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock gives a clock that shows a Monday morning.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

// Now gives the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock by d and gives the new time.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}
