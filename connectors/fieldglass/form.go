package fieldglass

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// customFields answers the posting's form: its custom fields of the class
// JobSeeker. A mandatory one must be answered, and an answer to a pick list must
// be on it when the list is complete.
func (f fields) customFields(posting obj, found *problems) (out []any) {
	for _, field := range many(at(posting, "StaffingPosition", "CustomFields", "CustomField")) {
		if text(field["Class"]) != "JobSeeker" {
			continue
		}
		name := text(field["@name"])
		answer := answerText(answerTo(f.Answers, name))
		if answer == "" {
			if yes(field["@mandatory"]) {
				found.add("QUESTION_MISSING", "answers."+name, "“"+name+"” is not answered")
			}
			continue
		}
		value, problem := fieldValue(field, answer)
		if problem != nil {
			found.add(problem.code, "answers."+name, "“"+name+"” "+problem.text)
			continue
		}
		entry := obj{"@name": name, "@mandatory": field["@mandatory"], "@type": field["@type"], "Value": value, "Class": "JobSeeker"}
		if list, ok := field["pickList"]; ok && list != nil {
			entry["pickList"] = list
		}
		out = append(out, entry)
	}
	return out
}

// fieldValue writes an answer in the field's own form.
func fieldValue(field obj, answer string) (string, *problem) {
	switch strings.TrimPrefix(text(field["@type"]), "xsd:") {
	case "pickList":
		return pick(field, answer)
	case "date":
		// Custom fields write dates as MM-DD-YYYY although the rest of the JSON does not.
		for _, layout := range []string{time.DateOnly, "01-02-2006", "01/02/2006", time.RFC3339} {
			if d, err := time.Parse(layout, answer); err == nil {
				return d.Format("01-02-2006"), nil
			}
		}
		return "", &problem{code: "QUESTION_FORMAT", text: "needs a date (YYYY-MM-DD)"}
	case "numeric":
		if _, err := decimal.NewFromString(answer); err != nil {
			return "", &problem{code: "QUESTION_FORMAT", text: "needs a number"}
		}
	}
	return answer, nil
}

func pick(field obj, answer string) (string, *problem) {
	items := texts(at(field, "pickList", "item"))
	for _, item := range items {
		if sameWord(item, answer) {
			return item, nil
		}
	}
	if yes(at(field, "pickList", "@isCompleteList")) {
		return "", &problem{code: "PICKLIST_VALUE", text: "has an answer that is not on the client's list (" + cut(strings.Join(items, ", "), 200) + ")"}
	}
	return answer, nil
}

// quals answers the posting's qualifications. An answer is a boolean or a number,
// by the qualification's type; {"ratings": 4, "years": 8} where it has both.
func (f fields) quals(posting obj, found *problems) (out []any) {
	for _, q := range many(at(posting, "StaffingPosition", "Quals", "Qual")) {
		name := text(q["@name"])
		answer := answerTo(f.Quals, name)
		if answer == nil {
			answer = answerTo(f.Answers, name)
		}
		entry := obj{"@name": name, "@mandatory": q["@mandatory"], "@type": q["@type"]}
		if !rate(entry, text(q["@type"]), answer) {
			if yes(q["@mandatory"]) {
				found.add("QUESTION_MISSING", "quals."+name, "the qualification “"+name+"” is not answered")
			}
			continue
		}
		out = append(out, entry)
	}
	return out
}

// rate fills in the elements that the type of a qualification has.
func rate(entry obj, kind string, answer any) bool {
	both, _ := answer.(map[string]any)
	part := func(name string) string {
		if both != nil {
			return answerText(answerTo(both, name))
		}
		return answerText(answer)
	}
	filled := false
	for _, name := range []string{"Boolean", "Ratings", "Years", "Certification"} {
		if !strings.Contains(kind, name) {
			continue
		}
		v := part(name)
		if name == "Boolean" || name == "Certification" {
			v = trueFalse(v)
		}
		if v != "" {
			entry[name] = v
			filled = true
		}
	}
	return filled
}

// trueFalse writes a yes or no as qualifications have it; custom fields keep the
// words of their pick list.
func trueFalse(v string) string {
	switch strings.ToLower(v) {
	case "yes":
		return "true"
	case "no":
		return "false"
	}
	return v
}

func answerTo(answers map[string]any, name string) any {
	if v, ok := answers[name]; ok {
		return v
	}
	for k, v := range answers {
		if sameWord(k, name) {
			return v
		}
	}
	return nil
}

func answerText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(x)
	case bool:
		if x {
			return "Yes"
		}
		return "No"
	case map[string]any, []any:
		return ""
	}
	b, _ := json.Marshal(v) // a number
	return string(b)
}
