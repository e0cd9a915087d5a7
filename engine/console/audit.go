package console

import (
	"encoding/json"
	"net/http"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/topics"
)

// AuditLine is a line of the audit topic: who did what, when.
//
// Many fields: one for each thing that can be named.
type AuditLine struct {
	At string `json:"at"`
	// By is the actor, Roles what they may do.
	By    string        `json:"by"`
	Roles []access.Role `json:"roles"`
	// What is VIEW, ENTRY, SUGGESTED, APPROVED or REJECTED; Page is the page or the form.
	What string `json:"what"`
	Page string `json:"page"`
	// PersonID is who was looked at or written about, UnitID which unit, Search what a list was searched
	// for.
	PersonID string `json:"person_id,omitempty"`
	UnitID   string `json:"unit_id,omitempty"`
	// Persons are those that a list showed.
	Persons []string `json:"persons,omitempty"`
	// Topic, ID and Version name the fact that was entered.
	Topic   string `json:"topic,omitempty"`
	ID      string `json:"id,omitempty"`
	Version int64  `json:"version,omitempty"`
	// Suggestion is what waits for a second person, or no longer does.
	Suggestion *projection.Suggestion `json:"suggestion,omitempty"`
}

// errNoAudit is what a reader is told when the audit topic cannot be written: nothing is shown unseen.
var errNoAudit = &problem{status: http.StatusServiceUnavailable, text: "Opslaget kan ikke skrives i loggen over " +
	"opslag " +
	"lige nu, og så vises intet. Prøv igen om lidt.|The look-up cannot be written to the audit topic right now, and " +
	"nothing is shown without. Try again shortly."}

// audit writes a line before anything is shown or sent.
func (q *request) audit(line AuditLine) error {
	line.At, line.By, line.Roles = q.now().String(), q.actor.Name, q.actor.Roles
	v, err := json.Marshal(line)
	if err != nil {
		return err
	}
	key := line.PersonID
	if key == "" {
		key = "-"
	}
	if err := q.live.produce(q, topics.Out{Topic: duty.TopicAudit, Key: []byte(key), Value: v, Partition: topics.ByKey,
		Timestamp: int64(q.now())}); err != nil {
		q.live.engine.Log.Error().Err(err).Msg("the audit topic cannot be written; the pages show nothing meanwhile")
		return errNoAudit
	}
	return nil
}

// viewed notes that a person was looked at.
func (q *request) viewed(page, person, unit string) error {
	return q.audit(AuditLine{What: "VIEW", Page: page, PersonID: person, UnitID: unit})
}

// seen notes whom a form was filled in about: what it answers says whether the person is known and where their
// duty is. A form without a person says nothing of anybody.
func (e *entry) seen() error {
	person := e.asked
	if person == "" && e.before != nil {
		person = personOf(e.before)
	}
	if person == "" {
		return nil
	}
	return e.q.viewed(e.form.slug, person, e.values["unit"])
}
