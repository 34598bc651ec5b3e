package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/tributary-hub/tributary/staffing"
)

var (
	errTooOpen = errors.New("others may read or change it")
	errGarbled = errors.New("it holds no keys")
)

// tooOpen are the permissions a key file must not have: none for others, no
// writing by the group. Reading by the group is how orchestrators mount secrets.
const tooOpen fs.FileMode = 0o027

func (b *Box) load() error {
	info, err := os.Stat(b.path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&tooOpen != 0 {
		return errTooOpen
	}
	raw, err := os.ReadFile(b.path)
	if err != nil {
		return err
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return errGarbled // Tink's own words may quote the file
	}
	cipher, err := aead.New(handle)
	if err != nil {
		return errGarbled
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handle, b.cipher, b.modTime = handle, cipher, info.ModTime()
	return nil
}

// writeKeys puts a whole file in place at once: a crash leaves the old one or the
// new one. Without replace, an existing file stays and the error says so.
func writeKeys(path string, handle *keyset.Handle, replace bool) error {
	buf := &bytes.Buffer{}
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(buf)); err != nil {
		return fmt.Errorf("write the keys: %w", err)
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the file itself is 0600; the embedded database's account passes through
		return err
	}
	tmp, err := os.CreateTemp(dir, ".keys-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // renamed or not needed
	_, err = tmp.Write(buf.Bytes())
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(tmp.Name(), path)
	}
	return os.Link(tmp.Name(), path)
}

// describe turns a fault of the key file into a sentence to act on.
func describe(path string, err error) error {
	var why string
	switch {
	case err == nil:
		return nil
	case os.IsNotExist(err):
		why = fmt.Sprintf("the key file %s is missing; restore it from the backup, or point TRIBUTARY_KEY_FILE to it", path)
	case os.IsPermission(err):
		why = fmt.Sprintf("the key file %s cannot be used by this account; give it to the account that runs the hub, with mode 0600", path)
	case errors.Is(err, errTooOpen):
		why = fmt.Sprintf("the key file %s may be read or changed by others; run: chmod 600 %s", path, path)
	case errors.Is(err, errGarbled):
		why = fmt.Sprintf("the key file %s holds no keys: it is cut off or was changed; restore it from the backup", path)
	default:
		why = fmt.Sprintf("the key file %s cannot be used", path)
	}
	return &staffing.Error{Code: staffing.Invalid, Message: why, Err: err}
}
