package console

import (
	"slices"
	"time"

	"tilsyn/engine/console/projection"
	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
)

// Cleared says shortly what would clear a unit of a list; the unit's own page asks for everything.
type Cleared struct {
	UnitID string `json:"unit_id"`
	// Asked is how many facts the core was asked about, Facts are the first that clear.
	Asked int                    `json:"asked"`
	Facts []explain.ClearingFact `json:"facts"`
}

// What a list may ask of the core: of each unit so many kinds of facts by so many questions, and of all units so
// long. Units for which there was no time have no answer in the list.
const (
	clearedKinds     = 3
	clearedQuestions = 24
	clearedWithin    = 250 * time.Millisecond
)

// cleared asks what would clear the units of rows that are told and not handled, at a clock. get gives the facts of a
// person.
func (q *request) cleared(rows []projection.Row, at duty.Instant,
	get func(id string) (*projection.Person, error)) ([]Cleared, error) {
	out := []Cleared{}
	w, ok := q.live.world()
	if !ok || q.value("clearing") == "no" {
		return out, nil
	}
	asked := 0
	until := time.Now().Add(clearedWithin)
	for i := range rows {
		r := &rows[i]
		if r.Status == duty.StatusWithdrawn.String() || len(r.Handlings) > 0 {
			continue
		}
		if time.Now().After(until) {
			break
		}
		kind, ok := duty.ParseKind(r.Kind)
		date, fine := duty.ParseDate(r.Date)
		if !ok || !fine {
			continue
		}
		p, err := get(r.PersonID)
		if err != nil {
			return nil, err
		}
		if x, ok := soon(caseOf(p, &w, kind, date, at)); ok {
			out = append(out, Cleared{UnitID: r.UnitID, Asked: x.Asked, Facts: x.Facts})
			asked += x.Asked
		}
	}
	q.dear += asked / listedDear
	return out, nil
}

// soon is the short answer for a unit; false where its facts are not read yet.
func soon(c explain.Case) (explain.Clearing, bool) {
	x, err := explain.Soon(c, clearedKinds, clearedQuestions)
	return x, err == nil
}

// readPersons gives persons of the store, each read once.
func (q *request) readPersons() func(id string) (*projection.Person, error) {
	have := map[string]*projection.Person{}
	return func(id string) (*projection.Person, error) {
		if p := have[id]; p != nil {
			return p, nil
		}
		p, err := q.live.store.Person(id, q.now())
		if err == nil {
			have[id] = p
		}
		return p, err
	}
}

// clearedOf is the answer of a unit; nil without one.
func clearedOf(list []Cleared, unit string) *Cleared {
	if i := slices.IndexFunc(list, func(c Cleared) bool { return c.UnitID == unit }); i >= 0 {
		return &list[i]
	}
	return nil
}
