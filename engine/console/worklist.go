package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tilsyn/engine/console/access"
	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
)

// pageRows is how many units a page of the work list has.
const pageRows = 50

// WorkList is a page of the work list.
type WorkList struct {
	// Queue is open, withdrawn or handled.
	Queue string `json:"queue"`
	// Filed are withdrawn units of which a report to the police still stands: before all others.
	Filed []projection.Row `json:"filed"`
	Rows  []projection.Row `json:"rows"`
	// Next is the query of the next page; empty at the end. Looked is how many units were looked at.
	Next   string `json:"next"`
	Looked int    `json:"looked"`
	Filter Wanted `json:"filter"`
	// Clearing says of the rows, from the first on, what would clear them; rows for which there was no time have none.
	Clearing []Cleared `json:"clearing"`
	// Accounts say where every unit is that is due; null until they were taken once.
	Accounts *Accounts `json:"accounts"`

	Centres, Caveats []string `json:"-"`
	// Wrong are the fields of the filter that are wrong, each with why.
	Wrong map[string]string `json:"-"`
}

// ClearingOf says what would clear a unit of the list; nil where nobody was asked.
func (l *WorkList) ClearingOf(unit string) *Cleared { return clearedOf(l.Clearing, unit) }

// Statuses are those that units of the queue can have.
func (l *WorkList) Statuses() []string {
	if l.Queue == "withdrawn" {
		return []string{"WITHDRAWN"}
	}
	return []string{"INDICATED", "NEEDS_REVIEW"}
}

// Wanted is what the list is filtered by; empty fields want all.
type Wanted struct {
	CentreID string `json:"centre"`
	Kind     string `json:"duty"`
	Status   string `json:"status"`
	Caveat   string `json:"caveat"`
	From     string `json:"from"`
	To       string `json:"to"`
	PersonID string `json:"person"`
}

// Any reports whether something is filtered.
func (w Wanted) Any() bool { return w != Wanted{} }

// queues are the queues by the names that the list has for them.
var queues = map[string]projection.Queue{"open": projection.QueueOpen, "withdrawn": projection.QueueWithdrawn,
	"handled": projection.QueueHandled}

func workListView() *view {
	return &view{path: "/worklist", right: access.SeePersons, title: "Sagsliste|Work list", template: "worklist.html",
		answer: WorkList{}, data: workList, queries: []query{
			{"queue", "open (default), withdrawn or handled"}, {"centre", "a centre"}, {"duty", "STAY, NOTIFY or REPORT"},
			{"status", "INDICATED or NEEDS_REVIEW"}, {"caveat", "a caveat code"},
			{"from", "first unit date, YYYY-MM-DD or DD.MM.YYYY"}, {"to", "last unit date, YYYY-MM-DD or DD.MM.YYYY"},
			{"person", "a PersonID"}, {"after", "what next of the page before says"},
			{"clearing", "no: nobody is asked what would clear the rows"}}}
}

// workList reads a page of the list.
func workList(q *request) (any, error) {
	out := &WorkList{Queue: cmpOr(q.value("queue"), "open"), Filed: []projection.Row{}, Rows: []projection.Row{},
		Clearing: []Cleared{}, Accounts: q.c.accounts.Load(), Caveats: glossary.Caveats()}
	if w, ok := q.live.engine.World(); ok {
		out.Centres = centreIDs(&w, q.now())
	}
	f, wrong := q.wanted(out.Centres)
	out.Filter = Wanted{f.CentreID, f.Kind, f.Status, f.Caveat, f.From, f.To, f.PersonID}
	var ok bool
	if f.Queue, ok = queues[out.Queue]; !ok {
		return nil, badRequest("Den liste findes ikke.|There is no such list.")
	}
	if len(wrong) > 0 {
		return out.refused(q, wrong)
	}
	page, err := q.live.store.List(f)
	if errors.Is(err, projection.ErrAfter) {
		return nil, badRequest("Siden før er ikke til at finde. Begynd forfra.|The page before cannot be found. Begin " +
			"with the first.")
	}
	if err != nil {
		return nil, err
	}
	out.Rows, out.Looked = page.Rows, page.Looked
	q.dear += page.Looked / rowsDear
	if out.Queue == "withdrawn" && f.After == "" {
		filed := f
		filed.Queue, filed.Limit = projection.QueueWithdrawnFiled, 10*pageRows
		first, err := q.live.store.List(filed)
		if err != nil {
			return nil, err
		}
		out.Filed = first.Rows
		q.dear += first.Looked / rowsDear
	}
	if page.Next != "" {
		next := q.URL.Query()
		next.Set("after", page.Next)
		out.Next = next.Encode()
	}
	if out.Queue == "open" {
		if out.Clearing, err = q.cleared(out.Rows, q.now(), q.readPersons()); err != nil {
			return nil, err
		}
	}
	var shown []string
	for _, list := range [][]projection.Row{out.Filed, out.Rows} {
		for i := range list {
			shown = append(shown, list[i].PersonID)
		}
	}
	slices.Sort(shown)
	return out, q.audit(AuditLine{What: "VIEW", Page: "worklist", PersonID: f.PersonID, Persons: slices.Compact(shown)})
}

// refused is the list with what is wrong at the fields of its filter.
func (l *WorkList) refused(q *request, wrong []fieldError) (any, error) {
	l.Wrong = map[string]string{}
	for i := range wrong {
		wrong[i].Error = pick(q.lang, wrong[i].Error)
		l.Wrong[wrong[i].Field] = wrong[i].Error
	}
	return l, &problem{status: http.StatusBadRequest, fields: wrong, text: "Filteret kan ikke bruges; se ved " +
		"felterne.|The filter cannot be used; see at the fields."}
}

// wanted reads the filter, with what is wrong in it; centres are those of the register, none while it is not read.
func (q *request) wanted(centres []string) (f projection.Filter, wrong []fieldError) {
	v := func(name string) string { return strings.TrimSpace(q.value(name)) }
	f = projection.Filter{CentreID: v("centre"), Kind: v("duty"), Status: v("status"), Caveat: v("caveat"),
		From: v("from"), To: v("to"), PersonID: v("person"), After: v("after"), Limit: pageRows}
	bad := func(field, text string) { wrong = append(wrong, fieldError{field, text}) }
	for name, d := range map[string]*string{"from": &f.From, "to": &f.To} {
		if date, ok := dateWritten(*d); ok {
			*d = date.String()
		} else if *d != "" {
			bad(name, "Datoen kan ikke læses: skriv åååå-mm-dd, såsom 2026-02-03.|The date cannot be read: write YYYY-MM-DD, "+
				"such as 2026-02-03.")
		}
	}
	if len(wrong) == 0 && f.From != "" && f.To != "" && f.From > f.To {
		bad("to", "Datoen ligger før fra-datoen.|The date lies before the from date.")
	}
	if _, ok := duty.ParseKind(f.Kind); f.Kind != "" && !ok {
		bad("duty", "Pligten er STAY, NOTIFY eller REPORT.|The duty is STAY, NOTIFY or REPORT.")
	}
	if f.Status != "" && f.Status != "INDICATED" && f.Status != "NEEDS_REVIEW" && f.Status != "WITHDRAWN" {
		bad("status", "Status er INDICATED, NEEDS_REVIEW eller WITHDRAWN.|The status is INDICATED, NEEDS_REVIEW "+
			"or WITHDRAWN.")
	}
	if f.Caveat != "" && !slices.Contains(glossary.Caveats(), f.Caveat) {
		bad("caveat", "Det forbehold findes ikke.|There is no such caveat.")
	}
	if f.CentreID != "" && len(centres) > 0 && !slices.Contains(centres, f.CentreID) {
		bad("centre", "Registeret kender ikke det center.|The register does not know that centre.")
	}
	if f.PersonID != "" && !duty.UsableKey(f.PersonID) {
		bad("person", "Det kan ikke være et personnummer (PersonID).|That cannot be a PersonID.")
	}
	slices.SortStableFunc(wrong, func(a, b fieldError) int { return strings.Compare(a.Field, b.Field) })
	return f, wrong
}

// dateWritten reads a date as ISO has it or as people write it in Danish: 2026-02-03, 3.2.2026, 03-02-2026.
func dateWritten(s string) (duty.Date, bool) {
	if d, ok := duty.ParseDate(s); ok {
		return d, true
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == '-' || r == '/' || r == ' ' })
	if len(parts) != 3 || len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return 0, false
	}
	two := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
	return duty.ParseDate(parts[2] + "-" + two(parts[1]) + "-" + two(parts[0]))
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Query is the query of the list with one field changed, for links.
func (w Wanted) Query(queue string) string {
	v := url.Values{"queue": {queue}}
	for name, x := range map[string]string{"centre": w.CentreID, "duty": w.Kind, "status": w.Status, "caveat": w.Caveat,
		"from": w.From, "to": w.To, "person": w.PersonID} {
		if x != "" {
			v.Set(name, x)
		}
	}
	return v.Encode()
}

// centreIDs are the places that the register has now.
func centreIDs(w *World, at duty.Instant) []string {
	p := policyAt(w, at)
	if p == nil {
		return nil
	}
	var out []string
	for i := range p.Centres {
		out = append(out, p.Centres[i].ID)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// policyAt is the newest policy that is active at a clock.
func policyAt(w *World, at duty.Instant) *duty.Policy {
	var out *duty.Policy
	for i := range w.Policies {
		if w.Policies[i].From <= at {
			out = w.Policies[i].Policy
		}
	}
	return out
}
