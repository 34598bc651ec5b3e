package web

import (
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// startNext says that this is the first step of the start that is not done.
func (v OverviewView) startNext(at int) bool { return ClientView{Steps: v.Start}.next(at) }

// startLink makes the link of the next step a button.
func startLink(next bool) string {
	if next {
		return "btn btn-primary start-btn"
	}
	return ""
}

// largestStage gives the count that fills a bar.
func (v OverviewView) largestStage() int {
	most := 0
	for _, s := range v.Stages {
		most = max(most, s.Count)
	}
	return most
}

// share gives n of most as a width.
func share(n, most int) string {
	if most <= 0 || n <= 0 {
		return "0%"
	}
	return strconv.Itoa(max(2, n*100/most)) + "%"
}

// stepLabel says in words what a job of the pipeline does; an unknown kind shows
// its own name.
func stepLabel(kind string) string {
	labels := map[string]string{
		"requisition.poll":     "Reading requisitions",
		"requisition.validate": "Validating a requisition",
		"requisition.sync":     "Writing a job to the internal ATS",
		"submission.deliver":   "Submitting a candidate to the client",
		"status.poll":          "Reading candidate statuses",
		"candidate.poll":       "Reading recruiters' moves",
		"status.sync":          "Writing a status to the internal ATS",
		"placement.extract":    "Reading a placement's terms",
		"placement.post":       "Posting to the ERP",
		"webhook.receive":      "Reading a webhook",
	}
	return orElse(labels[kind], kind)
}

// subjectIcon gives the icon of what an activity is about.
func subjectIcon(subject string) string {
	switch staffing.Subject(subject) {
	case staffing.SubjectRequisition:
		return "clipboard-list"
	case staffing.SubjectSubmission:
		return "user-share"
	case staffing.SubjectPlacement:
		return "receipt"
	case staffing.SubjectWebhook:
		return "webhook"
	default:
		return "plug-connected"
	}
}

// activityWord finds the word of a state or of a stage.
func activityWord(s string) word {
	if stage := staffing.Stage(s); stage.Known() {
		return stageWord(stage)
	}
	return stateWord(s)
}
