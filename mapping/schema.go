package mapping

// Schema gives the JSON Schema (2020-12) of a document.
func Schema() []byte { return nil }
