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
	// Accounts say where every unit is that is due; null until they were taken once.
	Accounts *Accounts `json:"accounts"`

	Centres, Caveats []string `json:"-"`
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
			{"status", "INDICATED or NEEDS_REVIEW"}, {"caveat", "a caveat code"}, {"from", "first unit date, YYYY-MM-DD"},
			{"to", "last unit date, YYYY-MM-DD"}, {"person", "a PersonID"}, {"after", "what next of the page before says"}}}
}

// workList reads a page of the list.
func workList(q *request) (any, error) {
	f, err := q.wanted()
	if err != nil {
		return nil, err
	}
	out := &WorkList{Queue: cmpOr(q.value("queue"), "open"), Filed: []projection.Row{}, Accounts: q.c.accounts.Load(),
		Filter: Wanted{f.CentreID, f.Kind, f.Status, f.Caveat, f.From, f.To, f.PersonID}}
	var ok bool
	if f.Queue, ok = queues[out.Queue]; !ok {
		return nil, badRequest("Den liste findes ikke.|There is no such list.")
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
	if w, ok := q.live.engine.World(); ok {
		out.Centres = centreIDs(&w, q.now())
	}
	out.Caveats = glossary.Caveats()
	var shown []string
	for _, list := range [][]projection.Row{out.Filed, out.Rows} {
		for i := range list {
			shown = append(shown, list[i].PersonID)
		}
	}
	slices.Sort(shown)
	return out, q.audit(AuditLine{What: "VIEW", Page: "worklist", PersonID: f.PersonID, Persons: slices.Compact(shown)})
}

// wanted reads the filter.
func (q *request) wanted() (projection.Filter, error) {
	v := func(name string) string { return strings.TrimSpace(q.value(name)) }
	f := projection.Filter{CentreID: v("centre"), Kind: v("duty"), Status: v("status"), Caveat: v("caveat"),
		From: v("from"), To: v("to"), PersonID: v("person"), After: v("after"), Limit: pageRows}
	for _, d := range []string{f.From, f.To} {
		if _, ok := duty.ParseDate(d); d != "" && !ok {
			return f, badRequest("En dato skrives ÅÅÅÅ-MM-DD.|A date is written YYYY-MM-DD.")
		}
	}
	if _, ok := duty.ParseKind(f.Kind); f.Kind != "" && !ok {
		return f, badRequest("Pligten er STAY, NOTIFY eller REPORT.|The duty is STAY, NOTIFY or REPORT.")
	}
	if f.PersonID != "" && !duty.UsableKey(f.PersonID) {
		return f, &problem{status: http.StatusBadRequest, text: "Det kan ikke være et personnummer (PersonID).|" +
			"That cannot be a PersonID."}
	}
	return f, nil
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
