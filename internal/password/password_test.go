package password_test

import (
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/internal/password"
)

func hash(t *testing.T, plain string) string {
	t.Helper()
	h, err := password.Hash(plain)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAPasswordFitsItsOwnHashOnly(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{"correct horse battery", "", "pass\x00word", strings.Repeat("é", 500)} {
		h := hash(t, plain)
		if !password.Verify(h, plain) || password.Verify(h, plain+"x") {
			t.Errorf("the hash of %q does not tell it from another", plain)
		}
		if again := hash(t, plain); again == h {
			t.Error("two hashes of one password are the same: there is no salt")
		}
		if strings.Contains(h, plain) && plain != "" {
			t.Error("the hash holds the password")
		}
	}
}

func TestHashSaysItsParameters(t *testing.T) {
	t.Parallel()
	if h := hash(t, "x"); !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the hash is %s", h)
	}
}

func TestAHashOfOtherParametersStillFits(t *testing.T) {
	t.Parallel()
	// From the reference implementation's own tests.
	const reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !password.Verify(reference, "password") {
		t.Error("a hash of the reference implementation does not fit")
	}
}

func TestWhatIsNoHashFitsNothing(t *testing.T) {
	t.Parallel()
	good := hash(t, "x")
	for name, h := range map[string]string{
		"nothing": "", "a word": "none", "another method": strings.Replace(good, "argon2id", "argon2i", 1), "another version": strings.Replace(good, "v=19", "v=16", 1),
		"more memory than there is": strings.Replace(good, "m=19456", "m=4294967295", 1), "passes without end": strings.Replace(good, "t=2", "t=4000000000", 1), "no pass": strings.Replace(good, "t=2", "t=0", 1),
		"no lane": strings.Replace(good, "p=1", "p=0", 1), "a cut key": good[:len(good)-30], "no base64": good + "!", "a part too much": good + "$x",
	} {
		if password.Verify(h, "x") {
			t.Errorf("%s fits", name)
		}
	}
}
