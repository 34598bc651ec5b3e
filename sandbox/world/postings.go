package world

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The project's own list of requisitions, as messy as people write them: one a
// line, "title | place; place | department | kind | low-high". Kind is contract,
// temp (to permanent) or perm; low-high is the bill rate an hour, or the salary in
// thousands a year of a permanent position; empty is what the client forgot.
//
//go:embed postings.txt
var postingList string

// posting is a requisition before a client enters it.
type posting struct {
	Title, Department, Kind string
	Places                  []string
	Low, High               int // bill rate an hour, or thousands a year
	Client                  string
	Number                  int // of all requisitions of the world
	Openings                int
	Start, End              string // YYYY-MM-DD; empty: forgotten
	Order, CostCentre       string
	Hours                   int64
	Max                     int64 // submissions; 0: no limit
}

// number is what the client calls the requisition.
func (p posting) number() string { return fmt.Sprintf("R-%05d", 10000+p.Number) }

func readPostings() ([]posting, error) {
	var out []posting
	for n, line := range strings.Split(postingList, "\n") {
		line = strings.TrimRight(line, " \r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p, err := parsePosting(line)
		if err != nil {
			return nil, fmt.Errorf("postings.txt, line %d: %w", n+1, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func parsePosting(line string) (posting, error) {
	parts := strings.Split(line, "|")
	if len(parts) != 5 {
		return posting{}, fmt.Errorf("five columns are needed, not %d", len(parts))
	}
	// The title's own blanks are part of the mess; one blank before the bar is not.
	p := posting{Title: strings.TrimSuffix(parts[0], " "), Department: strings.TrimSpace(parts[2]), Kind: strings.TrimSpace(parts[3])}
	for place := range strings.SplitSeq(parts[1], ";") {
		if place = strings.TrimSpace(place); place != "" {
			p.Places = append(p.Places, place)
		}
	}
	if p.Kind != "contract" && p.Kind != "temp" && p.Kind != "perm" {
		return p, fmt.Errorf("the kind is contract, temp or perm, not %q", p.Kind)
	}
	rates := strings.TrimSpace(parts[4])
	if rates == "" {
		return p, nil
	}
	low, high, _ := strings.Cut(rates, "-")
	var err error
	if p.Low, err = strconv.Atoi(low); err != nil {
		return p, err
	}
	p.High, err = strconv.Atoi(high)
	return p, err
}

// The cost centres of the firm's books.
var costCentres = []string{"CC-4100", "CC-4200", "CC-4300", "CC-4400"}

// plan adds what the list does not say: openings, dates, order, cost centre.
// Some of it is forgotten, as in life.
func (p *posting) plan(dice *rand.Rand, now time.Time) {
	p.Openings = 1 + dice.IntN(3)
	p.CostCentre = costCentres[dice.IntN(len(costCentres))]
	p.Hours = []int64{40, 40, 40, 38, 32}[dice.IntN(5)]
	start := now.AddDate(0, 0, 7+dice.IntN(28))
	if dice.IntN(10) > 0 {
		p.Start = start.Format(time.DateOnly)
	}
	if p.Kind != "perm" && dice.IntN(10) > 0 {
		p.End = start.AddDate(0, 3+dice.IntN(9), 0).Format(time.DateOnly)
	}
	if dice.IntN(10) > 1 {
		p.Order = fmt.Sprintf("PO-%d", 70000+dice.IntN(9999))
	}
	if dice.IntN(4) == 0 {
		p.Max = int64(2 + dice.IntN(3))
	}
}

// description is the advertisement as a client's people paste it.
func (p *posting) description() string {
	place := "one of our sites"
	if len(p.Places) > 0 {
		place = p.Places[0]
	}
	return "<p><strong>About the role:</strong>&nbsp;We are looking for a <em>" + htmlText(p.Title) + "</em> in " + htmlText(place) + ".</p>" +
		"<ul><li>Join the " + htmlText(p.Department) + " team</li><li>Bring your own experience &amp; curiosity</li></ul>" +
		`<p style="color:#333" onclick="return false">Questions? Ask the hiring manager.</p>`
}

func htmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
