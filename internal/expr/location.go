package expr

import (
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/tributary-hub/tributary/staffing"
)

// gazetteer knows the names of countries, of the first-level regions of the
// countries that postings abbreviate, and the nicknames of cities.
type gazetteer struct {
	countries map[string]string    // folded name or code -> ISO 3166-1 alpha-2
	regions   map[string]string    // folded name -> ISO 3166-2
	codes     map[string]string    // upper-case abbreviation -> ISO 3166-2
	cities    map[string]knownCity // folded nickname or well-known city
}

type knownCity struct{ city, region, country string }

// newGazetteer builds the tables; the names of countries are those of CLDR.
func newGazetteer() *gazetteer {
	g := &gazetteer{countries: map[string]string{}, regions: map[string]string{}, codes: map[string]string{}, cities: knownCities()}
	namer := display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			r, err := language.ParseRegion(code)
			if err != nil || !r.IsCountry() || r.Canonicalize().String() != code {
				continue
			}
			g.countries[Fold(namer.Name(r))] = code
			g.countries[strings.ToLower(code)] = code
			g.countries[strings.ToLower(r.ISO3())] = code
		}
	}
	for name, code := range countryAliases() {
		g.countries[name] = code
	}
	for _, line := range subdivisions() {
		country, rest, _ := strings.Cut(line, "|")
		for entry := range strings.SplitSeq(rest, ";") {
			abbreviation, name, _ := strings.Cut(entry, "=")
			code := country + "-" + abbreviation
			g.regions[Fold(name)] = code
			if _, taken := g.codes[abbreviation]; !taken { // the United States come first
				g.codes[abbreviation] = code
			}
		}
	}
	return g
}

// country gives ISO 3166-1 alpha-2 for a name or a code, or "".
func (l *library) country(a []ref.Val) ref.Val {
	s, _ := text(a[0])
	return types.String(l.places.country(s))
}

func (g *gazetteer) country(s string) string {
	key := strings.Trim(Fold(s), " .")
	key = strings.TrimPrefix(key, "the ")
	if c, ok := g.countries[key]; ok {
		return c
	}
	return g.countries[strings.ReplaceAll(key, ".", "")]
}

// location reads a text as a place. A map (already a place) passes.
func (l *library) location(a []ref.Val) ref.Val {
	if o, ok := open(a[0]).(Object); ok {
		return o
	}
	s, ok := text(a[0])
	switch {
	case !ok:
		return types.NewErr("a location must be a text, not %s", kindOf(a[0]))
	case strings.TrimSpace(s) == "":
		return absent{}
	}
	p := l.places.parse(s)
	out := Object{"text": p.Text, "remote": p.Remote}
	for key, v := range map[string]string{"city": p.City, "region": p.Region, "country": p.Country} {
		if v != "" {
			out[key] = v
		}
	}
	return out
}

// Places parses texts as locations; mapping uses it where a cell gives a text
// for a location. It is safe for concurrent use.
type Places struct{ g *gazetteer }

// Places gives the parser that the function location uses.
func (e *Env) Places() *Places { return &Places{e.places} }

// Parse reads a place leniently. Text keeps the client's words; what is not
// recognised stays empty, or becomes the city where a city stands.
func (p *Places) Parse(s string) staffing.Location { return p.g.parse(s) }

func (g *gazetteer) parse(s string) staffing.Location {
	out := staffing.Location{Text: strings.TrimSpace(s)}
	rest := out.Text
	if len(rest) > 200 { // an address or a paragraph, not a place
		return out
	}
	rest, out.Remote = cutRemote(rest)
	if i := strings.IndexByte(rest, '('); i >= 0 { // "Bala Cynwyd (Philadelphia Area), PA"
		if j := strings.IndexByte(rest[i:], ')'); j > 0 {
			rest = rest[:i] + rest[i+j+1:]
		}
	}
	parts := placeParts(rest)
	switch len(parts) {
	case 0:
	case 1:
		g.single(parts[0], &out)
	default:
		g.several(parts, &out)
	}
	return out
}

// cutRemote finds the words for remote work and takes them out.
func cutRemote(s string) (string, bool) {
	lower := strings.ToLower(s)
	if len(lower) != len(s) {
		return s, strings.Contains(lower, "remote")
	}
	for _, word := range []string{"fully remote", "100% remote", "remote", "work from home", "home based", "home-based", "virtual", "telecommute", "anywhere"} {
		i := strings.Index(lower, word)
		if i < 0 {
			continue
		}
		before, after := strings.Trim(s[:i], " ,-–(|/:"), strings.Trim(s[i+len(word):], " ,-–()|/:")
		for _, link := range []string{"in ", "within ", "from ", "- "} {
			if len(after) >= len(link) && strings.EqualFold(after[:len(link)], link) {
				after = strings.TrimSpace(after[len(link):])
			}
		}
		if before != "" && after != "" {
			return before + ", " + after, true
		}
		return before + after, true
	}
	return s, false
}

func placeParts(s string) []string {
	var out []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '\n' }) {
		if p := strings.TrimSpace(part); p != "" {
			out = append(out, p)
		}
	}
	if len(out) == 1 { // "Austin - TX", "US-TX-Austin"
		if dash := strings.Split(out[0], " - "); len(dash) > 1 {
			return dash
		}
	}
	return out
}

// single reads a place of one part: a nickname, a country, a region, "Austin TX".
func (g *gazetteer) single(s string, out *staffing.Location) {
	if c, ok := g.cities[Fold(s)]; ok {
		out.City, out.Region, out.Country = c.city, c.region, c.country
		return
	}
	if code, ok := g.isoCode(s); ok {
		out.Region, out.Country = code, code[:2]
		return
	}
	if r, ok := g.regions[Fold(s)]; ok && Fold(s) != "georgia" {
		out.Region, out.Country = r, r[:2]
		return
	}
	if c := g.country(s); c != "" && (len(s) != 2 || s == strings.ToUpper(s)) {
		out.Country = c
		return
	}
	if r, ok := g.codes[s]; ok {
		out.Region, out.Country = r, r[:2]
		return
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		if r, ok := g.codes[s[i+1:]]; ok {
			out.City, out.Region, out.Country = strings.TrimSpace(s[:i]), r, r[:2]
			return
		}
	}
	if !vague(s) {
		out.City = s
	}
}

// several reads "city, region, country" from its end. More parts in front (a
// district) are left to the text.
func (g *gazetteer) several(parts []string, out *staffing.Location) {
	last := parts[len(parts)-1]
	if region, ok := g.region(last, ""); ok && !g.meansCountry(last, parts) {
		out.Region, out.Country = region, region[:2]
		parts = parts[:len(parts)-1]
	} else if c := g.country(last); c != "" {
		out.Country = c
		parts = parts[:len(parts)-1]
		if len(parts) > 1 {
			if region, ok := g.region(parts[len(parts)-1], c); ok {
				out.Region = region
				parts = parts[:len(parts)-1]
			}
		}
	}
	if len(parts) == 0 {
		return
	}
	city := parts[len(parts)-1]
	if known, ok := g.cities[Fold(city)]; ok && (out.Country == "" || known.country == out.Country) {
		city = known.city
		if out.Country == "" {
			out.Country = known.country
		}
		if out.Region == "" {
			out.Region = known.region
		}
	} else if r, ok := g.region(city, out.Country); ok && out.Region == "" && len(city) > 2 && out.Country != "" {
		out.Region, city = r, ""
	}
	if !vague(city) {
		out.City = city
	}
}

// meansCountry settles abbreviations that are a region and a country: after a
// region of that country they mean the country ("Toronto, ON, CA"), else the
// region ("Palo Alto, CA").
func (g *gazetteer) meansCountry(last string, parts []string) bool {
	if g.country(last) == "" {
		return false
	}
	if len(parts) > 2 {
		_, ok := g.region(parts[len(parts)-2], g.country(last))
		return ok
	}
	if known, ok := g.cities[Fold(parts[0])]; ok { // "Tbilisi, Georgia"
		return known.country == g.country(last)
	}
	return false
}

// region gives ISO 3166-2 for a name or abbreviation; country restricts it.
func (g *gazetteer) region(s, country string) (string, bool) {
	s = strings.Trim(s, " .")
	if i := strings.IndexByte(s, ' '); i == 2 && strings.ContainsAny(s[i:], "0123456789") {
		s = s[:i] // "TX 78701"
	}
	if code, ok := g.isoCode(s); ok && (country == "" || code[:2] == country) {
		return code, true
	}
	if r, ok := g.regions[Fold(s)]; ok && (country == "" || r[:2] == country) {
		return r, true
	}
	upper := strings.ToUpper(s)
	if r, ok := g.codes[upper]; ok && (country == "" || r[:2] == country) {
		return r, true
	}
	return "", false
}

// isoCode accepts an ISO 3166-2 code of a region in the table.
func (g *gazetteer) isoCode(s string) (string, bool) {
	if len(s) < 5 || s[2] != '-' {
		return "", false
	}
	if r, ok := g.codes[s[3:]]; ok && r == s {
		return r, true
	}
	return "", false
}

// vague says that a text stands for no place of its own.
func vague(s string) bool {
	switch Fold(s) {
	case "", "multiple", "multiple locations", "various", "various locations", "any", "anywhere", "tbd", "n/a", "na", "hybrid", "onsite", "on-site", "worldwide", "global":
		return true
	}
	return false
}
