package expr

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// cleanPolicy is the HTML that a job description may hold: text, headings,
// lists, tables and links; no styles, scripts, forms, images or frames.
func cleanPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
		"strong", "b", "em", "i", "u", "sub", "sup", "blockquote", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// Cleaner sanitises HTML for a page. It is safe for concurrent use.
type Cleaner struct{ policy *bluemonday.Policy }

// Cleaner gives the cleaner that the function html_clean uses.
func (e *Env) Cleaner() *Cleaner { return &Cleaner{e.clean} }

// Clean gives the allowed part of s. HTML that arrives escaped is unescaped first.
func (c *Cleaner) Clean(s string) string { return cleanWith(c.policy, s) }

func (l *library) cleanHTML(s string) string { return cleanWith(l.clean, s) }

func cleanWith(p *bluemonday.Policy, s string) string {
	s = unescapeOnce(s)
	if !strings.ContainsAny(s, "<>&\"'\x00") { // nothing that HTML gives a meaning
		return s
	}
	return strings.TrimSpace(p.Sanitize(s))
}

// unescapeOnce undoes the escaping of HTML that a system put into its JSON as
// "&lt;p&gt;".
func unescapeOnce(s string) string {
	if !strings.Contains(s, "<") && (strings.Contains(s, "&lt;/") || strings.Contains(s, "&lt;br")) {
		return html.UnescapeString(s)
	}
	return s
}

// htmlToText gives the text of HTML with line breaks where a browser has them,
// and a dash before list items.
func htmlToText(s string) string {
	s = unescapeOnce(s)
	if !strings.ContainsAny(s, "<&") {
		return strings.TrimSpace(s)
	}
	w := textWriter{}
	z := xhtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return strings.TrimSpace(w.b.String())
		case xhtml.TextToken:
			if w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
			name, _ := z.TagName()
			w.start(atom.Lookup(name))
		case xhtml.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
}

// textWriter writes words with single blanks and breaks with at most one empty line.
type textWriter struct {
	b      strings.Builder
	breaks int  // line breaks due before the next word
	blank  bool // a blank due before the next word
	bullet bool // the dash of a list item was the last word
	hidden int  // depth of elements whose text is not shown
}

func (w *textWriter) text(s string) {
	if s == "" {
		return
	}
	if first := rune(s[0]); unicode.IsSpace(first) {
		w.blank = true
	}
	for i, word := range strings.Fields(s) {
		if i > 0 {
			w.blank = true
		}
		w.word(word)
	}
	if last := rune(s[len(s)-1]); unicode.IsSpace(last) {
		w.blank = true
	}
}

func (w *textWriter) word(s string) {
	switch {
	case w.b.Len() == 0:
	case w.breaks > 0:
		w.b.WriteString(strings.Repeat("\n", min(w.breaks, 2)))
	case w.blank:
		w.b.WriteByte(' ')
	}
	w.breaks, w.blank, w.bullet = 0, false, false
	w.b.WriteString(s)
}

func (w *textWriter) start(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title:
		w.hidden++
	case atom.Br, atom.Tr, atom.Hr:
		w.breaks++
	case atom.Li:
		w.breaks = max(w.breaks, 1)
		w.word("-")
		w.blank, w.bullet = true, true
	default:
		w.block(a)
	}
}

func (w *textWriter) end(a atom.Atom) {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title:
		w.hidden = max(w.hidden-1, 0)
	case atom.Li:
		w.breaks = 1
	case atom.Td, atom.Th:
		w.blank = true
	default:
		w.block(a)
	}
}

func (w *textWriter) block(a atom.Atom) {
	if w.bullet { // the item's own paragraph
		return
	}
	switch a {
	case atom.P, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Blockquote, atom.Pre:
		w.breaks = max(w.breaks, 2)
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dt, atom.Dd:
		w.breaks = max(w.breaks, 1)
	}
}

// plainLetter gives the ASCII letter or digit of r without its accents, or 0.
func plainLetter(r rune) rune {
	if r < unicode.MaxASCII {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return 0
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	if base < unicode.MaxASCII && unicode.IsLetter(base) {
		return base
	}
	return 0
}
