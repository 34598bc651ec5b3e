package world

import (
	"fmt"
	"strings"
)

// person is somebody whom the firm puts forward, with what was agreed.
type person struct {
	Row                int64 // in the table of people
	First, Last, Email string
	Client             string // code
	Permanent          bool
	Bill, Pay          string // decimals, per hour; empty for a permanent position
	Start, End         string // YYYY-MM-DD
	Title              string
	Candidate, Job     int64 // in the internal ATS
	Submission         int64
	Triggered          bool // the recruiter moved them to the trigger status
}

// The names are common ones from many places, and none is meant.
const (
	firstNames = "Amara Ben Carla Deniz Elif Farid Greta Hiro Ines Jonas Kwame Lena Marek Nadia Omar Priya Quinn Rosa Samir Tess Uma Viktor Wanda Xin Yusuf Zoe " +
		"Anaïs Björn Chloé Dörte Eoin Fatoumata Günther Håkon Íris José Kateřina Łukasz Núria Oğuz Renée Søren"
	lastNames = "Abara Bishop Costa Dvořák Eriksen Fontaine Grant Hughes Ivanova Jensen Kowalski Lindholm Moreau Nakamura Ortega Petrov Quist Rossi Schmidt Tanaka " +
		"Umar Vargas Weber Xu Yilmaz Zhang O'Neill Müller-Lüdenscheidt D'Souza García"
)

// nextPerson makes a person whose address nobody else has.
func (w *World) nextPerson() person {
	n := w.people.Len() + 1
	p := person{First: pick(w, strings.Fields(firstNames)), Last: pick(w, strings.Fields(lastNames))}
	p.Email = fmt.Sprintf("candidate%04d@people.example", n)
	return p
}

// personBy gives the person with that address.
func (w *World) personBy(email, client string) (person, bool) {
	for _, p := range w.people.List(func(p person) bool { return strings.EqualFold(p.Email, email) && p.Client == client }) {
		return p, true
	}
	return person{}, false
}

// resume is a small PDF with the name on it.
func resume(p person) []byte {
	name := strings.Map(func(r rune) rune {
		if r > 126 || r == '(' || r == ')' || r == '\\' {
			return '?'
		}
		return r
	}, p.First+" "+p.Last)
	page := "BT /F1 24 Tf 72 700 Td (" + name + ") Tj 0 -36 Td /F1 12 Tf (" + strings.Map(ascii, p.Title) + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return []byte(b.String())
}

func ascii(r rune) rune {
	if r > 126 || r < ' ' || r == '(' || r == ')' || r == '\\' {
		return '?'
	}
	return r
}
