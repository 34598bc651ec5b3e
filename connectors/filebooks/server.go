package filebooks

import (
	"context"
	"crypto/subtle"
	"errors"
	"io/fs"
	"net"
	"os"
	"path"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// server is a session with an SFTP server, opened for one call of the hub.
type server struct {
	conn  net.Conn
	shell *ssh.Client
	files *sftp.Client
	base  string
}

// serverShare prepares sessions with the server of the settings; it does no I/O.
func serverShare(client *httpx.Client, s connectors.Settings) (func(context.Context) (share, error), error) {
	for _, key := range []string{"host", "user", "host_key"} {
		if s[key] == "" {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: key, Message: "SFTP needs the " + strings.ReplaceAll(key, "_", " ")}
		}
	}
	auth, err := proofs(s)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (share, error) {
		conn, err := client.Dial(ctx, s["host"], s["port"])
		if err != nil {
			return nil, err
		}
		strange := "" // the fingerprint that the server showed, when it is another
		config := &ssh.ClientConfig{User: s["user"], Auth: auth, Timeout: 15 * time.Second, ClientVersion: "SSH-2.0-Tributary",
			HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
				if got := ssh.FingerprintSHA256(key); subtle.ConstantTimeCompare([]byte(got), []byte(s["host_key"])) != 1 {
					strange = got
					return errors.New("another host key")
				}
				return nil
			}}
		out, err := session(conn, s["host"], config)
		if err != nil {
			_ = conn.Close() // the error above counts
			return nil, notLetIn(err, strange, s["host"])
		}
		out.base = s["folder"]
		return out, nil
	}, nil
}

// proofs are what the account signs in with: a key, a password, or both.
func proofs(s connectors.Settings) (out []ssh.AuthMethod, err error) {
	if text := s["private_key"]; text != "" {
		key, err := ssh.ParsePrivateKey([]byte(text + "\n"))
		if err != nil { // the error may quote the key
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "private_key", Message: "Private key cannot be read: it must be the whole text of an OpenSSH or PEM key without a passphrase"}
		}
		out = append(out, ssh.PublicKeys(key))
	}
	if s["password"] != "" {
		out = append(out, ssh.Password(s["password"]))
	}
	if len(out) == 0 {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "password", Message: "SFTP needs a password or a private key"}
	}
	return out, nil
}

func session(conn net.Conn, host string, config *ssh.ClientConfig) (*server, error) {
	inner, channels, requests, err := ssh.NewClientConn(conn, host, config)
	if err != nil {
		return nil, err
	}
	shell := ssh.NewClient(inner, channels, requests)
	files, err := sftp.NewClient(shell)
	if err != nil {
		_ = shell.Close() // the error above counts
		return nil, err
	}
	return &server{conn: conn, shell: shell, files: files}, nil
}

func notLetIn(err error, strange, host string) error {
	switch {
	case strange != "":
		return staffing.Errorf(staffing.Unauthorized, "%s shows the host key %s, not the one of the settings: ask the owner of the server whether it was changed before you enter the new one", host, strange)
	case strings.Contains(err.Error(), "unable to authenticate"):
		return staffing.Errorf(staffing.Unauthorized, "%s refused the user, password or key", host)
	case errors.Is(err, fs.ErrPermission):
		return staffing.Errorf(staffing.Forbidden, "%s does not let this user in by SFTP", host)
	}
	return staffing.Errorf(staffing.Unavailable, "no SSH session with %s: %w", host, err)
}

func (s *server) close() {
	_ = s.conn.Close() // first: the others would wait for a server that hangs
	_ = s.files.Close()
	_ = s.shell.Close()
}

func (s *server) at(name string) string { return path.Join(s.base, name) }

func (s *server) list(dir string) ([]string, error) {
	entries, err := s.files.ReadDir(s.at(dir))
	if err != nil {
		return nil, coded(err, "list", "the folder "+s.at(dir))
	}
	var out []string
	for _, e := range entries {
		if e.Mode().IsRegular() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

func (s *server) stat(name string) (time.Time, bool, error) {
	info, err := s.files.Stat(s.at(name))
	if err = coded(err, "look at", s.at(name)); missing(err) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return info.ModTime(), true, nil
}

func (s *server) read(name string) ([]byte, error) {
	f, err := s.files.Open(s.at(name))
	if err != nil {
		return nil, coded(err, "read", s.at(name))
	}
	defer f.Close()
	return readAll(f, s.at(name))
}

func (s *server) write(name string, content []byte) error {
	f, err := s.files.OpenFile(s.at(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return coded(err, "write", s.at(name))
	}
	_, err = f.Write(content)
	return coded(errors.Join(err, f.Close()), "write", s.at(name))
}

func (s *server) rename(from, to string) error {
	return coded(s.files.Rename(s.at(from), s.at(to)), "rename", s.at(from))
}

// replace needs an extension that OpenSSH has: without it, the old file would have to
// go first, and a crash would leave none.
func (s *server) replace(from, to string) error {
	if _, ok := s.files.HasExtension("posix-rename@openssh.com"); !ok {
		return &staffing.Error{Code: staffing.Invalid, Field: "batch", Message: "the SFTP server cannot replace a file in one step; take one file for each bill"}
	}
	return coded(s.files.PosixRename(s.at(from), s.at(to)), "rename", s.at(from))
}

func (s *server) remove(name string) error {
	return coded(s.files.Remove(s.at(name)), "remove", s.at(name))
}

func (s *server) mkdir(dir string) error {
	return coded(s.files.Mkdir(s.at(dir)), "make", "the folder "+s.at(dir))
}
