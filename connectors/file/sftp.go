package file

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

const handshake = 15 * time.Second

// remote is a session with an SFTP server, opened for one call of the hub.
type remote struct {
	conn net.Conn
	ssh  *ssh.Client
	sftp *sftp.Client
	base string
}

// dialSFTP opens sessions with the server of the settings. It does no I/O by itself.
func dialSFTP(client *httpx.Client, s connectors.Settings) (opener, error) {
	auth, err := signIn(s)
	if err != nil {
		return nil, err
	}
	config := func(wrong *error) *ssh.ClientConfig {
		return &ssh.ClientConfig{User: s["user"], Auth: auth, HostKeyCallback: pinned(s["host_key"], wrong), Timeout: handshake, ClientVersion: "SSH-2.0-Tributary"}
	}
	return func(ctx context.Context) (share, error) {
		conn, err := client.Dial(ctx, s["host"], s["port"])
		if err != nil {
			return nil, err
		}
		var wrong error
		r, err := login(conn, s["host"], config(&wrong))
		if err != nil {
			_ = conn.Close() // the error above counts
			return nil, refusal(err, wrong, s["host"])
		}
		r.base = s["folder"]
		return r, nil
	}, nil
}

func login(conn net.Conn, host string, config *ssh.ClientConfig) (*remote, error) {
	c, channels, requests, err := ssh.NewClientConn(conn, host, config)
	if err != nil {
		return nil, err
	}
	client := ssh.NewClient(c, channels, requests)
	files, err := sftp.NewClient(client)
	if err != nil {
		_ = client.Close() // the error above counts
		return nil, err
	}
	return &remote{conn: conn, ssh: client, sftp: files}, nil
}

// signIn takes a private key, a password, or both.
func signIn(s connectors.Settings) ([]ssh.AuthMethod, error) {
	var out []ssh.AuthMethod
	if pem := s["private_key"]; pem != "" {
		signer, err := parseKey([]byte(pem), []byte(s["passphrase"]))
		if err != nil {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "private_key",
				Message: "The private key cannot be read: it must be the whole text of an OpenSSH or PEM key, with its passphrase if it has one"}
		}
		out = append(out, ssh.PublicKeys(signer))
	}
	if password := s["password"]; password != "" {
		out = append(out, ssh.Password(password), ssh.KeyboardInteractive(func(_, _ string, questions []string, echos []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range questions {
				if !echos[i] { // a hidden question is the one for the password
					answers[i] = password
				}
			}
			return answers, nil
		}))
	}
	if len(out) == 0 {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "password", Message: "SFTP needs a password or a private key"}
	}
	return out, nil
}

// keyText is a key whose line breaks a form or a password store may have turned into
// blanks, or dropped.
var keyText = regexp.MustCompile(`^\s*(-----BEGIN [A-Z ]+-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z ]+-----)\s*$`)

func parseKey(pem, passphrase []byte) (ssh.Signer, error) {
	if m := keyText.FindSubmatch(pem); m != nil {
		pem = slices.Concat(m[1], []byte("\n"), bytes.Join(bytes.Fields(m[2]), []byte("\n")), []byte("\n"), m[3], []byte("\n"))
	}
	if len(passphrase) > 0 {
		return ssh.ParsePrivateKeyWithPassphrase(pem, passphrase)
	}
	return ssh.ParsePrivateKey(pem)
}

// pinned accepts the host keys whose fingerprints stand in the settings (a server has
// one of each kind): without it, anybody on the way could be the server.
func pinned(want string, wrong *error) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, key ssh.PublicKey) error {
		got := ssh.FingerprintSHA256(key)
		for _, one := range strings.Fields(want) {
			if subtle.ConstantTimeCompare([]byte(got), []byte(one)) == 1 {
				return nil
			}
		}
		*wrong = staffing.Errorf(staffing.Unauthorized,
			"the server shows the host key %s, the settings expect %s: ask the owner of the server whether the key was changed before you enter the new one", got, want)
		return *wrong
	}
}

// refusal says what went wrong at the sign-in.
func refusal(err, wrongKey error, host string) error {
	var e *ssh.ServerAuthError
	switch {
	case wrongKey != nil:
		return wrongKey
	case errors.As(err, &e), bytes.Contains([]byte(err.Error()), []byte("unable to authenticate")):
		return staffing.Errorf(staffing.Unauthorized, "%s refused the user, password or key", host)
	case errors.Is(err, os.ErrPermission):
		return staffing.Errorf(staffing.Forbidden, "%s does not let this user in by SFTP", host)
	}
	return staffing.Errorf(staffing.Unavailable, "the SSH session with %s could not be opened: %w", host, err)
}

func (r *remote) close() {
	_ = r.conn.Close() // first: the others would wait for a server that hangs
	_ = r.ssh.Close()
	_ = r.sftp.Close()
}

func (r *remote) at(name string) string { return within(r.base, name) }

func (r *remote) list(dir string) ([]entry, error) {
	list, err := r.sftp.ReadDir(r.at(dir))
	if err != nil {
		return nil, coded(err, "list", "the folder "+r.at(dir))
	}
	var out []entry
	for _, info := range list {
		if info.Mode().IsRegular() {
			out = append(out, entry{info.Name(), info.Size(), info.ModTime()})
		}
	}
	return out, nil
}

func (r *remote) stat(name string) (entry, error) {
	info, err := r.sftp.Stat(r.at(name))
	if err != nil {
		return entry{}, coded(err, "look at", name)
	}
	return entry{info.Name(), info.Size(), info.ModTime()}, nil
}

func (r *remote) read(name string, limit int64) ([]byte, error) {
	f, err := r.sftp.Open(r.at(name))
	if err != nil {
		return nil, coded(err, "read", name)
	}
	defer f.Close()
	out := &limited{left: limit}
	_, err = f.WriteTo(out)
	if out.left < 0 {
		err = tooLarge(limit)
	}
	return out.Bytes(), coded(err, "read", name)
}

func (r *remote) write(name string, from io.Reader) (int64, error) {
	f, err := r.sftp.OpenFile(r.at(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return 0, coded(err, "write", name)
	}
	n, err := io.Copy(f, from)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return n, coded(err, "write", name)
}

func (r *remote) rename(from, to string) error {
	return coded(r.sftp.Rename(r.at(from), r.at(to)), "rename", from)
}

func (r *remote) remove(name string) error { return coded(r.sftp.Remove(r.at(name)), "remove", name) }

func (r *remote) mkdir(dir string) error {
	return coded(r.sftp.Mkdir(r.at(dir)), "make", "the folder "+dir)
}

// limited is a buffer that refuses to grow.
type limited struct {
	bytes.Buffer
	left int64
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	l.left -= int64(len(p))
	if l.left < 0 {
		return 0, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}
