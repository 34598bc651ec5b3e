package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Table renders the settings as the Markdown table of docs/operating.md.
func Table() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n| --- | --- | --- |\n")
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", tag.Get("env"), defaultCell(tag), meaningCell(tag))
	}
	return b.String()
}

func defaultCell(tag reflect.StructTag) string {
	switch {
	case tag.Get("required") != "":
		return "must be set"
	case tag.Get("default") == "":
		return "unset"
	}
	return "`" + tag.Get("default") + "`"
}

func meaningCell(tag reflect.StructTag) string {
	text := tag.Get("doc")
	if words := strings.Fields(tag.Get("oneof")); len(words) > 0 {
		text += " One of " + strings.Join(words, ", ") + "."
	}
	if least := tag.Get("min"); least != "" {
		text += " At least " + least + "."
	}
	if tag.Get("secret") != "" {
		text += " Secret: never shown or logged."
	}
	return strings.ReplaceAll(text, "|", "\\|")
}
