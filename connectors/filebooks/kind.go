// Package filebooks serves firms whose books only import files: each approved bill
// becomes a CSV or JSON file with control totals, or a part of one file per hour or
// day, on an SFTP server or in a folder of this machine. What the import answers is
// read back. README.md says in which order files are written, and why a second put of
// a bill finds the first.
package filebooks

import (
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for books that import files.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "file_books",
		Label:      "Books by file (SFTP or folder)",
		Role:       staffing.RoleERP,
		DocsURL:    "https://github.com/tributary-hub/tributary/blob/main/connectors/filebooks/README.md",
		APIVersion: "SFTP 3; CSV, JSON",
		Summary:    "Books that import files: each approved bill as CSV or JSON with control totals, one file a bill or one an hour or day.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 1}, // sessions, one after the other
		Can:        []connectors.Capability{connectors.WritesBilling},
		Mapping:    defaultMapping,
		Open:       open,
	}
}

const (
	fingerprint = `SHA256:[A-Za-z0-9+/]{43}`
	ending      = `\.[A-Za-z0-9._-]{1,20}`
)

func spec() connectors.Spec {
	return append(connection(), contents()...)
}

func connection() connectors.Spec {
	return connectors.Spec{
		{Key: "transport", Label: "Where the files lie", Required: true, Default: "sftp", Options: []string{"sftp", "folder"},
			Help: "sftp: on the SFTP server from which the books import. folder: on this machine, below the folder that the operator named in TRIBUTARY_SHARE_DIR, such as a mounted share."},
		{Key: "host", Label: "SFTP server", Pattern: `[A-Za-z0-9][A-Za-z0-9.:-]{0,252}`, Help: "Name or address of the server, without sftp:// and port."},
		{Key: "port", Label: "SFTP port", Default: "22", Pattern: `[0-9]{1,5}`, Advanced: true, Help: "22 unless the owner of the server says otherwise."},
		{Key: "user", Label: "User", Help: "The account on the SFTP server that was made for the hub."},
		{Key: "password", Label: "Password", Secret: true, Help: "Of that account; empty when the server takes a key."},
		{Key: "private_key", Label: "Private key", Secret: true, Multiline: true,
			Help: "The whole text of the private key (-----BEGIN OPENSSH PRIVATE KEY-----...), without a passphrase, whose public half was entered for the account."},
		{Key: "host_key", Label: "Host key fingerprint", Pattern: fingerprint,
			Help: "SHA256: and 43 characters: the server's own fingerprint (ssh-keyscan HOST | ssh-keygen -lf - shows it; ask the owner of the server). The hub signs in to no other server."},
		{Key: "folder", Label: "Folder", Default: ".", Check: below,
			Help: "Into which the bills are written and from which the books import. SFTP: from the root or from the account's home. On this machine: below TRIBUTARY_SHARE_DIR."},
	}
}

func contents() connectors.Spec {
	return connectors.Spec{
		{Key: "format", Label: "Format", Default: "csv", Options: []string{"csv", "json"}, Help: "csv: one row a line of a bill. json: one document with the bills and their lines."},
		{Key: "batch", Label: "One file for", Default: "bill", Options: []string{"bill", "hour", "day"},
			Help: "bill: each bill, as soon as it is approved. hour, day (UTC): all bills of that time in one file that grows; let the books import it when the time is over."},
		{Key: "columns", Label: "Columns", Help: "For csv: names in their order, separated by commas, the bill's own and those of the bill map. Empty: the bill's own, then the others by name. Needed for one file an hour or day when the bill map has other columns than customer, item, work_order and work_site."},
		{Key: "delimiter", Label: "CSV separator", Default: ",", Options: []string{",", ";", "tab", "|"}, Advanced: true, Help: "As the import of the books expects it."},
		{Key: "acknowledgement_folder", Label: "Folder of acknowledgements", Check: below,
			Help: "Below the folder above, when the import writes a file for what it took or refused. Empty: it does not, and a bill that was written counts as handed over."},
		{Key: "acknowledgement_files", Label: "Acknowledgement files", Default: "*.csv", Check: pattern, Advanced: true, Help: "Which names: * stands for any characters. CSV with a line of names, or JSON (a list of objects)."},
		{Key: "acknowledgement_columns", Label: "Acknowledgement columns", Default: "reference,status,number,message", Pattern: `[^,]+,[^,]+,[^,]+,[^,]+`, Advanced: true,
			Help: "The names of the columns with our reference, the outcome, the number in the books and the words, in this order, separated by commas."},
		{Key: "refused_words", Label: "Words for refused", Default: "refused,rejected,error,failed", Advanced: true, Help: "Outcomes, separated by commas, that say that the import did not take the bill. Every other one says that it did."},
		{Key: "marker", Label: "Done-marker", Pattern: ending, Advanced: true, Help: "For one file a bill: an ending such as .done, of an empty file that is written last. Empty: none."},
		{Key: "ledger_folder", Label: "Folder of what was handed over", Default: ".tributary", Check: below, Advanced: true,
			Help: "Below the folder above. The books must leave it alone: by it the hub knows what it wrote although the import has taken the file away."},
	}
}

// below refuses paths that climb.
func below(v string) error {
	if strings.ContainsAny(v, "\\\x00\n") {
		return fmt.Errorf("a folder is written with / between its parts")
	}
	for _, p := range strings.Split(v, "/") {
		if p == ".." {
			return fmt.Errorf("a folder must not climb with .. to the one above")
		}
	}
	return nil
}

func pattern(v string) error {
	if _, err := path.Match(v, "x"); err != nil || strings.Contains(v, "/") {
		return fmt.Errorf("the pattern of file names cannot be read")
	}
	return nil
}

// Connector is an opened connection. It keeps nothing but its settings.
type Connector struct {
	dial    func(context.Context) (share, error)
	account string
	set     connectors.Settings
	now     func() time.Time
	log     *slog.Logger
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{set: s, now: d.Now, log: d.Log}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if s["transport"] == "folder" {
		if d.ShareDir == "" {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "transport", Message: "the operator of this hub has opened no folder for files (TRIBUTARY_SHARE_DIR)"}
		}
		c.dial, c.account = localShare(d.ShareDir, s["folder"]), "the folder "+s["folder"]+" of this machine"
		return c, nil
	}
	c.account = s["user"] + " at " + s["host"]
	c.dial, err = serverShare(d.HTTP, s)
	return c, err
}

var (
	_ staffing.Checker     = (*Connector)(nil)
	_ staffing.BillingSink = (*Connector)(nil)
)
