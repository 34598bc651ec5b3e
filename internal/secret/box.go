package secret

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/tributary-hub/tributary/staffing"
)

// Box seals and opens small secrets with the keys of a key file (AES-256-GCM, a
// Tink keyset). A sealed secret is bound to the row that holds it: copied to
// another row it does not open. Safe for several goroutines.
type Box struct {
	path string

	mu      sync.RWMutex
	handle  *keyset.Handle
	cipher  tink.AEAD
	modTime time.Time // of the file the keys are from
}

// OpenBox reads the key file. When it is absent and create is set, it makes one
// with a fresh key, readable by this account only. Who loses the file loses every
// sealed secret: it belongs into the backup, apart from the database's.
func OpenBox(path string, create bool) (*Box, error) {
	b := &Box{path: path}
	err := b.load()
	if create && os.IsNotExist(err) {
		err = b.create()
	}
	if err != nil {
		return nil, describe(path, err)
	}
	return b, nil
}

// create makes the file and loads it. Of several replicas that start at once, the
// first one's key counts.
func (b *Box) create() error {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return err
	}
	if err := writeKeys(b.path, handle, false); err != nil && !os.IsExist(err) {
		return err
	}
	return b.load()
}

// Seal encrypts plain for the row.
func (b *Box) Seal(plain []byte, rowID string) ([]byte, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	sealed, err := b.cipher.Encrypt(plain, []byte(rowID))
	if err != nil {
		return nil, fmt.Errorf("seal the secret of %s: %w", rowID, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same row. It fails on a changed byte, on
// another row and on another installation's key. When another replica has
// rotated the keys since, it reads the file again.
func (b *Box) Open(sealed []byte, rowID string) ([]byte, error) {
	plain, err := b.decrypt(sealed, rowID)
	if err != nil && b.reload() {
		plain, err = b.decrypt(sealed, rowID)
	}
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Internal, Message: "the secret of " + rowID + " does not open: it was changed, or sealed with the keys of another key file than " + b.path, Err: err}
	}
	return plain, nil
}

func (b *Box) decrypt(sealed []byte, rowID string) ([]byte, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.cipher.Decrypt(sealed, []byte(rowID))
}

// Rotate adds a new key to the file and seals with it from now on; what the old
// keys sealed still opens. Run it on one replica; the others take the new key
// when they first meet it.
func (b *Box) Rotate() error {
	if err := b.load(); err != nil { // another replica may have rotated
		return describe(b.path, err)
	}
	m := keyset.NewManagerFromHandle(b.current())
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return fmt.Errorf("make the new key the first: %w", err)
	}
	handle, err := m.Handle()
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if err := writeKeys(b.path, handle, true); err != nil {
		return describe(b.path, err)
	}
	return describe(b.path, b.load())
}

func (b *Box) current() *keyset.Handle {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.handle
}

// reload reads the file again if it changed, and says whether it has new keys.
func (b *Box) reload() bool {
	info, err := os.Stat(b.path)
	b.mu.RLock()
	same := err != nil || info.ModTime().Equal(b.modTime)
	b.mu.RUnlock()
	return !same && b.load() == nil
}
