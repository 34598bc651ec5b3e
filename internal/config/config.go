// Package config reads the hub's settings from the environment: one struct whose
// tags are also the table in docs/operating.md. It is read once at the start and
// handed on; nothing here is global.
package config

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/secret"
)

// Config is every setting of the hub. The tags say how to read a field: env,
// default, required, secret, doc, and the limits min and oneof. A variable that
// is set to nothing counts as unset.
type Config struct {
	Addr string `env:"TRIBUTARY_ADDR" default:"127.0.0.1:8080" check:"addr" doc:"Address and port that the hub listens on."`

	PublicURL string `env:"TRIBUTARY_PUBLIC_URL" check:"url" doc:"Where people and vendors reach the hub; the address that it listens on unless set. Webhook addresses start with it; with https, cookies are sent over https only."`

	DatabaseURL secret.String `env:"DATABASE_URL" secret:"true" check:"dsn" doc:"PostgreSQL 14 or later, as postgres://user:password@host:5432/database. Unset: the hub runs a PostgreSQL of its own below TRIBUTARY_DATA_DIR."`

	DBInsecure bool `env:"TRIBUTARY_DB_INSECURE" default:"false" doc:"Allow a database on another host without sslmode=verify-full, for a network that is your own."`

	DataDir string `env:"TRIBUTARY_DATA_DIR" default:".tributary" doc:"Folder of the hub's own PostgreSQL and of the key file."`

	KeyFile string `env:"TRIBUTARY_KEY_FILE" doc:"Keys that seal the secrets in the database. Back it up, apart from the database. Unset: keys.json in TRIBUTARY_DATA_DIR."`

	AllowCIDRs []netip.Prefix `env:"TRIBUTARY_ALLOW_CIDRS" doc:"Private networks that connectors may call, separated by commas, such as 10.1.0.0/16. Unset: public addresses only."`

	ShareDir string `env:"TRIBUTARY_SHARE_DIR" doc:"Folder below which connections by file may read and write, such as a mounted share. Unset: files come by SFTP only."`

	TrustedProxies []netip.Prefix `env:"TRIBUTARY_TRUSTED_PROXIES" doc:"Networks of your own reverse proxies, separated by commas. Only from them is X-Forwarded-For believed."`

	Workers int `env:"TRIBUTARY_WORKERS" default:"20" min:"1" doc:"Jobs that one process works on at the same time."`

	JobTimeout time.Duration `env:"TRIBUTARY_JOB_TIMEOUT" default:"30s" min:"5s" doc:"How long one attempt of a job may take. A crashed process's jobs are taken over soon after it."`

	SMTP secret.String `env:"TRIBUTARY_SMTP_URL" secret:"true" doc:"Mail server for digests, as smtp://user:password@host:587 or smtps://user:password@host:465; ?tls=none for one on this machine. Unset: no mail is sent."`

	MailFrom string `env:"TRIBUTARY_MAIL_FROM" default:"Tributary <tributary@localhost>" doc:"The sender of mail."`

	ReviewDue time.Duration `env:"TRIBUTARY_REVIEW_DUE" default:"24h" min:"1m" doc:"How long a placement may wait for finance before people are told."`

	LogLevel slog.Level `env:"TRIBUTARY_LOG" default:"info" oneof:"debug info warn error" doc:"The least important level that is logged."`

	LogFormat string `env:"TRIBUTARY_LOG_FORMAT" default:"text" oneof:"text json" doc:"Format of the log on standard error."`
}

// Load reads the settings through lookup (os.LookupEnv in the program). The error
// joins every problem found, a sentence each, and shows no secret.
func Load(lookup func(string) (string, bool)) (Config, error) {
	var c Config
	if err := decode(&c, lookup); err != nil {
		return Config{}, err
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.DataDir, "keys.json")
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.PublicURL == "" {
		c.PublicURL = "http://" + reachable(c.Addr)
	}
	return c, nil
}

// reachable is the address as somebody on this machine enters it.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}

// Embedded says that the hub runs a database of its own.
func (c Config) Embedded() bool { return c.DatabaseURL.IsZero() }

// SecureCookies says that cookies must not travel without TLS.
func (c Config) SecureCookies() bool { return strings.HasPrefix(c.PublicURL, "https://") }
