package duty

import "slices"

// trace notes what a duty considers while it judges one unit, for Explain. The functions that carry
// the law out fill it. Nowhere else is there one, and on nil its methods do nothing.
type trace struct {
	doubts   []Doubt
	triggers []Trigger
	slots    []Slot
}

// Doubt is a caveat with the rules that set it.
type Doubt struct {
	Code  string
	Rules []string
	// Caps is true where the code keeps a record at NEEDS_REVIEW by itself. MANUAL_PERIOD and
	// OPEN_INTERVAL may do so elsewhere (domain §4).
	Caps bool
}

// Trigger is an instant of a night by which a notice must have been given (NTC-05, NTC-08, PRM-05).
type Trigger struct {
	// Rule says what made it one: NTC-05 away at 23:00, NTC-08 a registered exit, PRM-05 the end of
	// a permission, NTC-17 the end of the announced part.
	Rule string
	At   Instant
	// Refs are the ids of the registrations of an exit.
	Refs []string
	// Permitted is true where a permission covers it (PRM-02), NoticeID names the notice that does.
	Permitted bool
	NoticeID  string
	// Outcome is what it would give by itself: NEEDS_REVIEW or INDICATED; unknown where it is covered.
	Outcome Outcome
	// Doubts are those about it.
	Doubts []Doubt
	// Chosen is true for the one that decides the night (NTC-14).
	Chosen bool
}

// Slot is a due time of a reporting day, with what became of it.
type Slot struct {
	Span    Span
	Outcome Outcome
	// Rules fired for it.
	Rules  []string
	Doubts []Doubt
}

// doubt notes a caveat of the present candidate.
func (t *trace) doubt(code string, caps bool, rules []string) {
	if t == nil {
		return
	}
	for i := range t.doubts {
		if t.doubts[i].Code == code {
			for _, r := range rules {
				if !slices.Contains(t.doubts[i].Rules, r) {
					t.doubts[i].Rules = append(t.doubts[i].Rules, r)
				}
			}
			return
		}
	}
	t.doubts = append(t.doubts, Doubt{code, slices.Clone(rules), caps})
}

// trigger begins another trigger of the night.
func (t *trace) trigger(tr *trigger, permitted bool) {
	if t == nil {
		return
	}
	n := Trigger{At: tr.at, Permitted: permitted,
		Rule: [...]string{away: "NTC-05", leaving: "NTC-08", expiry: "PRM-05", lapse: "NTC-17"}[tr.kind]}
	if tr.exit != nil {
		n.Refs = tr.exit.ids()
	}
	t.triggers = append(t.triggers, n)
	t.doubts = nil
}

// covered notes which notice covers the present trigger.
func (t *trace) covered(notice string) {
	if t != nil && len(t.triggers) > 0 {
		t.triggers[len(t.triggers)-1].NoticeID = notice
	}
}

// weighed notes what the present trigger gives by itself.
func (t *trace) weighed(c *candidate) {
	if t == nil {
		return
	}
	n := &t.triggers[len(t.triggers)-1]
	n.Outcome, n.Doubts = c.outcome(), t.doubts
	t.doubts = nil
}

// slot begins another slot of the day.
func (t *trace) slot(s Span) {
	if t != nil {
		t.slots = append(t.slots, Slot{Span: s})
		t.doubts = nil
	}
}

// slotFound notes what became of the present slot.
func (t *trace) slotFound(f *finding) {
	if t == nil {
		return
	}
	n := &t.slots[len(t.slots)-1]
	n.Outcome, n.Rules, n.Doubts = f.outcome, slices.Clone(f.rules), t.doubts
	t.doubts = nil
}
