package web

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// pretty indents a JSON body; anything else stays as it is.
func pretty(body string) string {
	trimmed := strings.TrimSpace(body)
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return body
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(trimmed), "", "  "); err != nil {
		return body
	}
	return out.String()
}

// block is one paragraph, heading or list entry of a description.
type block struct {
	kind string // p, h, li
	text string
}

// blocks reads a client's HTML as plain paragraphs, headings and list entries.
// Only text comes out, so nothing that the client wrote can act on the page.
func blocks(source string) []block {
	w := blockWriter{kind: "p"}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.flush()
			return w.out
		case html.TextToken:
			if w.hidden == 0 {
				w.text.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			w.open(string(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(string(name))
		}
	}
}

// blockWriter collects blocks while the tokens go by.
type blockWriter struct {
	out    []block
	kind   string
	text   strings.Builder
	hidden int // inside a script or style
}

func (w *blockWriter) open(tag string) {
	switch tag {
	case "script", "style", "template", "noscript":
		w.hidden++
	case "li":
		w.flush()
		w.kind = "li"
	case "h1", "h2", "h3", "h4", "h5", "h6":
		w.flush()
		w.kind = "h"
	case "p", "div", "ul", "ol", "br", "tr", "table", "section":
		if w.kind == "li" && tag != "br" && w.text.Len() == 0 {
			return // <li><p>: the paragraph is the entry
		}
		w.flush()
	}
}

func (w *blockWriter) close(tag string) {
	switch tag {
	case "script", "style", "template", "noscript":
		w.hidden = max(0, w.hidden-1)
	case "li", "p", "div", "ul", "ol", "tr", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6":
		w.flush()
	}
}

// flush ends the current block; lines of plain text become paragraphs.
func (w *blockWriter) flush() {
	text := html.UnescapeString(w.text.String())
	w.text.Reset()
	for _, part := range strings.Split(text, "\n\n") {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			w.out = append(w.out, block{w.kind, part})
		}
	}
	w.kind = "p"
}
