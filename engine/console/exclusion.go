package console

import (
	"net/http"
	"net/url"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// decide approves or rejects what somebody else suggested (EXC-06). An approved exclusion is written with both
// names; the same approval sent twice is one fact.
func (q *request) decide() {
	if err := q.ParseForm(); err != nil {
		q.fail(err, false)
		return
	}
	x, err := q.live.store.Suggestion(q.PathValue("id"))
	switch {
	case err != nil:
		q.fail(err, false)
		return
	case !q.actor.May(access.Exclude):
		q.fail(&problem{status: http.StatusForbidden, text: "Din rolle godkender ikke udelukkelser.|Your role does not " +
			"approve " +
			"exclusions."}, false)
		return
	case x == nil || x.State != "OPEN":
		q.fail(notFound("Forslaget findes ikke, eller det er afgjort.|There is no such suggestion, or it is decided."), false)
		return
	case x.By == q.actor.Name && q.PostForm.Get("decision") == "approve":
		q.fail(&problem{status: http.StatusForbidden, text: "Den, der foreslår, kan ikke selv godkende. Bed en anden.|Who " +
			"suggests " +
			"cannot approve. Ask somebody else."}, false)
		return
	}
	schema, _ := schemas.Lookup(x.Topic)
	record, _, err := schema.DecodeJSON(x.Fact)
	e, ok := record.(*duty.Exclusion)
	if err != nil || !ok {
		q.fail(errSeal, false)
		return
	}
	line := AuditLine{Page: "suggestion", Topic: x.Topic, ID: e.ID, Version: e.Version, Suggestion: x, What: "REJECTED"}
	x.State = "REJECTED"
	if q.PostForm.Get("decision") == "approve" {
		x.State, line.What, e.ApprovedBy = "APPROVED", "APPROVED", q.actor.Name
	}
	if err := q.audit(line); err != nil {
		q.fail(err, false)
		return
	}
	if x.State == "APPROVED" {
		if err := q.send(e); err != nil {
			q.fail(err, false)
			return
		}
	}
	http.Redirect(q.w, q.Request, "/centres/"+url.PathEscape(x.CentreID)+"#suggestions", http.StatusSeeOther)
}
