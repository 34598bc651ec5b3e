package handlers

import (
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

func pipelineView(list []store.ClientPipeline) (out []web.ClientPipeline) {
	for _, c := range list {
		out = append(out, web.ClientPipeline{ID: c.ClientID.String(), Name: c.ClientName,
			Received: c.Received, NeedsAttention: c.NeedsAttention, Valid: c.Valid, Synced: c.Synced,
			Submissions: c.Submissions, Delivered: c.Delivered, InProcess: c.InProcess, Hired: c.Hired,
			Placements: c.Placements, AwaitingReview: c.AwaitingReview, Approved: c.Approved, Posted: c.Posted})
	}
	return out
}

// stagesView lists the stages that hold somebody, in their order.
func stagesView(counts []store.StageCount) (out []web.StageCount) {
	for _, stage := range staffing.Stages() {
		for _, c := range counts {
			if c.Stage == stage && c.Count > 0 {
				out = append(out, web.StageCount{Stage: stage, Count: c.Count})
			}
		}
	}
	return out
}

func causesView(list []store.Cause) (out []web.Cause) {
	for _, c := range list {
		out = append(out, web.Cause{Cause: c.Cause, Message: sentence(c.Message), Step: c.Step, Code: string(c.Code),
			Count: c.Count, Open: c.Open, FirstAt: c.FirstAt, LastAt: c.LastAt})
	}
	return out
}

func activityView(list []store.Activity) (out []web.Activity) {
	for _, a := range list {
		out = append(out, web.Activity{At: a.At, Subject: a.Subject, Title: a.Title, Client: a.Client, Word: a.Word,
			URL: subjectURL(staffing.Subject(a.Subject), a.SubjectID)})
	}
	return out
}

// subjectURL leads to a record's page; empty where there is none.
func subjectURL(subject staffing.Subject, id string) string {
	switch subject {
	case staffing.SubjectRequisition:
		return "/requisitions/" + id
	case staffing.SubjectSubmission:
		return "/submissions/" + id
	case staffing.SubjectPlacement:
		return "/placements/" + id
	case staffing.SubjectConnection:
		return "/connections/" + id
	case subjectClient:
		return "/clients/" + id
	default:
		return ""
	}
}
