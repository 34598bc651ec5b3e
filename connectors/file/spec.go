package file

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-hub/tributary/connectors"
)

const (
	fingerprint = `SHA256:[A-Za-z0-9+/]{43}`
	ending      = `\.[A-Za-z0-9._-]{1,20}`
	number      = `[0-9]{1,4}`
)

func spec() connectors.Spec {
	return append(append(connection(), incoming()...), append(handling(), outgoingSpec()...)...)
}

func connection() connectors.Spec {
	return connectors.Spec{
		{Key: "transport", Label: "Where the files lie", Required: true, Default: "sftp", Options: []string{"sftp", "folder"},
			Help: "sftp: on an SFTP server, the client's or yours. folder: on this machine, below the folder that the operator named in TRIBUTARY_SHARE_DIR, such as a mounted share."},
		{Key: "host", Label: "SFTP server", Pattern: `[A-Za-z0-9][A-Za-z0-9.:-]{0,252}`,
			Help: "Name or address of the server, without sftp:// and port. The owner of the server tells it."},
		{Key: "port", Label: "SFTP port", Default: "22", Pattern: `[0-9]{1,5}`, Advanced: true, Help: "22 unless the owner of the server says otherwise."},
		{Key: "user", Label: "User", Help: "The account on the SFTP server that was made for you."},
		{Key: "password", Label: "Password", Secret: true, Help: "Of that account; empty when the server takes a key."},
		{Key: "private_key", Label: "Private key", Secret: true, Multiline: true,
			Help: "The whole text of the private key (-----BEGIN OPENSSH PRIVATE KEY-----...) whose public half the owner of the server has entered for your account."},
		{Key: "passphrase", Label: "Passphrase of the key", Secret: true, Advanced: true, Help: "Only when the private key is protected by one (ssh-keygen asks for it)."},
		{Key: "host_key", Label: "Host key fingerprint", Pattern: fingerprint + `( +` + fingerprint + `)*`,
			Help: "SHA256: and 43 characters: the server's own fingerprint, which its owner tells you (ssh-keyscan HOST | ssh-keygen -lf - shows it). The hub signs in to no other server. Several kinds of key are separated by spaces."},
		{Key: "folder", Label: "Folder", Default: ".", Check: below,
			Help: "The folder in which all others lie. SFTP: from the root (/outgoing/acme) or from the account's home. On this machine: below TRIBUTARY_SHARE_DIR."},
	}
}

func incoming() connectors.Spec {
	return connectors.Spec{
		{Key: "requisition_folder", Label: "Folder with requisitions", Default: ".", Check: below, Help: "Below the folder above; a dot is that folder itself."},
		{Key: "requisition_files", Label: "Files with requisitions", Required: true, Default: "*.csv", Check: pattern,
			Help: "Which names: * stands for any characters, ? for one, for instance requisitions-*.csv. Other files are left alone."},
		{Key: "id_column", Label: "Column with the requisition's id", Required: true,
			Help: "The name of the column that identifies a requisition for ever. XML and JSON: the path, parts parted by dots, for instance Header.RequisitionId or @id."},
		{Key: "updated_column", Label: "Column with the time of change", Advanced: true, Help: "Year-month-day, with a time or without. Empty: the file does not say."},
		{Key: "contents", Label: "A file holds", Default: "delta", Options: []string{"delta", "full"},
			Help: "delta: what is new or changed. full: everything that is open; then a requisition that the next file no longer has comes once more with _absent, which the default profile takes as closed."},
		{Key: "status_files", Label: "Files with statuses", Check: pattern, Help: "Names as above, for instance candidate-status-*.csv. Empty: the client sends no statuses as files."},
		{Key: "status_folder", Label: "Folder with statuses", Default: ".", Check: below, Advanced: true, Help: "Below the folder above; a dot is that folder itself."},
		{Key: "status_id_column", Label: "Column with the submission's key", Default: "submission_key",
			Help: "The column in which the client gives back the submission_key of the submission file. Without it no status finds its candidate."},
		{Key: "status_updated_column", Label: "Status: column with the time of change", Advanced: true, Help: "Year-month-day, with a time or without. Empty: the file does not say."},
	}
}

func handling() connectors.Spec {
	return connectors.Spec{
		{Key: "format", Label: "Format", Default: "auto", Options: []string{"auto", "csv", "xml", "json"}, Advanced: true, Help: "auto: by the ending of the name (csv, tsv, txt, xml, json, jsonl)."},
		{Key: "encoding", Label: "Encoding", Default: "auto", Options: []string{"auto", "utf-8", "utf-16", "windows-1252"}, Advanced: true, Help: "auto: UTF-8, or UTF-16 with a mark at its begin. XML names its own."},
		{Key: "delimiter", Label: "CSV separator", Default: "auto", Options: []string{"auto", ",", ";", "tab", "|"}, Advanced: true, Help: "auto: the one that the line with the names has most of."},
		{Key: "header_line", Label: "CSV line with the names", Default: "1", Pattern: `[1-9][0-9]?`, Advanced: true, Help: "Lines before it are passed over."},
		{Key: "record_path", Label: "Where the records lie", Advanced: true,
			Help: "XML: elements from the outermost on, for instance Requisitions/Requisition. JSON: a path such as data.items; empty: a list, or one object after the other."},
		{Key: "ready", Label: "A file is whole when", Default: "settle", Options: []string{"settle", "marker", "manifest"},
			Help: "settle: it did not change for a while. marker: a file of the same name with .done behind it (or in place of its ending) has come after it. manifest: likewise, and its bytes, rows and sha256 are compared."},
		{Key: "settle_seconds", Label: "Seconds without change", Default: "60", Pattern: number, Advanced: true, Help: "For settle. 0: files are there at once as a whole, because the sender renames them."},
		{Key: "marker_ending", Label: "Ending of markers", Default: ".done", Pattern: ending, Advanced: true, Help: "For marker: what the sender puts behind the name."},
		{Key: "manifest_ending", Label: "Ending of manifests", Default: ".manifest", Pattern: ending, Advanced: true, Help: "For manifest: a JSON object or lines such as rows=120, bytes=4711, sha256=..."},
		{Key: "order", Label: "Order of files", Default: "name", Options: []string{"name", "time"}, Advanced: true, Help: "name: when names hold the date. time: by the server's time of change."},
		{Key: "after_reading", Label: "After reading", Default: "leave", Options: []string{"leave", "archive"},
			Help: "leave: files stay, the sender cleans up. archive: a file moves into the archive folder once its records are saved. Take archive when full files replace each other under one name."},
		{Key: "archive_folder", Label: "Archive folder", Default: "archive", Check: below, Advanced: true, Help: "Below the folder with the files. A full reading reads it again."},
		{Key: "quarantine_folder", Label: "Quarantine folder", Default: "quarantine", Check: below, Advanced: true, Help: "Below the folder with the files: bad ones are moved there, with the line and the reason beside them."},
	}
}

func outgoingSpec() connectors.Spec {
	return connectors.Spec{
		{Key: "submission_folder", Label: "Folder for submissions", Check: below, Help: "Below the folder above, for instance incoming. Empty: submissions do not go out as files."},
		{Key: "submission_format", Label: "Format of submissions", Default: "json", Options: []string{"json", "csv"}, Advanced: true, Help: "One file for each submission; the profile's submission map says what is in it."},
		{Key: "submission_columns", Label: "Columns of submissions", Advanced: true,
			Help: "For csv: names in their order, separated by commas. submission_key, requisition_id and resume_file are there beside those of the profile. Empty: all, by name."},
		{Key: "submission_marker", Label: "Done-marker of submissions", Pattern: ending, Advanced: true, Help: "An ending such as .done: an empty file of the submission's name with it is written last. Empty: none."},
		{Key: "ledger_folder", Label: "Folder of what was handed over", Default: ".tributary", Check: below, Advanced: true,
			Help: "Below the folder for submissions. The client must leave it alone: by it the hub knows what it wrote although the client has taken the file away."},
		{Key: "resume_types", Label: "Types of résumés", Default: "pdf,doc,docx,rtf,txt", Advanced: true, Help: "Endings that the client takes, separated by commas; the client's file specification says which."},
		{Key: "resume_mb", Label: "Largest résumé in MB", Default: "10", Pattern: `[1-9][0-9]?`, Advanced: true, Help: "The client's file specification says how much it takes."},
	}
}

// below refuses paths that climb.
func below(v string) error {
	for _, p := range strings.Split(v, "/") {
		if p == ".." {
			return fmt.Errorf("a folder must not climb with .. to the one above")
		}
	}
	if strings.ContainsAny(v, "\\\x00\n") {
		return fmt.Errorf("a folder is written with / between its parts")
	}
	return nil
}

func pattern(v string) error {
	if _, err := path.Match(v, "x"); err != nil || strings.Contains(v, "/") {
		return fmt.Errorf("the pattern of file names cannot be read")
	}
	return nil
}
