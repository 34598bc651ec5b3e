package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/connectors/all"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// setUp is a hub with one client on a system that only pushes, and the firm's ATS.
type setUp struct {
	t          *testing.T
	store      *store.Store
	client     store.Client
	connection store.Connection
}

func newSetUp(t *testing.T, s *store.Store) *setUp {
	t.Helper()
	u := &setUp{t: t, store: s, client: storetest.Client(t, s)}
	u.connection = storetest.Connection(t, s, staffing.RoleClient, storetest.Of(u.client.ID), func(c *store.Connection) {
		c.Kind, c.Name, c.Settings = "webhook", "Their system", store.Doc(map[string]string{})
	})
	storetest.Connection(t, s, staffing.RoleInternalATS, func(c *store.Connection) { c.Kind, c.Name = "bullhorn", "Our ATS" })
	u.publish("about: a profile")
	return u
}

func (u *setUp) must(err error) {
	u.t.Helper()
	if err != nil {
		u.t.Fatal(err)
	}
}

func (u *setUp) publish(document string) {
	u.t.Helper()
	u.must(u.store.InTx(u.t.Context(), func(tx *store.Tx) error {
		_, err := tx.PublishProfile(u.t.Context(), u.connection.ID, document, "am@example.com", "")
		return err
	}))
}

func (u *setUp) list(name string, entries map[string]string) {
	u.t.Helper()
	u.must(u.store.InTx(u.t.Context(), func(tx *store.Tx) error {
		_, err := tx.SaveCodeList(u.t.Context(), u.connection.ID, name, entries, "am@example.com")
		return err
	}))
}

func (u *setUp) export() string {
	u.t.Helper()
	f, err := exported(u.t.Context(), u.store, "")
	u.must(err)
	var b bytes.Buffer
	u.must(writeConfig(&b, f))
	return b.String()
}

// apply reads a file and makes the hub as it says; it gives what it told.
func (u *setUp) apply(file string, dryRun bool) (string, error) {
	u.t.Helper()
	return u.run(file, &configApplyCmd{DryRun: dryRun})
}

func (u *setUp) applyReviewed(file, by string) (string, error) {
	u.t.Helper()
	return u.run(file, &configApplyCmd{ReviewedBy: by})
}

func (u *setUp) run(file string, cmd *configApplyCmd) (string, error) {
	u.t.Helper()
	f, err := readConfig(strings.NewReader(file))
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = cmd.apply(u.t.Context(), &program{ctx: u.t.Context(), out: &out, errOut: &out}, u.store, f)
	return out.String(), err
}

func (u *setUp) document() string {
	u.t.Helper()
	p, err := u.store.PublishedProfile(u.t.Context(), u.connection.ID)
	u.must(err)
	doc, err := mapping.Parse([]byte(p.Document))
	u.must(err)
	b, err := yaml.Marshal(doc)
	u.must(err)
	return string(b)
}

func TestAnExportedSetUpAppliesToTheSame(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	random := rand.New(rand.NewPCG(7, 11)) // the same documents at each run
	for range 40 {
		doc := randomProfile(random)
		text, err := yaml.Marshal(doc)
		u.must(err)
		u.publish(string(text))
		u.list("sites", doc.Lists["inline"])
		want, file := u.document(), u.export()
		u.publish("about: something else")
		u.list("sites", map[string]string{"else": "where"})
		u.list("more", nil)
		if out, err := u.apply(file, false); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, file)
		}
		if got := u.document(); got != want {
			t.Fatalf("the profile was\n%s\nand came back as\n%s", want, got)
		}
		if again := u.export(); again != file {
			t.Fatalf("the export was\n%s\nand is now\n%s", file, again)
		}
		if out, err := u.apply(file, true); err != nil || out != "the hub is as the file says\n" {
			t.Fatalf("a dry run of the same says %s (%v)", out, err)
		}
	}
}

func TestEveryDefaultProfileComesBackWithItsComments(t *testing.T) {
	t.Parallel()
	registry, err := all.Registry()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range registry.Kinds() {
		node, err := profileNode(string(kind.Mapping))
		if err != nil {
			t.Fatal(err)
		}
		text, err := profileText(node)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(kind.Mapping), "\n") {
			if comment := strings.TrimSpace(line); strings.HasPrefix(comment, "#") && !strings.Contains(text, comment) {
				t.Errorf("%s: the comment %q is lost", kind.Name, comment)
			}
		}
	}
}

const nasty = "yes|no|null|~|0x1F|1e3|2026-01-02|: x| lead|trail |a: b|- a|#no|é\u2028ü|\"q\"|'s'|line\nbreak|tab\tbed|{a}|[b]|*c|&d|!e|%f|@g|`h`|\\|<<|=|\U0001f680"

func randomText(r *rand.Rand) string {
	parts := strings.Split(nasty, "|")
	return parts[r.IntN(len(parts))] + fmt.Sprint(r.IntN(100))
}

// randomProfile gives a profile that compiles, with texts that are hard on YAML.
func randomProfile(r *rand.Rand) mapping.Document {
	cel := func() string { b, _ := json.Marshal(randomText(r)); return string(b) } //nolint:errchkjson // a text has a form in JSON
	d := mapping.Document{About: randomText(r), Poll: map[staffing.Feed]time.Duration{staffing.FeedRequisitions: time.Duration(1+r.IntN(5000)) * time.Second},
		RequisitionStatus: map[string]staffing.RequisitionStatus{}, Stages: map[string]staffing.Stage{}, Lists: map[string]map[string]string{"inline": {}},
		Status: &mapping.StatusCells{Word: "raw.word", At: "raw.at"}}
	for range r.IntN(6) {
		d.RequisitionStatus[randomText(r)] = staffing.RequisitionStatuses()[r.IntN(len(staffing.RequisitionStatuses()))]
		d.Stages[randomText(r)] = staffing.Stages()[r.IntN(len(staffing.Stages()))]
		d.Lists["inline"][randomText(r)] = randomText(r)
	}
	for i, key := range []string{"title", "number", "department", "purchase_order"} {
		if r.IntN(3) > 0 {
			c := mapping.Cell{Key: key, CEL: cel(), Required: r.IntN(2) == 0}
			if r.IntN(3) == 0 {
				c.Default = cel()
			}
			if i == 2 && r.IntN(2) == 0 {
				c.List = "sites" // one of the connection's
			}
			d.Requisition = append(d.Requisition, c)
		}
	}
	for i := range r.IntN(4) {
		d.Submission = append(d.Submission, mapping.Cell{Key: fmt.Sprintf("part%d.x-%d", i, r.IntN(9)), CEL: cel()})
		d.Rules = append(d.Rules, staffing.Rule{ID: fmt.Sprintf("R%d", i), On: staffing.SubjectRequisition, Assert: "req.title != " + cel(), Severity: staffing.SeverityWarning, Message: "m " + randomText(r)})
	}
	return d
}

func TestAFileThatDoesNotFitIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	code := u.client.Code
	theirs := "connections:\n- {client: " + code + ", name: Their system, kind: webhook"
	for name, c := range map[string]struct{ file, want string }{
		"a client that nobody knows":      {"connections: [{client: NOBODY, name: x, kind: webhook}]", "the file names the client NOBODY, which neither this hub has nor the file adds"},
		"a new client without a name":     {"clients: [{code: NOBODY}]", "client NOBODY: it needs a name"},
		"a new client with a bad code":    {"clients: [{code: no body, name: x}]", "is no code of a client"},
		"a currency that is none":         {"clients: [{code: " + code + ", currency: dollars}]", "three capitals"},
		"a system of a new client":        {"clients: [{code: FRESH, name: Fresh}]\nconnections: [{client: FRESH, name: x, kind: webhook}]", "a connection needs secrets, which are in no file: add it first, on the page Connections or by POST /api/v1/connections"},
		"a flow that is none":             {theirs + ", mode: shadow, live_flows: [everything]}", "there is no flow"},
		"a flow without what it needs":    {theirs + ", mode: shadow, live_flows: [candidates]}", "the flow candidates needs jobs"},
		"flows of a live connection":      {theirs + ", mode: live, live_flows: [jobs]}", "live_flows are for the mode shadow"},
		"a connection that nobody knows":  {"connections: [{client: " + code + ", name: Other, kind: webhook}]", `the file names the connection "Other" of client ` + code + ", which this hub does not have"},
		"one of the firm that is not one": {"connections: [{name: Their system, kind: webhook}]", `connection "Their system" of the firm, which this hub does not have`},
		"another kind":                    {"connections: [{client: " + code + ", name: Their system, kind: bullhorn}]", "is of kind bullhorn in the file and of kind webhook here"},
		"a secret in the file":            {theirs + ", settings: {secret: x}}", "secret is a secret; it is set on the connection's page"},
		"a setting that it has not":       {theirs + ", settings: {speed: '9'}}", `has no setting "speed"`},
		"a profile that does not compile": {theirs + ", profile: {requisition: {title: raw. }}}", "the profile: "},
		"a list that is missing":          {theirs + ", profile: {requisition: {title: {cel: raw.t, list: gone}}}}", "gone"},
		"twice the same":                  {theirs + "}\n- {client: " + code + ", name: Their system, kind: webhook}", "stands twice"},
		"an unknown key":                  {theirs + ", secrets: {a: b}}", "field secrets not found"},
		"an alias":                        {"clients: [&a {code: X}, *a]", "anchors, aliases"},
		"no YAML":                         {"clients: [", "cannot be read"},
		"a mode that is none":             {theirs + ", mode: half}", "a mode is live or shadow"},
		"a time zone that is none":        {"clients: [{code: " + code + ", timezone: Mars/Base}]", "Mars/Base"},
	} {
		t.Run(name, func(t *testing.T) {
			before := u.export()
			_, err := u.apply(c.file, false)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), c.want) || exitCode(err) != 1 {
				t.Errorf("the error is %v, want %q", err, c.want)
			}
			if u.export() != before {
				t.Error("the hub changed")
			}
		})
	}
}

func TestAnExportHoldsNoSecret(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	if file := u.export(); strings.Contains(file, "hunter2") || strings.Contains(file, "secrets:") || !strings.Contains(file, "name: Their system") {
		t.Errorf("the export is\n%s", file)
	}
}

// The commands as an operator types them, with their exit codes.
func TestConfigCommands(t *testing.T) {
	s, dsn := storetest.NewWithDSN(t)
	u := newSetUp(t, s)
	dir := t.TempDir()
	for key, value := range map[string]string{"DATABASE_URL": dsn, "TRIBUTARY_DATA_DIR": dir, "TRIBUTARY_DB_INSECURE": "true", "TRIBUTARY_LOG": "error"} {
		t.Setenv(key, value)
	}
	run := func(want int, args ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := start(context.Background(), args, &out, &errOut); code != want {
			t.Fatalf("server %s exits with %d, want %d:\n%s%s", strings.Join(args, " "), code, want, &out, &errOut)
		}
		return out.String() + errOut.String()
	}
	file := filepath.Join(dir, "hub.yaml")
	run(0, "config", "export", "--client", u.client.Code, "-o", file)
	run(0, "config", "apply", "-f", file, "--dry-run")
	run(1, "config", "export", "--client", "NOBODY")
	text, err := os.ReadFile(file)
	u.must(err)
	changed := strings.NewReplacer("about: a profile", "about: another", "mode: live", "mode: shadow", "lists: {}", "lists: {sites: {NYC: New York}}", "review_threshold: 25", "review_threshold: 3").Replace(string(text))
	u.must(os.WriteFile(file, []byte(changed), 0o600))
	said := run(3, "config", "apply", "-f", file, "--dry-run")
	for _, want := range []string{"client " + u.client.Code, "review_threshold: was 25, is 3", "profile: ", "list sites: 1 added", "mode: was live, is shadow", "the hub differs from the file in "} {
		if !strings.Contains(said, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, said)
		}
	}
	if u.document() != "about: a profile\n" {
		t.Error("the dry run changed the hub")
	}
	run(0, "config", "apply", "-f", file)
	run(0, "config", "apply", "-f", file, "--dry-run")
	if u.document() != "about: another\n" {
		t.Errorf("the profile is %s", u.document())
	}
	c, err := s.Connection(t.Context(), u.connection.ID)
	if err != nil || c.Mode != store.ModeShadow {
		t.Errorf("the connection is %+v (%v)", c, err)
	}
	log, _, err := s.AuditLog(t.Context(), store.AuditFilter{Actor: byCommandLine})
	if err != nil || len(log) != 4 { // client, list, profile, mode
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

// What a file puts in force lets go what waited, as on the pages.
func TestAnAppliedProfileTriesWhatWaits(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	req := storetest.Requisition(t, u.store, u.connection)
	u.must(u.store.InTx(t.Context(), func(tx *store.Tx) error {
		req.State = store.RequisitionNeedsAttention
		return tx.SaveValidation(t.Context(), req)
	}))
	_, err := u.apply(strings.Replace(u.export(), "about: a profile", "about: another", 1), false)
	u.must(err)
	depths, err := u.store.JobDepths(t.Context())
	if err != nil || len(depths) != 1 || depths[0].Kind != "requisition.validate" {
		t.Errorf("the queue holds %+v (%v)", depths, err)
	}
}

func TestAFileAddsClientsAndSwitchesFlows(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	file := "clients:\n- {code: FRESH, name: Fresh Foods, currency: EUR, timezone: Europe/Berlin, review_threshold: 0}\n" +
		"connections:\n- {client: " + u.client.Code + ", name: Their system, kind: webhook, mode: shadow, live_flows: [candidates, jobs]}\n"
	said, err := u.apply(file, true)
	for _, want := range []string{"client FRESH", `new: "Fresh Foods", EUR, Europe/Berlin, review_threshold 0`, "live_flows: were [jobs candidates statuses bills], are [jobs candidates]"} {
		if !strings.Contains(said, want) || exitCode(err) != driftCode {
			t.Errorf("the dry run does not say %q (%v):\n%s", want, err, said)
		}
	}
	_, err = u.apply(file, false)
	u.must(err)
	if out, err := u.apply(file, true); err != nil || out != "the hub is as the file says\n" {
		t.Errorf("then a dry run says %s (%v)", out, err)
	}
	if again := u.export(); !strings.Contains(again, "live_flows: [jobs, candidates]") || !strings.Contains(again, "code: FRESH") {
		t.Errorf("the export is\n%s", again)
	}
	log, n, err := u.store.AuditLog(t.Context(), store.AuditFilter{Action: "client.created"})
	if err != nil || n != 1 || log[0].Actor != byCommandLine {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

func TestAProfileThatTouchesManyRecordsNamesItsReviewer(t *testing.T) {
	t.Parallel()
	u := newSetUp(t, storetest.New(t))
	u.publish("requisition:\n  title: raw.name\n")
	u.must(u.store.InTx(t.Context(), func(tx *store.Tx) error {
		for i := range 3 {
			if _, _, err := tx.InsertRawIfChanged(t.Context(), u.connection.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: fmt.Sprint(i), Raw: json.RawMessage(fmt.Sprintf(`{"name": "Nurse %d"}`, i))}); err != nil {
				return err
			}
		}
		c := u.client
		c.ReviewThreshold = 2
		if err := tx.UpdateClient(t.Context(), c); err != nil {
			return err
		}
		_, err := tx.StartDraft(t.Context(), u.connection.ID, "ann@example.com")
		return err
	}))
	wide := strings.NewReplacer("title: raw.name", "title: raw.name + '!'", "review_threshold: 2", "review_threshold: 99").Replace(u.export())
	said, err := u.apply(wide, true)
	for _, want := range []string{"of 3 records that were tried 3 change", "more than 2 and needs --reviewed-by", "has a draft, saved last by ann@example.com"} {
		if !strings.Contains(said, want) || exitCode(err) != driftCode {
			t.Errorf("the dry run does not say %q (%v):\n%s", want, err, said)
		}
	}
	before := u.export()
	if _, err := u.apply(wide, false); staffing.CodeOf(err) != staffing.Forbidden || !strings.Contains(err.Error(), "touches 3 records") || exitCode(err) != 1 {
		t.Errorf("without a reviewer it gives %v", err)
	}
	if u.export() != before {
		t.Error("the hub changed")
	}
	_, err = u.applyReviewed(wide, "Ben Bauer")
	u.must(err)
	p, err := u.store.PublishedProfile(t.Context(), u.connection.ID)
	log, _, logErr := u.store.AuditLog(t.Context(), store.AuditFilter{Action: "profile.published"})
	if err != nil || logErr != nil || p.Note != "from a file, reviewed by Ben Bauer" || !strings.Contains(log[0].Detail, `"reviewed_by":"Ben Bauer"`) || !strings.Contains(log[0].Detail, `"affected":3`) {
		t.Errorf("in force is %+v, the log says %+v (%v, %v)", p, log, err, logErr)
	}
}
