package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// statusForm is the form of the status tables as it was sent; nil tables: it is
// opened.
type statusForm struct {
	stages, requests map[string]string // word -> meaning
	internal         map[string]string // stage -> word
	triggers         string
	boxes            []string // ticked words of the system
	problem          string
	conflict         string
}

// showProfileStatuses shows what the vendor's words mean, unmapped ones first.
func (s *Server) showProfileStatuses(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadProfile(r)
	if err != nil {
		return err
	}
	return s.renderStatuses(w, r, http.StatusOK, p, nil)
}

func (s *Server) renderStatuses(w http.ResponseWriter, r *http.Request, status int, p profile, f *statusForm) error {
	role, marked := p.connection.Role, queryOf(r, "").text("word")
	v := web.StatusesView{At: p.edition(), ShowWords: role == staffing.RoleClient, ShowRequests: role == staffing.RoleClient, ShowInternal: role == staffing.RoleInternalATS,
		Triggers: strings.Join(p.document.Triggers, "\n")}
	words, err := s.vocabularyOf(r.Context(), p.connection.ID)
	if err != nil {
		return err
	}
	v.Vocabulary = words.view()
	if v.ShowWords {
		if v.Words, err = s.stageWords(r.Context(), p, f, wordsOf(words, staffing.SubjectSubmission, marked)); err != nil {
			return err
		}
		if v.Requests, err = s.requestWords(r.Context(), p, f, wordsOf(words, staffing.SubjectRequisition, marked)); err != nil {
			return err
		}
	}
	s.fillInternal(&v, p, f, words)
	if f != nil {
		v.Error, v.Conflict = f.problem, f.conflict
	}
	if v.ProfileView, err = s.profileFrame(r, p, "statuses"); err != nil {
		return err
	}
	return s.render(w, r, status, web.ProfileStatusesPage(v))
}

// knownWords are what the system declares of a status table.
type knownWords struct {
	now    []string
	gone   map[string]bool // folded
	marked string          // the word that the page was opened for
}

func wordsOf(v vocabulary, subject staffing.Subject, marked string) knownWords {
	k := knownWords{marked: marked}
	k.now, k.gone = v.declared(subject)
	return k
}

// seenWord is a word of the vendor with what is known of it.
type seenWord struct {
	word       string
	count      int
	last       time.Time
	waiting    int
	waitingURL string
}

func (s *Server) stageWords(ctx context.Context, p profile, f *statusForm, k knownWords) ([]web.WordRow, error) {
	list, err := s.store.StatusWords(ctx, p.connection.ID)
	if err != nil {
		return nil, err
	}
	var seen []seenWord
	for _, x := range list {
		seen = append(seen, seenWord{x.Word, x.Count, x.LastAt, x.Waiting, "/submissions?client=" + idOf(p.connection.ClientID)})
	}
	table, typed := map[string]string{}, map[string]string(nil)
	for word, stage := range p.document.Stages {
		table[word] = string(stage)
	}
	if f != nil {
		typed = f.stages
	}
	choices := [][2]string{{"", "Choose a stage"}}
	for _, stage := range staffing.Stages() {
		choices = append(choices, [2]string{string(stage), stage.Label()})
	}
	return wordRows(seen, wordTable{table, typed, choices, k}), nil
}

func (s *Server) requestWords(ctx context.Context, p profile, f *statusForm, k knownWords) ([]web.WordRow, error) {
	list, err := s.store.RequisitionWords(ctx, p.connection.ID)
	if err != nil {
		return nil, err
	}
	var seen []seenWord
	for _, x := range list {
		seen = append(seen, seenWord{x.Word, x.Count, x.LastAt, x.Waiting, "/requisitions?state=needs_attention&client=" + idOf(p.connection.ClientID)})
	}
	table, typed := map[string]string{}, map[string]string(nil)
	for word, state := range p.document.RequisitionStatus {
		table[word] = string(state)
	}
	if f != nil {
		typed = f.requests
	}
	choices := [][2]string{{"", "Choose a state"}}
	for _, state := range staffing.RequisitionStatuses() {
		choices = append(choices, [2]string{string(state), words(string(state))})
	}
	return wordRows(seen, wordTable{table, typed, choices, k}), nil
}

// wordTable is a status table as its form shows it.
type wordTable struct {
	table   map[string]string // word -> meaning
	typed   map[string]string // what was sent; nil: nothing
	choices [][2]string
	knownWords
}

const emptyWords = 2 // rows for words that nobody has said yet

// wordRows lists the words that were seen and those of the table, what has no
// meaning first, then rows for new ones.
func wordRows(seen []seenWord, t wordTable) (out []web.WordRow) {
	known := map[string]bool{}
	meaning := func(word string) string {
		for w, m := range t.table {
			if foldWord(w) == foldWord(word) {
				return m
			}
		}
		return ""
	}
	for word := range t.typed {
		if !slices.ContainsFunc(seen, func(x seenWord) bool { return foldWord(x.word) == foldWord(word) }) {
			seen = append(seen, seenWord{word: word})
		}
	}
	for _, word := range t.now { // in the system's own order
		if !slices.ContainsFunc(seen, func(x seenWord) bool { return foldWord(x.word) == foldWord(word) }) {
			seen = append(seen, seenWord{word: word})
		}
	}
	for _, word := range append([]string{t.marked}, sortedKeys(t.table)...) {
		if word != "" && (word != t.marked || t.table[word] != "") && !slices.ContainsFunc(seen, func(x seenWord) bool { return foldWord(x.word) == foldWord(word) }) {
			seen = append(seen, seenWord{word: word})
		}
	}
	declared := map[string]bool{}
	for _, word := range t.now {
		declared[foldWord(word)] = true
	}
	for _, x := range seen {
		if known[foldWord(x.word)] {
			continue
		}
		known[foldWord(x.word)] = true
		m := meaning(x.word)
		row := web.WordRow{Word: x.word, Count: x.count, LastAt: x.last, Waiting: x.waiting, WaitingURL: x.waitingURL, Mapped: m != "", Marked: foldWord(x.word) == foldWord(t.marked),
			Declared: declared[foldWord(x.word)], Gone: t.gone[foldWord(x.word)], Foreign: len(t.now) > 0 && !declared[foldWord(x.word)]}
		if typed, was := t.typed[x.word]; was {
			m = typed
		}
		row.Choices = options(m, t.choices...)
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b web.WordRow) int { return rankWord(a) - rankWord(b) })
	for range emptyWords {
		out = append(out, web.WordRow{Choices: options("", t.choices...)})
	}
	return out
}

func rankWord(w web.WordRow) int {
	switch {
	case !w.Mapped && (w.Count > 0 || !w.Declared):
		return 0
	case w.Count > 0:
		return 1
	case !w.Mapped:
		return 2 // nobody has said it yet
	case w.Declared:
		return 3
	}
	return 4
}

// foldWord makes words equal that the hub takes for the same.
func foldWord(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func sortedKeys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return sorted(out)
}

// saveProfileStatuses takes the tables over into the draft.
func (s *Server) saveProfileStatuses(w http.ResponseWriter, r *http.Request) error {
	id, at, err := s.profileForm(r)
	if err != nil {
		return err
	}
	p, err := s.profileOf(r.Context(), id)
	if err != nil {
		return err
	}
	f := readStatuses(r, p.connection.Role)
	saved, err := s.saveEdit(r.Context(), f.edit(id, viewer(r).Email, at))
	if f.conflict, f.problem = conflictOf(err), refusedBy(err); f.conflict != "" || f.problem != "" {
		return s.renderStatuses(w, r, statusOf(err), p, f)
	}
	if err != nil {
		return err
	}
	return s.edited(w, r, saved, profileURL(id.String(), "statuses"))
}

func readStatuses(r *http.Request, role staffing.Role) *statusForm {
	f := &statusForm{stages: map[string]string{}, requests: map[string]string{}}
	for _, t := range []struct {
		into        map[string]string
		word, means string
	}{{f.stages, "word", "stage"}, {f.requests, "reqword", "reqstage"}} {
		for i := 0; r.PostForm.Has(fmt.Sprint(t.word, ".", i)); i++ {
			if word := formText(r, t.word+"."+strconv.Itoa(i)); word != "" {
				t.into[word] = formText(r, t.means+"."+strconv.Itoa(i))
			}
		}
	}
	if role == staffing.RoleInternalATS {
		f.internal, f.triggers = map[string]string{}, strings.ReplaceAll(r.PostForm.Get("triggers"), "\r\n", "\n")
		f.boxes = r.PostForm["trigger"]
		for _, stage := range staffing.Stages() {
			f.internal[string(stage)] = formText(r, "internal."+string(stage))
		}
	}
	return f
}

func (f *statusForm) edit(id uuid.UUID, by string, at web.Edition) edit {
	return edit{connection: id, by: by, at: at, action: "profile.statuses_saved", change: func(d mapping.Document) (mapping.Document, []string, error) {
		after := d
		for _, word := range sortedKeys(f.stages) {
			after = after.WithStage(word, staffing.Stage(f.stages[word]))
		}
		for _, word := range sortedKeys(f.requests) {
			after = after.WithRequisitionStatus(word, staffing.RequisitionStatus(f.requests[word]))
		}
		for _, stage := range sortedKeys(f.internal) {
			after = after.WithInternalStatus(staffing.Stage(stage), f.internal[stage])
		}
		if f.internal != nil {
			after = after.WithTriggers(inOrderOf(d.Triggers, append(slices.Clone(f.boxes), strings.Split(f.triggers, "\n")...)))
		}
		if _, err := mapping.Compile(mapping.Document{Stages: after.Stages, RequisitionStatus: after.RequisitionStatus, InternalStatus: after.InternalStatus, Triggers: after.Triggers}); err != nil {
			return d, nil, err
		}
		return after, changedCells(d, after), nil
	}}
}

// changedCells names what differs between two status tables, for the audit log.
func changedCells(before, after mapping.Document) []string {
	out := append(changedWords("stages", before.Stages, after.Stages), changedWords("requisition_status", before.RequisitionStatus, after.RequisitionStatus)...)
	out = append(out, changedWords("internal_status", before.InternalStatus, after.InternalStatus)...)
	if !slices.Equal(before.Triggers, after.Triggers) {
		out = append(out, "triggers")
	}
	return out
}

func changedWords[K, V ~string](section string, before, after map[K]V) (out []string) {
	for word, means := range after {
		if was, known := before[word]; !known || was != means {
			out = append(out, section+"."+string(word))
		}
	}
	for word := range before {
		if _, still := after[word]; !still {
			out = append(out, section+"."+string(word))
		}
	}
	return sorted(out)
}
