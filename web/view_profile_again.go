package web

// AgainView is what the version in force did not make, with the offer to process it
// again. It posts to /connections/{id}/profile/reprocess.
type AgainView struct {
	Requisitions int // that another version mapped
	Submissions  int // on their way to the client
	Placements   int // that finance has not approved
	Jobs         int // of an internal ATS: all that it holds
	Held         int // by a mapping or a rule: tried by itself with each publication
	Shadow       bool
}

func (v AgainView) total() int { return v.Requisitions + v.Submissions + v.Placements + v.Jobs }

// heldWords says what goes on its way by itself.
func (v AgainView) heldWords() string {
	if v.Held == 0 {
		return "No record waits today that this would release."
	}
	return plural(v.Held, "record is", "records are") + " held by the mapping or a rule. Each publication tries them again by itself; those that the new version cures go on, the others wait on with today's reason."
}

// parts are the counts in words.
func (v AgainView) parts() (out []string) {
	add := func(n int, one, many, what string) {
		if n > 0 {
			out = append(out, plural(n, one, many)+": "+what)
		}
	}
	add(v.Requisitions, "requisition", "requisitions", "mapped and checked again; the job is written once more only where it comes out different.")
	add(v.Submissions, "submission on its way", "submissions on their way", "checked again before they leave.")
	add(v.Placements, "placement before finance", "placements before finance", "its terms are read again; where they come out the same, what was corrected and decided stands.")
	add(v.Jobs, "job", "jobs", "made again, and written only where it differs from what was sent.")
	return out
}

func (v AgainView) button() string {
	if v.Jobs > 0 {
		return "Make the jobs again (" + plural(v.Jobs, "record", "records") + ")"
	}
	return "Process again what older versions made (" + plural(v.total(), "record", "records") + ")"
}

func (v AgainView) question() string {
	return "Process " + plural(v.total(), "record", "records") + " again under the version in force? What comes out the same is not sent again."
}
