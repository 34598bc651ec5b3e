// Package file is a simulated SFTP server of a client: SSH with a password or a key,
// and files in memory. Faults can be put before each of its operations.
package file

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"net"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/tributary-hub/tributary/sandbox/fault"
)

// Options are who may sign in.
type Options struct {
	User     string
	Password string
	Key      ssh.PublicKey // nil: no key is taken
}

// Server is one SFTP server on loopback. It is safe for several goroutines.
type Server struct {
	*Files
	options  Options
	config   *ssh.ServerConfig
	host     ssh.PublicKey
	listener net.Listener

	mu   sync.Mutex
	meet func(op string) (fault.Rule, bool)
	open map[net.Conn]bool
	wait sync.WaitGroup
}

// New starts a server; end it with [Server.Close].
func New(o Options) (*Server, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, err
	}
	s := &Server{Files: NewFiles(), options: o, host: signer.PublicKey(), open: map[net.Conn]bool{}}
	s.config = &ssh.ServerConfig{PasswordCallback: s.password, PublicKeyCallback: s.key}
	s.config.AddHostKey(signer)
	if s.listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	s.wait.Go(s.accept)
	return s, nil
}

// Address gives host and port; Fingerprint the host key's, as the settings want it.
func (s *Server) Address() (host, port string) {
	host, port, _ = net.SplitHostPort(s.listener.Addr().String()) // an address of the net package
	return host, port
}

// Fingerprint is that of the host key.
func (s *Server) Fingerprint() string { return ssh.FingerprintSHA256(s.host) }

// Wire lets meet decide over every operation from now on; nil ends that.
func (s *Server) Wire(meet func(op string) (fault.Rule, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meet = meet
}

// Close ends the server and every session.
func (s *Server) Close() {
	_ = s.listener.Close() // the accept loop ends
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wait.Wait()
}

var errSignIn = errors.New("user or password is wrong")

func (s *Server) password(c ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
	if c.User() == s.options.User && s.options.Password != "" && subtle.ConstantTimeCompare(given, []byte(s.options.Password)) == 1 {
		return nil, nil
	}
	return nil, errSignIn
}

func (s *Server) key(c ssh.ConnMetadata, given ssh.PublicKey) (*ssh.Permissions, error) {
	if s.options.Key != nil && c.User() == s.options.User && string(given.Marshal()) == string(s.options.Key.Marshal()) {
		return nil, nil
	}
	return nil, errSignIn
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[conn] = true
		s.mu.Unlock()
		s.wait.Go(func() {
			s.serve(conn)
			_ = conn.Close()
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
		})
	}
}

func (s *Server) serve(conn net.Conn) {
	_, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for ch := range channels {
		if ch.ChannelType() != "session" {
			_ = ch.Reject(ssh.UnknownChannelType, "sessions only")
			continue
		}
		channel, reqs, err := ch.Accept()
		if err != nil {
			return
		}
		go subsystem(reqs)
		s.wait.Go(func() { s.sftp(conn, channel) })
	}
}

// subsystem grants sftp and nothing else.
func subsystem(reqs <-chan *ssh.Request) {
	for r := range reqs {
		_ = r.Reply(r.Type == "subsystem" && string(r.Payload[4:]) == "sftp", nil)
	}
}

// sftp serves one session. ended unblocks operations that hang.
func (s *Server) sftp(conn net.Conn, channel ssh.Channel) {
	h := &handlers{server: s, conn: conn, ended: make(chan struct{})}
	watched := &watch{ReadWriteCloser: channel, ended: sync.OnceFunc(func() { close(h.ended) })}
	server := sftp.NewRequestServer(watched, sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h})
	_ = server.Serve() // the client went away, in one way or another
	watched.ended()
	_ = server.Close()
}

// watch notices that the client went away.
type watch struct {
	io.ReadWriteCloser
	ended func()
}

// Read implements io.Reader.
func (w *watch) Read(p []byte) (int, error) {
	n, err := w.ReadWriteCloser.Read(p)
	if err != nil {
		w.ended()
	}
	return n, err
}
