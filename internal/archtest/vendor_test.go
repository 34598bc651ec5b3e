package archtest

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// vendors are names that must not stand outside their own folders, in lower case
// and one word each. The folders below connectors/ are added by themselves.
var vendors = []string{
	"ashby", "avionte", "beeline", "bullhorn", "ceipal", "coupa", "fieldglass", "greenhouse", "icims", "intacct",
	"jobadder", "jobdiva", "jobvite", "lever", "netsuite", "odoo", "quickbooks", "smartrecruiters", "successfactors",
	"taleo", "teamtailor", "tryton", "vincere", "workday", "xero",
}

// general are folders below connectors/ that are no vendor.
var general = []string{"all", "connectortest", "document", "file", "inbox", "rest", "webhook"}

func TestNoVendorOutsideItsFolder(t *testing.T) {
	t.Parallel()
	files := source(t)
	names := vendorNames(files)
	for _, f := range files {
		if !mayNameVendors(f) {
			report(t, vendorFindings(f, names))
		}
	}
}

func vendorNames(files []file) []string {
	names := slices.Clone(vendors)
	for _, f := range files {
		dir, ok := strings.CutPrefix(f.dir(), "connectors/")
		dir, _, _ = strings.Cut(dir, "/")
		if ok && !slices.Contains(general, dir) && !slices.Contains(names, dir) {
			names = append(names, dir)
		}
	}
	return names
}

func mayNameVendors(f file) bool {
	inside, isConnector := strings.CutPrefix(f.dir(), "connectors/")
	inside, _, _ = strings.Cut(inside, "/")
	own := isConnector && (inside == "all" || !slices.Contains(general, inside))
	return own || f.isTest() || f.room() == "sandbox" || f.dir() == "internal/archtest"
}

func vendorFindings(f file, names []string) (out []string) {
	demo := f.dir() == "cmd/server" && strings.HasPrefix(path.Base(f.path), "demo")
	for i, line := range f.lines() {
		if demo {
			line = throughPackages(line)
		}
		for _, name := range names {
			if namesVendor(line, name) {
				out = append(out, fmt.Sprintf("%s:%d: %q is a vendor's name; what only this vendor needs belongs into connectors/%s, what all need is said without names", f.path, i+1, name, name))
			}
		}
	}
	return out
}

var (
	sandboxImport = regexp.MustCompile(`^(import\s+)?\s*(\w+\s+)?"` + regexp.QuoteMeta(module) + `/sandbox/\w+"`)
	qualified     = regexp.MustCompile(`\b[a-z]+\.[A-Z]\w*`)
)

// throughPackages removes from a line of the demo what names a simulated system
// through its package: the import and the use.
func throughPackages(line string) string {
	return qualified.ReplaceAllString(sandboxImport.ReplaceAllString(line, ""), "")
}

// namesVendor finds a name as a word of its own, also inside identifiers
// (FieldglassURL, fieldglass_id). A name of nine letters or more is found inside
// any word; a shorter one is not, because "leverage" means no vendor.
func namesVendor(line, name string) bool {
	if lower := strings.ToLower(line); !strings.Contains(lower, name) {
		return false
	} else if len(name) >= 9 {
		return true
	}
	return slices.ContainsFunc(words(line), func(w string) bool { return strings.EqualFold(w, name) })
}

// words splits at everything that is no letter and at the humps of identifiers.
func words(line string) (out []string) {
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, string(word))
		}
		word = nil
	}
	for _, r := range line {
		switch {
		case !unicode.IsLetter(r):
			end()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && unicode.IsLower(word[len(word)-1]):
			end()
		case unicode.IsLower(r) && len(word) > 1 && unicode.IsUpper(word[len(word)-1]):
			last := word[len(word)-1] // URLOf: the last capital begins the next word
			word = word[:len(word)-1]
			end()
			word = []rune{last}
		}
		word = append(word, r)
	}
	end()
	return out
}
