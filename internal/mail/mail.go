// Package mail sends plain e-mail over SMTP. It knows no templates and keeps
// nothing: what is not taken at once is an error, and the caller tries again.
package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/tributary-hub/tributary/internal/secret"
	"github.com/tributary-hub/tributary/staffing"
)

// Sender sends through one server. Its zero value is none: [Sender.Configured] says so.
type Sender struct {
	host, user string
	port       int
	password   secret.String
	tls        string // starttls, tls or none
	from       string
	roots      *tls.Config
}

// timeout is for a whole message, from the dial to the answer.
const timeout = 20 * time.Second

// New reads an address such as smtp://user:password@mail.example.com:587, or
// smtps:// for TLS from the start. Without TLS (?tls=none) only a server on this
// machine is taken: passwords and notices would travel in the open.
func New(address secret.String, from string) (*Sender, error) {
	if address.IsZero() {
		return &Sender{}, nil
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, staffing.Errorf(staffing.Invalid, "the mail server must be given as smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	s := &Sender{host: u.Hostname(), user: u.User.Username(), from: from, tls: "starttls", port: 587}
	if u.Scheme == "smtps" {
		s.tls, s.port = "tls", 465
	}
	if u.Query().Get("tls") == "none" {
		s.tls, s.port = "none", 25
		if ip := net.ParseIP(s.host); s.host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, staffing.Errorf(staffing.Invalid, "mail without TLS is sent to this machine only, not to %s", s.host)
		}
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil {
			return nil, staffing.Errorf(staffing.Invalid, "the mail server's port %q is no number", p)
		}
	}
	if password, ok := u.User.Password(); ok {
		s.password = secret.New(password)
	}
	if _, err := message(from, from, "x", "x"); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the sender %q is no e-mail address", from)
	}
	return s, nil
}

// Configured says whether there is a server.
func (s *Sender) Configured() bool { return s != nil && s.host != "" }

// Send sends one plain text. Errors are [staffing.Unavailable] when it may go later,
// [staffing.Unauthorized] when the server refuses us, and [staffing.Invalid] when it
// refuses the message or the person.
func (s *Sender) Send(ctx context.Context, to, subject, text string) error {
	if !s.Configured() {
		return staffing.Errorf(staffing.Invalid, "no mail server is set (TRIBUTARY_SMTP_URL)")
	}
	m, err := message(s.from, to, subject, text)
	if err != nil {
		return staffing.Errorf(staffing.Invalid, "%q is no e-mail address", to)
	}
	client, err := s.client()
	if err != nil {
		return staffing.Errorf(staffing.Internal, "the mail client cannot be made: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return s.coded(err)
	}
	return nil
}

func message(from, to, subject, text string) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := m.From(from); err != nil {
		return nil, err
	}
	if err := m.To(to); err != nil {
		return nil, err
	}
	m.Subject(subject)
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.SetDate()
	m.SetMessageID()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers
	return m, nil
}

func (s *Sender) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(timeout)}
	switch s.tls {
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case "tls":
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.roots != nil {
		options = append(options, gomail.WithTLSConfig(s.roots))
	}
	if s.user != "" {
		how := gomail.SMTPAuthAutoDiscover
		if s.tls == "none" {
			how = gomail.SMTPAuthPlainNoEnc // within this machine
		}
		options = append(options, gomail.WithSMTPAuth(how), gomail.WithUsername(s.user), gomail.WithPassword(s.password.Reveal()))
	}
	return gomail.NewClient(s.host, options...)
}

// coded keeps the server's words out of the sentence: they may hold addresses.
func (s *Sender) coded(err error) error {
	code, what := staffing.Unavailable, "did not take the message now"
	var refused *gomail.SendError
	switch {
	case asSendError(err, &refused) && refused.ErrorCode() >= 500:
		code, what = staffing.Invalid, "refuses the message"
	case asSendError(err, &refused):
	case isAuth(err):
		code, what = staffing.Unauthorized, "refuses the user or the password"
	default:
		what = "cannot be reached"
	}
	return &staffing.Error{Code: code, Message: fmt.Sprintf("the mail server %s %s", s.host, what), Err: err}
}
