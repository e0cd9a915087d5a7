package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// sealed is what a form shows before it is sent: the fact as it will be written, by whom and for how long.
type sealed struct {
	Form string `json:"form"`
	By   string `json:"by"`
	Ends int64  `json:"ends"`
	// Fact is the record in canonical form (contract §1).
	Fact json.RawMessage `json:"fact"`
}

// sealLasts is how long a form may lie before it is sent, in ms: its received_at must not be old.
const sealLasts = 15 * int64(duty.Minute)

// close seals what is shown, so that exactly this is sent.
func (c *Console) close(s sealed) (string, error) {
	v, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, c.seal[:])
	mac.Write(v)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(v)), nil
}

// open reads a seal; false if it is none of ours.
func (c *Console) open(text string) (s sealed, ok bool) {
	v, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(v) < sha256.Size {
		return s, false
	}
	body, sum := v[:len(v)-sha256.Size], v[len(v)-sha256.Size:]
	mac := hmac.New(sha256.New, c.seal[:])
	mac.Write(body)
	return s, hmac.Equal(sum, mac.Sum(nil)) && json.Unmarshal(body, &s) == nil
}

// newID names a fact that is written here.
func newID() string { return "desk-" + strings.ToLower(rand.Text()) }

// newEntry begins a form with what was entered.
func (q *request) newEntry(f *form, values map[string]string) (*entry, error) {
	w, ok := q.live.world()
	if !ok {
		return nil, errNoWorld
	}
	return &entry{q: q, form: f, values: values, id: newID(), version: 1, received: q.now(), world: w}, nil
}

// retraction is the next version of a fact, which takes it away.
func (e *entry) retraction(last any) any {
	v := reflect.New(reflect.TypeOf(last).Elem())
	v.Elem().Set(reflect.ValueOf(last).Elem())
	v.Elem().FieldByName("Version").SetInt(e.version)
	v.Elem().FieldByName("Retracted").SetBool(true)
	v.Elem().FieldByName("ReceivedAt").SetInt(int64(e.received))
	return v.Interface()
}

// valuesOf are what was sent in, one of each name.
func valuesOf(v url.Values) map[string]string {
	out := map[string]string{}
	for name := range v {
		out[name] = v.Get(name)
	}
	return out
}

// check builds the fact of what was entered; the error is a problem with its fields.
func (e *entry) check() (any, error) {
	record := e.form.build(e)
	e.sameKey(record)
	if len(e.errors) > 0 {
		return nil, &problem{status: http.StatusUnprocessableEntity, fields: e.errors,
			text: "Intet er skrevet: ret felterne med besked.|Nothing was written: mend the fields with a message."}
	}
	return record, nil
}

// Sent is the answer of a program's entry.
type Sent struct {
	Topic   string `json:"topic"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	// Again is true where the same fact was sent before: nothing was written.
	Again bool `json:"again"`
	// Fact is the record, in the form of FACTS.
	Fact json.RawMessage `json:"fact"`
	// Waits is true for what a second person must approve.
	Waits bool `json:"waits_for_approval"`
}

// deliver writes a fact, once, after its line on the audit topic.
func (q *request) deliver(f *form, record any) (Sent, error) {
	schema, _ := schemas.Of(record)
	head, _ := schemas.HeadOf(record)
	out := Sent{Topic: schema.Topic(), ID: head.ID, Version: head.Version, Fact: schema.AppendJSON(nil, record)}
	name := out.Topic + "\x00" + out.ID + "\x00" + strconv.FormatInt(out.Version, 10)
	if out.Again = q.c.sent.before(name); out.Again {
		out.Waits = f.two
		return out, nil
	}
	line := AuditLine{What: "ENTRY", Page: f.slug, PersonID: personOf(record), UnitID: unitOf(record), Topic: out.Topic,
		ID: out.ID, Version: out.Version}
	if f.two {
		out.Waits = true
		line.What = "SUGGESTED"
		line.Suggestion = &projection.Suggestion{ID: out.ID + "-" + strconv.FormatInt(out.Version, 10), By: q.actor.Name,
			At: q.now().Local(), Topic: out.Topic, Fact: out.Fact, CentreID: centreOf(record), State: "OPEN"}
	}
	if err := q.audit(line); err != nil {
		return out, err
	}
	if !f.two {
		if err := q.send(record); err != nil {
			q.live.engine.Log.Error().Err(err).Str("topic", out.Topic).Msg("an entry could not be written; who entered it " +
				"was told so")
			return out, &problem{status: http.StatusServiceUnavailable, text: "Indtastningen kunne ikke skrives lige nu. " +
				"Prøv igen; to " +
				"gange er én gang.|The entry could not be written right now. Try again; twice is once."}
		}
	}
	q.c.sent.note(name)
	return out, nil
}

func personOf(record any) string {
	f := reflect.ValueOf(record).Elem().FieldByName("PersonID")
	switch {
	case !f.IsValid():
		return ""
	case f.Kind() == reflect.String:
		return f.String()
	}
	return f.FieldByName("V").String()
}

// keyOf is the person or the centre under which an entry is found again.
func (q *request) keyOf(record any) string {
	if r, ok := record.(*duty.Resolution); ok {
		centre, _ := q.paperCentre(r)
		return centre
	}
	if key := personOf(record); key != "" {
		return key
	}
	return centreOf(record)
}

func unitOf(record any) string   { return textField(record, "UnitID") }
func centreOf(record any) string { return textField(record, "CentreID") }

// textField is a field of a record that is a text; empty where it has none.
func textField(record any, name string) string {
	if f := reflect.ValueOf(record).Elem().FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// program takes an entry of a program: the values of a form as JSON, and an id of the program's own, by which
// the same entry sent twice is one fact.
func (q *request) program(f *form) {
	kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type"))
	var in struct {
		ID         string            `json:"id"`
		Version    int64             `json:"version"`
		ReceivedAt string            `json:"received_at"`
		Values     map[string]string `json:"values"`
	}
	d := json.NewDecoder(q.Body)
	d.DisallowUnknownFields()
	if kind != "application/json" || d.Decode(&in) != nil {
		q.fail(badRequest("Send JSON med id, version, received_at og values.|Send JSON with id, version, received_at and "+
			"values."), true)
		return
	}
	e, err := q.newEntry(f, in.Values)
	if err != nil {
		q.fail(err, true)
		return
	}
	at, ok := duty.ParseInstant(in.ReceivedAt)
	if !duty.UsableKey(in.ID) || in.Version < 1 || !ok || !at.Plausible() || at > e.received {
		q.fail(badRequest("id, version (fra 1) og received_at (ikke i fremtiden) skal med: så er det samme sendt to gange "+
			"én "+
			"oplysning.|id, version (from 1) and received_at (not in the future) are needed: then the same sent twice is one "+
			"fact."), true)
		return
	}
	if e.id, e.version, e.received = in.ID, in.Version, at; e.version > 1 {
		if err := e.follows(); err != nil {
			q.fail(err, true)
			return
		}
	}
	record, err := e.check()
	if err != nil {
		if err2 := e.seen(); err2 != nil {
			err = err2
		}
		q.fail(err, true)
		return
	}
	out, err := q.deliver(f, record)
	if err != nil {
		q.fail(err, true)
		return
	}
	status := http.StatusCreated
	if out.Again {
		status = http.StatusOK
	}
	q.json(status, out)
}
