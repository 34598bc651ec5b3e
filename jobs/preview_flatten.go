package jobs

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// flatten gives the values of a JSON document by their paths, as a person reads
// them: bill_rate.max -> 95.00, locations.0.city -> New York.
func flatten(doc json.RawMessage) map[string]string {
	out := map[string]string{}
	if len(doc) == 0 {
		return out
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber() // as it was written
	var v any
	if err := dec.Decode(&v); err != nil {
		out["record"] = string(doc)
		return out
	}
	flattenInto(out, "", v)
	return out
}

func flattenInto(out map[string]string, path string, v any) {
	inner := func(key string) string {
		if path == "" {
			return key
		}
		return path + "." + key
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flattenInto(out, inner(k), x)
		}
	case []any:
		for i, x := range v {
			flattenInto(out, inner(strconv.Itoa(i)), x)
		}
	case nil:
	case string:
		out[path] = v
	case json.Number:
		out[path] = v.String()
	case bool:
		out[path] = strconv.FormatBool(v)
	}
}
