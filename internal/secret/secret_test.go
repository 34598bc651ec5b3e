package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/internal/secret"
)

func TestStringNeverPrints(t *testing.T) {
	t.Parallel()
	type settings struct {
		Password secret.String
		hidden   secret.String
	}
	word := "correct horse"
	v := settings{Password: secret.New(word), hidden: secret.New(word)}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n"+verb+"\n"+verb+"\n", v, &v, v.Password)
	}
	encoded, err := json.Marshal(map[string]any{"a": v, "b": &v.Password})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "all", v, "one", v.Password)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "all", v, "one", v.Password)
	for _, leak := range []string{word, "horse", fmt.Sprintf("%x", word)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q is shown in:\n%s", leak, out.String())
		}
	}
	if got := v.Password.Reveal(); got != word || v.hidden.IsZero() {
		t.Errorf("Reveal gives %q", got)
	}
	if (secret.String{}).Reveal() != "" || !secret.New("").IsZero() {
		t.Error("an empty secret is not zero")
	}
}

func newBox(t *testing.T) (*secret.Box, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "new", "keys.json")
	b, err := secret.OpenBox(path, true)
	if err != nil {
		t.Fatal(err)
	}
	return b, path
}

func seal(t *testing.T, b *secret.Box, plain, row string) []byte {
	t.Helper()
	sealed, err := b.Seal([]byte(plain), row)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestBoxSealsForOneRow(t *testing.T) {
	t.Parallel()
	b, path := newBox(t)
	sealed := seal(t, b, "client secret", "connections/7")
	if bytes.Contains(sealed, []byte("client")) {
		t.Error("the plain text is in the sealed one")
	}
	again, err := secret.OpenBox(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed, "connections/7"); err != nil || string(plain) != "client secret" {
		t.Errorf("a later start opens %q, %v", plain, err)
	}
	if _, err := b.Open(sealed, "connections/8"); err == nil {
		t.Error("a secret opens in another row")
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := b.Open(flipped, "connections/7"); err == nil {
			t.Fatalf("a flipped bit in byte %d passes", i)
		}
	}
	for n := range sealed {
		if _, err := b.Open(sealed[:n], "connections/7"); err == nil {
			t.Fatalf("the first %d bytes alone open", n)
		}
	}
}

func TestBoxRotates(t *testing.T) {
	t.Parallel()
	b, path := newBox(t)
	replica, err := secret.OpenBox(path, false)
	if err != nil {
		t.Fatal(err)
	}
	older := seal(t, b, "older", "r")
	if err := b.Rotate(); err != nil {
		t.Fatal(err)
	}
	newer := seal(t, b, "newer", "r")
	if bytes.Equal(older[:5], newer[:5]) {
		t.Error("the new secret carries the old key's number") // Tink: 1 byte version, 4 bytes key id
	}
	for name, box := range map[string]*secret.Box{"rotated": b, "replica": replica} {
		for want, sealed := range map[string][]byte{"older": older, "newer": newer} {
			if plain, err := box.Open(sealed, "r"); err != nil || string(plain) != want {
				t.Errorf("%s opens %q instead of %q: %v", name, plain, want, err)
			}
		}
	}
	if err := replica.Rotate(); err != nil {
		t.Fatal(err)
	}
	if plain, err := replica.Open(newer, "r"); err != nil || string(plain) != "newer" {
		t.Errorf("after a second rotation elsewhere: %q, %v", plain, err)
	}
}

func TestOpenBoxFaults(t *testing.T) {
	t.Parallel()
	_, good := newBox(t)
	keys, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		mode    os.FileMode
		says    string
	}{
		"empty":          {nil, 0o600, "holds no keys"},
		"cut off":        {keys[:len(keys)/2], 0o600, "holds no keys"},
		"not JSON":       {[]byte("hello"), 0o600, "holds no keys"},
		"no key in it":   {[]byte(`{"primaryKeyId":1,"key":[]}`), 0o600, "holds no keys"},
		"others read it": {keys, 0o604, "chmod 600"},
		"group writes":   {keys, 0o660, "chmod 600"},
	} {
		path := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.OpenBox(path, true); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: says %v, want %q", name, err, c.says)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, c.content) {
			t.Errorf("%s: the file was overwritten", name)
		}
	}
	if _, err := secret.OpenBox(filepath.Join(t.TempDir(), "keys.json"), false); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("a missing file says %v", err)
	}
	if info, err := os.Stat(good); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a new key file has mode %v, %v", info.Mode().Perm(), err)
	}
}

func TestReplicasAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.json")
	boxes := make([]*secret.Box, 8)
	var all sync.WaitGroup
	for i := range boxes {
		all.Go(func() {
			b, err := secret.OpenBox(path, true)
			if err != nil {
				t.Error(err)
				return
			}
			boxes[i] = b
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	sealed := seal(t, boxes[0], "shared", "r")
	for i, b := range boxes {
		if _, err := b.Open(sealed, "r"); err != nil {
			t.Errorf("replica %d has other keys: %v", i, err)
		}
	}
}
