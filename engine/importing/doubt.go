package importing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strconv"

	"tilsyn/engine/duty"
)

// A row that cannot be read is known lost data, and must not accuse (contract §1). So in its place stands a
// fact of doubt: a record of the same topic with the same id and key, that can be read and makes no sense.
// It is FACT_INVALID, and holds what it may speak of until the right record with that id comes, which it
// does when the mapping or the export has been mended and is imported again. Where a row tells neither
// person nor card, and its centre and time are known, a suspected loss at that centre takes its place; and
// where nothing is known, a record without a usable key, which holds everybody.

// senseless is a time that no fact can have (contract §1).
const senseless = "1970-01-01T00:00:00.000Z"

// doubtful are records of the topics whose loss could accuse: what is missing of them beside id, key and
// received_at. Of other topics nothing is held: without their facts nobody is accused.
var doubtful = map[string]map[string]any{
	duty.TopicCardEvents: {"card_id": unread, "card_type": "BIOMETRIC", "centre_id": unread, "device_id": unread,
		"device_type": "CAROUSEL", "kind": "PASSAGE", "occurred_at": senseless},
	duty.TopicManualEntries: {"centre_id": unread, "form": "OBSERVATION", "local_time": "1970-01-01T00:00"},
	duty.TopicNotices: {"centre_id": unread, "local_time": "1970-01-01T00:00", "channel": "OTHER", "given_by": "SELF",
		"recipient": "OPERATOR", "clarity": "UNCLEAR"},
	duty.TopicObligationChanges: {"decision_id": unread, "kind": "STAY", "action": "ANNUL", "legal_basis": "OTHER",
		"centre_id": unread, "valid_from": senseless},
	duty.TopicGroupChanges: {"group": "OTHER_UNLAWFUL", "valid_from": senseless},
	duty.TopicPermissions: {"permission_id": unread, "status": "PENDING", "valid_from": senseless,
		"valid_to": senseless, "report_effect": "SILENT", "decided_at": senseless},
	duty.TopicHolds:                {"hold_id": unread, "kind": "OTHER", "valid_from": senseless},
	duty.TopicDepartureAssessments: {"from_date": "1970-01-01", "outcome": "DEPARTED", "decided_at": senseless},
	duty.TopicIdentityLinks:        {"alias_person_id": unread, "action": "SPLIT", "at": senseless},
	duty.TopicCardAssignments: {"card_id": unread, "card_type": "BIOMETRIC", "valid_from": senseless,
		"anti_passback": "UNKNOWN", "created": "MANUAL"},
	duty.TopicIncidents: {"incident_id": unread, "device_ids": []any{}, "from": senseless, "kind": "SUSPECTED_LOSS",
		"forms_status": "PENDING"},
	duty.TopicExclusions: {"exclusion_id": unread, "from_date": "1970-01-02", "to_date": "1970-01-01",
		"status": "DECLARED", "reason": unread, "declared_by": unread, "approved_by": unread, "declared_at": senseless},
}

// unread stands where the row tells nothing.
const unread = "unread"

// names are fields that take the id of the fact where they name it themselves.
var names = map[string]string{
	duty.TopicObligationChanges: "decision_id", duty.TopicPermissions: "permission_id", duty.TopicHolds: "hold_id",
	duty.TopicIncidents: "incident_id", duty.TopicExclusions: "exclusion_id",
}

// doubt makes the fact of doubt of a row that was to be a fact of f, and says what it holds. first stands
// for received_at where the row does not tell it: the earlier, the more is held. The doubt then has an id of
// its own, as it has if own is true: under the id of the fact, one that was known later would end it.
func (f *Fact) doubt(mapping string, r *Row, first duty.Instant, own bool) (made, Hold, error) {
	rest, needed := doubtful[f.Topic]
	if !needed {
		return made{}, HoldsNothing, nil
	}
	values := maps.Clone(rest)
	received, timed := f.known("received_at", r)
	if t, ok := duty.ParseInstant(received); !timed || !ok || !t.Plausible() {
		received, timed = first.String(), false
	}
	values["received_at"] = received
	id, ok := f.known("id", r)
	if own = own || !timed || !ok || !duty.UsableKey(id); own {
		id = rowID(mapping, r)
	}
	values["id"] = id
	if name := names[f.Topic]; name != "" {
		values[name] = id
		if own, ok := f.known(name, r); ok && duty.UsableKey(own) {
			values[name] = own
		}
	}
	hold := f.keyOf(values, r)
	if hold == HoldsAll && f.Topic == duty.TopicCardEvents {
		m, ok, err := f.loss(id, r, received)
		if ok || err != nil {
			m.own = true
			return m, HoldsInterval, err
		}
	}
	m, err := record(f.Topic, values)
	m.own = own
	return m, hold, err
}

// keyOf fills in whose a fact of doubt is, as far as the row tells it.
func (f *Fact) keyOf(values map[string]any, r *Row) Hold {
	key, hold := "person_id", HoldsPerson
	if f.Topic == duty.TopicIncidents || f.Topic == duty.TopicExclusions {
		key, hold = "centre_id", HoldsCentre
	}
	if text, ok := f.known(key, r); ok && duty.UsableKey(text) {
		values[key] = text
		return hold
	}
	if card, ok := f.known("card_id", r); ok && duty.UsableKey(card) && f.Topic == duty.TopicCardEvents {
		values["card_id"] = card // without a person it is the key
		return HoldsCard
	}
	values[key] = "" // no usable key (contract §1)
	return HoldsAll
}

// known is the text of a field of a row that could be read so far.
func (f *Fact) known(name string, r *Row) (string, bool) {
	x, has := f.Fields[name]
	if !has || r.Bad != "" {
		return "", false
	}
	v, ok, err := x.value(r)
	text, isText := v.(string)
	return text, err == nil && ok && isText
}

// loss is a suspected loss at the centre and the time of a row that tells neither person nor card. It lasts
// a minute: what was lost is one registration, and what it would have shown reaches on from there (INC-05).
func (f *Fact) loss(id string, r *Row, received string) (made, bool, error) {
	centre, ok := f.known("centre_id", r)
	text, timed := f.known("occurred_at", r)
	at, read := duty.ParseInstant(text)
	if !ok || !timed || !read || !at.Plausible() || !duty.UsableKey(centre) {
		return made{}, false, nil
	}
	id = "import-loss-" + id
	m, err := record(duty.TopicIncidents, map[string]any{"id": id, "incident_id": id, "centre_id": centre,
		"device_ids": []any{}, "from": at.String(), "to": (at + duty.Minute).String(), "kind": "SUSPECTED_LOSS",
		"forms_status": "PENDING", "received_at": received})
	return m, true, err
}

// rowID names a row without an id by what stands in it, so that a second import names it alike.
func rowID(mapping string, r *Row) string {
	h := sha256.New()
	for _, name := range sortedKeys(r.Cells) {
		fmt.Fprint(h, strconv.Quote(name), strconv.Quote(r.Cells[name]))
	}
	if len(r.Cells) == 0 {
		fmt.Fprint(h, r.Line)
	}
	return "import-" + mapping + "-" + hex.EncodeToString(h.Sum(nil))[:16]
}
