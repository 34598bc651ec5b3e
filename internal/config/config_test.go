package config_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/config"
)

var update = flag.Bool("update", false, "write the table of docs/operating.md")

func load(env map[string]string) (config.Config, error) {
	return config.Load(func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	})
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := load(map[string]string{"DATABASE_URL": " "}) // set to nothing, as compose files do
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Addr: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080", DataDir: ".tributary", KeyFile: ".tributary/keys.json",
		Workers: 20, JobTimeout: 30 * time.Second, MailFrom: "Tributary <tributary@localhost>", ReviewDue: 24 * time.Hour, LogLevel: slog.LevelInfo, LogFormat: "text",
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("defaults are\n%+v, want\n%+v", c, want)
	}
	if !c.Embedded() || c.SecureCookies() {
		t.Error("without settings the hub runs its own database, over http")
	}
}

func TestEverySetting(t *testing.T) {
	t.Parallel()
	dsn := "postgres://hub:pa55word@db.example.com/hub?sslmode=verify-full"
	c, err := load(map[string]string{
		"TRIBUTARY_ADDR": ":9000", "TRIBUTARY_PUBLIC_URL": "https://hub.example.com/", "DATABASE_URL": dsn,
		"TRIBUTARY_DB_INSECURE": "1", "TRIBUTARY_DATA_DIR": "/var/lib/tributary", "TRIBUTARY_ALLOW_CIDRS": "10.1.0.0/16, fd00::/8",
		"TRIBUTARY_TRUSTED_PROXIES": "192.0.2.7/32", "TRIBUTARY_WORKERS": "3", "TRIBUTARY_JOB_TIMEOUT": "2m",
		"TRIBUTARY_LOG": "debug", "TRIBUTARY_LOG_FORMAT": "json",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL.Reveal() != dsn || c.Embedded() {
		t.Error("DATABASE_URL is not taken")
	}
	if c.PublicURL != "https://hub.example.com" || !c.SecureCookies() {
		t.Errorf("the public URL is %q", c.PublicURL)
	}
	if want := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}; !reflect.DeepEqual(c.AllowCIDRs, want) {
		t.Errorf("allowed networks are %v", c.AllowCIDRs)
	}
	if c.KeyFile != "/var/lib/tributary/keys.json" || c.Workers != 3 || c.JobTimeout != 2*time.Minute || c.LogLevel != slog.LevelDebug || !c.DBInsecure {
		t.Errorf("read %+v", c)
	}
	if shown := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(shown, "pa55word") {
		t.Error("printing the settings shows the database password")
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{
		"TRIBUTARY_ADDR": "8080", "TRIBUTARY_PUBLIC_URL": "hub.example.com", "DATABASE_URL": "host=db password=pa55word",
		"TRIBUTARY_DB_INSECURE": "maybe", "TRIBUTARY_ALLOW_CIDRS": "10.1.2.3/16,localhost", "TRIBUTARY_WORKERS": "0",
		"TRIBUTARY_JOB_TIMEOUT": "4s", "TRIBUTARY_LOG": "loud", "TRIBUTARY_LOG_FORMAT": "xml",
	})
	if err == nil {
		t.Fatal("nonsense was taken")
	}
	for _, want := range []string{
		`TRIBUTARY_ADDR is "8080"; it must be an address and a port`,
		`TRIBUTARY_PUBLIC_URL is "hub.example.com"; it must be http or https`,
		`DATABASE_URL cannot be read; it must look like postgres://`,
		`TRIBUTARY_DB_INSECURE is "maybe"; it must be true or false`,
		`TRIBUTARY_ALLOW_CIDRS names "10.1.2.3/16", "localhost"`,
		`TRIBUTARY_WORKERS is "0"; it must be a whole number, at least 1`,
		`TRIBUTARY_JOB_TIMEOUT is "4s"; it must be a time such as 45s or 2m, at least 5s`,
		`TRIBUTARY_LOG is "loud"; it must be one of debug, info, warn, error`,
		`TRIBUTARY_LOG_FORMAT is "xml"; it must be one of text, json`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "pa55word") {
		t.Errorf("the error shows the password: %v", err)
	}
}

// The page's table between the two marks is made by this test: run it with
// -update after a change of the tags.
func TestOperatingTable(t *testing.T) {
	t.Parallel()
	const (
		page  = "../../docs/operating.md"
		begin = "<!-- settings: made by go test ./internal/config -update -->\n"
		end   = "<!-- end of settings -->"
	)
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	table, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s lacks the marks %q and %q", page, begin, end)
	}
	if table == config.Table() {
		return
	}
	if !*update {
		t.Fatalf("the settings in %s are not those of config.go; run: go test ./internal/config -update", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+config.Table()+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestThePublicAddressIsTheOneListenedOnUnlessSet(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{"127.0.0.1:9000": "http://127.0.0.1:9000", ":9000": "http://127.0.0.1:9000", "0.0.0.0:80": "http://127.0.0.1:80", "[::]:80": "http://127.0.0.1:80", "hub.test:8080": "http://hub.test:8080"} {
		if c, err := load(map[string]string{"TRIBUTARY_ADDR": addr}); err != nil || c.PublicURL != want {
			t.Errorf("%s: %q, %v; want %q", addr, c.PublicURL, err, want)
		}
	}
}
