package mail

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/tributary-hub/tributary/internal/secret"
	"github.com/tributary-hub/tributary/staffing"
)

// postOffice is a real SMTP server that keeps what it is given.
type postOffice struct {
	mu     sync.Mutex
	mails  []string
	to     []string
	refuse string // a person that it does not know
	busy   bool
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{p}, nil }

type counter struct{ office *postOffice }

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }
func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "hub" || password != "right" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}
func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	switch {
	case c.office.busy:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	case to == c.office.refuse:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	c.office.to = append(c.office.to, to)
	return nil
}
func (c *counter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	c.office.mails = append(c.office.mails, string(b))
	return err
}
func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }

func open(t *testing.T, office *postOffice) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(office)
	srv.AllowInsecureAuth, srv.ReadTimeout, srv.WriteTimeout = true, 10*time.Second, 10*time.Second
	go func() { _ = srv.Serve(l) }() // it ends with Close
	t.Cleanup(func() { _ = srv.Close() })
	return l.Addr().String()
}

func sender(t *testing.T, address string) *Sender {
	t.Helper()
	s, err := New(secret.New(address), "Tributary <hub@firm.test>")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	office := &postOffice{}
	s := sender(t, "smtp://hub:right@"+open(t, office)+"?tls=none")
	if err := s.Send(t.Context(), "finn@firm.test", "Zwei Prüfungen warten", "Erste Zeile\nhttps://hub.test/placements\n"); err != nil {
		t.Fatal(err)
	}
	if len(office.mails) != 1 || office.to[0] != "finn@firm.test" {
		t.Fatalf("%d mails to %q", len(office.mails), office.to)
	}
	for _, want := range []string{`From: "Tributary" <hub@firm.test>`, "Auto-Submitted: auto-generated", "https://hub.test/placements", "Subject: =?UTF-8?"} {
		if !strings.Contains(office.mails[0], want) {
			t.Errorf("the mail lacks %q:\n%s", want, office.mails[0])
		}
	}
}

func TestWhatTheServerSaysIsCoded(t *testing.T) {
	t.Parallel()
	office := &postOffice{refuse: "gone@firm.test"}
	at := open(t, office)
	busy := &postOffice{busy: true}
	busyAt := open(t, busy)
	for name, c := range map[string]struct {
		address, to string
		want        staffing.Code
	}{
		"an unknown person":       {"smtp://hub:right@" + at + "?tls=none", "gone@firm.test", staffing.Invalid},
		"no address at all":       {"smtp://hub:right@" + at + "?tls=none", "nonsense", staffing.Invalid},
		"a wrong password":        {"smtp://hub:wrong@" + at + "?tls=none", "finn@firm.test", staffing.Unauthorized},
		"a busy server":           {"smtp://hub:right@" + busyAt + "?tls=none", "finn@firm.test", staffing.Unavailable},
		"nobody there":            {"smtp://hub:right@127.0.0.1:1?tls=none", "finn@firm.test", staffing.Unavailable},
		"no TLS where it must be": {"smtp://hub:right@" + at, "finn@firm.test", staffing.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := sender(t, c.address).Send(t.Context(), c.to, "x", "y")
			if staffing.CodeOf(err) != c.want {
				t.Errorf("%v has the code %s, want %s", err, staffing.CodeOf(err), c.want)
			}
			if strings.Contains(staffing.MessageOf(err), "right") || strings.Contains(staffing.MessageOf(err), "wrong") {
				t.Errorf("the sentence holds a password: %s", staffing.MessageOf(err))
			}
		})
	}
}

func TestABadServerIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://mail.test":                 "must be given as smtp://",
		"smtp://mail.example.com?tls=none": "without TLS is sent to this machine only",
		"smtp://hub@:587":                  "must be given as smtp://",
	} {
		if _, err := New(secret.New(address), "hub@firm.test"); err == nil || !strings.Contains(staffing.MessageOf(err), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := New(secret.New("smtp://mail.test"), "nobody"); err == nil {
		t.Error("a sender that is no address is taken")
	}
	if s, err := New(secret.String{}, ""); err != nil || s.Configured() {
		t.Errorf("without a server: %v", err)
	}
}
