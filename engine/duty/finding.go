package duty

import "slices"

// finding is the verdict on one unit, or on one slot of it, before settlement, lateness and holds
// are weighed.
//
// Many fields: one for each part of a unit that a duty decides.
type finding struct {
	outcome Outcome
	instant Opt[Instant] // legal instant; missing where there is no would-be record
	period  Span         // the night or slot
	due     Instant      // when the unit falls due
	// judged is when the longest tolerance of a would-be record has passed
	// (RD-27).
	judged Instant
	// wake is when another trigger of the night begins or is to be judged (RD-27).
	wake      Opt[Instant]
	caveats   codes
	rules     codes
	basis     Basis
	shortfall Opt[int32]
	// police is set for a REPORT whose decision names the police (RD-39).
	police bool
	// misplaced is set if a duty that the unit rests on is at a place that does not fit: a would-be
	// record is then provisional (RD-46).
	misplaced bool
	// centres are those of the unit; the first is centre_id.
	centres []string
	// before and after bound the inference; exit is a registered exit, if any.
	before, after, exit *observation
	// nearReport is the latest own time of a report near the slot (RPT-07); 0 if there is none.
	nearReport Instant
	around     surroundings // incidents and exclusions at its centres
	// needs are the local dates whose logs must be proven, and how far.
	needs []need
}

// wakes notes an instant at which time alone changes the finding.
func (f *finding) wakes(t Instant) { f.wake = Some(min(f.wake.Or(Forever), t)) }

// need is a stretch of a local date over which the logs must be proven.
type need struct {
	date Date
	to   Instant // exclusive
}

// codes is a set of codes, kept sorted.
type codes []string

func (c *codes) add(code string) {
	i, found := slices.BinarySearch(*c, code)
	if !found {
		*c = slices.Insert(*c, i, code)
	}
}

func (c codes) has(code string) bool {
	_, found := slices.BinarySearch(c, code)
	return found
}

// capping are the caveats that keep a record at NEEDS_REVIEW (domain §4). MANUAL_PERIOD and
// AMS_SUSPENSION cap only under conditions; the code that sets them decides.
var capping = []string{
	"AMS_SUSPENSION", "ASSIST_UNMATCHED", "DEPARTURE_QUESTION", "DIRECTION_RISK", "LATE_DATA",
	"LATE_RETURN", "LOG_MISMATCH", "MANUAL_EVIDENCE", "NAME_MISMATCH", "NEAR_BOUNDARY",
	"NOTICE_TARGET_UNCLEAR", "OBSERVED_PRESENT", "PARTIAL_NOTICE", "PERMISSION_EXPIRED_IN_NIGHT",
	"PERMISSION_PARTIAL", "PERMISSION_SILENT_ON_REPORT", "RECONSTRUCTED", "SAME_DIRECTION", "TAINTED",
	"TIME_AMBIGUOUS", "TRANSFER", "TWO_CARDS", "UNASSIGNED_PAPER", "UNCLEAR_NOTICE", "UNSETTLED",
	"WRONG_CENTRE", "WRONG_PLACE", "WRONG_RECIPIENT_NOTICE",
}

// candidate is a would-be record in the making.
type candidate struct {
	caveats codes
	rules   codes
	capped  bool // one of the caveats caps it
	// before, after and exit are as in finding.
	before, after, exit *observation
	nearReport          Instant
	at                  Instant // of the trigger that it answers
	// trace takes the steps, while Explain looks; nil otherwise.
	trace *trace
}

// caveat adds a code, and caps the status if the code does.
func (c *candidate) caveat(code string, rules ...string) {
	c.caveats.add(code)
	caps := slices.Contains(capping, code)
	if caps {
		c.capped = true
	}
	c.trace.doubt(code, caps, rules)
	for _, r := range rules {
		c.rules.add(r)
	}
}

// mild adds a code that would normally cap, without capping.
func (c *candidate) mild(code string, rules ...string) {
	c.caveats.add(code)
	c.trace.doubt(code, false, rules)
	for _, r := range rules {
		c.rules.add(r)
	}
}

// outcome returns NEEDS_REVIEW if some caveat caps, otherwise INDICATED.
func (c *candidate) outcome() Outcome {
	if c.capped {
		return OutcomeNeedsReview
	}
	return OutcomeIndicated
}
