package world

// Tally counts what stands in the systems, to hold the hub's promises against:
// nothing lost, nothing twice.
type Tally struct {
	Requisitions int // that a client opened, not counting those it withdrew
	Jobs         int // in the internal ATS
	Submitted    int // people whom recruiters moved to the trigger status
	Applications int // at clients, brought by the firm
	Hired        int
	Bills        int
	// Twice names what stands more than once, a line each.
	Twice []string
}

// Tally counts now.
func (w *World) Tally() Tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	var t Tally
	t.Requisitions = w.opened.Len()
	w.ats.tally(&t)
	for _, c := range w.clients {
		c.tally(&t)
	}
	w.books.tally(&t)
	return t
}
