package jobs

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// differing flattens two documents, without the top-level entries that they have in
// common: most of a record stays as it is.
func differing(a, b json.RawMessage) (map[string]string, map[string]string) {
	var inA, inB map[string]json.RawMessage
	if json.Unmarshal(a, &inA) != nil || json.Unmarshal(b, &inB) != nil {
		return flatten(a), flatten(b)
	}
	for key, v := range inA {
		if other, both := inB[key]; both && bytes.Equal(v, other) {
			delete(inA, key)
			delete(inB, key)
		}
	}
	return flattenEntries(inA), flattenEntries(inB)
}

func flattenEntries(doc map[string]json.RawMessage) map[string]string {
	out := map[string]string{}
	for key, v := range doc {
		for path, text := range flatten(v) {
			switch path {
			case "":
				out[key] = text
			default:
				out[key+"."+path] = text
			}
		}
	}
	return out
}

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
