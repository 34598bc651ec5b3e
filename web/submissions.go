package web

import "github.com/tributary-hub/tributary/staffing"

// boardEmpty says that no column has a card.
func (v SubmissionsView) boardEmpty() bool {
	for _, c := range v.Columns {
		if c.Total > 0 || len(c.Cards) > 0 {
			return false
		}
	}
	return true
}

// moves says that an event changed the current stage, so that the internal ATS
// should show it.
func moves(m staffing.Move) bool {
	switch m {
	case staffing.MoveForward, staffing.MoveExit, staffing.MoveBack, staffing.MoveReopened:
		return true
	default:
		return false
	}
}

// moveIcon gives the icon of what an event did.
func moveIcon(m staffing.Move) string {
	switch m {
	case staffing.MoveForward:
		return "arrow-right"
	case staffing.MoveExit:
		return "logout"
	case staffing.MoveBack:
		return "arrow-back-up"
	case staffing.MoveReopened:
		return "rotate"
	case staffing.MoveUnmapped:
		return "puzzle"
	case staffing.MoveLate:
		return "clock"
	default:
		return "equal"
	}
}
