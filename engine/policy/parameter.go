package policy

import "tilsyn/engine/duty"

// parameter is one row of domain §9.2 or of the table in contract §5.
type parameter struct {
	name string
	kind kind
	// initial is the built-in value, valid at all times.
	initial string
	// rule and source say where it comes from, meaning what it does.
	rule, source, meaning string
	// set stores the number of a value; nil where the specification has only
	// one alternative, so that nothing in the core depends on it.
	set func(*duty.Params, int64)
}

const (
	seconds = duty.Second
	minutes = duty.Minute
)

// parameters are all parameters but settle.required (settle.go), in the order
// in which the specification lists them.
var parameters = []parameter{
	{"notice.deadline_minute_inclusive", truth{}, "true", "NTC-07", "AMB-01; 001 §5.7",
		"a notice or entry noted as 23:00 is timely",
		func(p *duty.Params, n int64) { p.NoticeDeadlineMinuteInclusive = n == 1 }},
	{"notice.exit_tolerance", duration{minutes, 0, duty.Hour}, "PT5M", "NTC-09", "AMB-03; 001 §5.7",
		"how long after an exit in the night a notice is still in connection with it",
		func(p *duty.Params, n int64) { p.NoticeExitToleranceMinutes = int(n) }},
	{"notice.partial_overrun", word{"IGNORE", "REVIEW", "BREACH"}, "IGNORE", "NTC-17", "AMB-04; 001 §5.7",
		"what overrunning the announced part of a night does",
		func(p *duty.Params, n int64) { p.NoticePartialOverrun = duty.Effect(n) }},
	{"notice.wrong_recipient", word{"REVIEW"}, "REVIEW", "NTC-16", "AMB-05; 001 §5.7",
		"what a message to the Agency or the police does",
		func(p *duty.Params, _ int64) { p.NoticeWrongRecipient = duty.Review }},
	{"notify.max_per_night", count{"units", 1, 1}, "1", "NTC-14", "AMB-19; 001 §7.2",
		"how many NOTIFY units a night can have", nil},
	{"return.boundary_tolerance", duration{minutes, 0, duty.Hour}, "PT5M", "NTC-18", "AMB-02",
		"an entry this long after 23:00 is looked at by a human",
		func(p *duty.Params, n int64) { p.ReturnToleranceMinutes = int(n) }},
	{"stay.presence_rule", presence{}, anyInWindow, "STY-02", "AMB-07; 001 §5.6",
		"how much presence in a night complies",
		func(p *duty.Params, n int64) { p.StayMinPresence = duty.Instant(n) }},
	{"stay.late_return_until", clock{6 * 60, 12 * 60}, "08:00", "STY-05", "AMB-07; 001 §5.6",
		"a first entry after the night up to then is looked at by a human",
		func(p *duty.Params, n int64) { p.StayLateReturnUntilMinute = int(n) }},
	{"stay.open_interval_status", word{"INDICATED", "NEEDS_REVIEW"}, "INDICATED", "PRS-07", "AMB-35; 000 §4",
		"what an exit without a later entry can become",
		func(p *duty.Params, n int64) { p.StayOpenIntervalReview = n == 1 }},
	{"permission.partial", word{"REVIEW"}, "REVIEW", "PRM-05, PRM-06", "AMB-06",
		"what a permission over a part of the night does", nil},
	{"permission.report_when_silent", word{"REVIEW"}, "REVIEW", "PRM-07", "AMB-10",
		"what a permission that does not mention REPORT does to it", nil},
	{"hold.effect", word{"EXCUSED"}, "EXCUSED", "OBL-12", "AMB-11",
		"what a known hold during a unit does", nil},
	{"transfer.effect", word{"EITHER_CENTRE_THEN_REVIEW"}, "EITHER_CENTRE_THEN_REVIEW", "OBL-13", "AMB-12",
		"how a transfer day is judged", nil},
	{"report.slot_default", word{"LOCAL_DAY"}, "LOCAL_DAY", "RPT-02", "AMB-09, AMB-32; 001 §5.5",
		"the window of a slot whose decision names none", nil},
	{"report.grace", duration{minutes, 0, duty.Hour}, "PT15M", "RPT-07", "AMB-09",
		"a report this long outside the slot is looked at by a human",
		func(p *duty.Params, n int64) { p.ReportGraceMinutes = int(n) }},
	{"report.auto_daily_2026", truth{}, "false", "OBL-03", "AMB-08; 001 §4.2, §5.5",
		"whether 2026-01-01 changed existing decisions by itself",
		func(p *duty.Params, n int64) { p.ReportAutoDaily2026 = n == 1 }},
	{"attribution.night", word{"EVENING_DATE"}, "EVENING_DATE", "CNT-05", "AMB-13",
		"the date that a night counts to", nil},
	{"passage.sluice_max", duration{seconds, 0, duty.Hour}, "PT180S", "PAS-03", "AMB-16; 000 §3.2",
		"two rows of paired readers within it are one passage",
		func(p *duty.Params, n int64) { p.SluiceMax = duty.Instant(n) * seconds }},
	{"passage.collapse", duration{seconds, 0, duty.Hour}, "PT120S", "PAS-05", "000 §3.2",
		"rows of one direction and centre within it are one passage",
		func(p *duty.Params, n int64) { p.CollapseMax = duty.Instant(n) * seconds }},
	{"assist.match", duration{minutes, 0, duty.Hour}, "PT5M", "PAS-09", "000 §5.2.3",
		"how far an assisted-passage entry and its electronic row may lie apart",
		func(p *duty.Params, n int64) { p.AssistMatchMinutes = int(n) }},
	{"settle.max_wait", duration{seconds, 0, 366 * duty.Day}, "P14D", "LIF-02", "AMB-15; 000 §3.2, §5.2.3",
		"how long a record waits for completeness markers",
		func(p *duty.Params, n int64) { p.SettleMaxWait = duty.Instant(n) * seconds }},
	{"data.late_accusation", duration{seconds, 0, 366 * duty.Day}, "P14D", "DAT-08", "AMB-22; 003",
		"data known later than this may clear and not accuse by itself",
		func(p *duty.Params, n int64) { p.LateAccusation = duty.Instant(n) * seconds }},
	{"incident.scope", word{"CENTRE"}, "CENTRE", "INC-01", "AMB-41; 000 §4.3",
		"how far an incident at one device reaches", nil},
	{"incident.taint_forward", truth{}, "true", "INC-05", "AMB-23; 000 §4; 003",
		"whether an absence carried past an incident with pending forms is doubted",
		func(p *duty.Params, n int64) { p.IncidentTaintForward = n == 1 }},
	{"departure.open_nights", count{"nights", 1, 3650}, "7", "EVD-13", "AMB-24; 001 §3",
		"an open absence of so many nights raises the question of departure",
		func(p *duty.Params, n int64) { p.DepartureOpenNights = int(n) }},
	{"departure.closed_nights", count{"nights", 1, 3650}, "30", "EVD-13", "AMB-24; 001 §3",
		"a closed absence of so many nights raises the question of departure",
		func(p *duty.Params, n int64) { p.DepartureClosedNights = int(n) }},
	{"departure.silent_days", count{"dates", 1, 3650}, "30", "RD-42", "AMB-24; 001 §3, §5",
		"so many local dates without any registration raise the question of departure for REPORT",
		func(p *duty.Params, n int64) { p.DepartureSilentDays = int(n) }},
	{"suspension.from", day{}, "2020-12-01", "EVD-10", "AMB-17, AMB-18; 003",
		"first day on which electronic rows need manual agreement",
		func(p *duty.Params, n int64) { p.SuspensionFrom = dateOf(n) }},
	{"suspension.to", day{}, "2024-03-22", "EVD-10", "AMB-18; 001 §4.1, §6",
		"last day on which electronic rows need manual agreement",
		func(p *duty.Params, n int64) { p.SuspensionTo = dateOf(n) }},
	{"suspension.requires_manual", truth{}, "true", "EVD-10", "AMB-18; 001 §4.1",
		"whether rows of that time need a matching manual registration",
		func(p *duty.Params, n int64) { p.SuspensionRequiresManual = n == 1 }},
	{"direction_risk.until", day{}, "2022-03-01", "DEV-06", "AMB-17; 000 §5.2.2",
		"barcode rows at KH before this day may have the wrong direction",
		func(p *duty.Params, n int64) { p.DirectionRiskUntil = dateOf(n) }},
	{"two_cards.until", day{}, "2022-12-12", "CRD-10", "AMB-17; 000 §5.1.2, §5.4.1",
		"before this day two cards are assumed where the card history is unknown",
		func(p *duty.Params, n int64) { p.TwoCardsUntil = dateOf(n) }},
	{"practice.reference_date", day{}, "2022-11-22", "EVD-10", "000 §3",
		"registrations before this day follow older practice",
		func(p *duty.Params, n int64) { p.PracticeReferenceDate = dateOf(n) }},
	{"exclusion.adjoining_nights", truth{}, "true", "EXC-02", "AMB-39; 003",
		"whether every night that overlaps an excluded date is excluded",
		func(p *duty.Params, n int64) { p.ExclusionAdjoiningNights = n == 1 }},
	{"sanction.lookup_enabled", truth{}, "false", "SAN-01", "001 §7",
		"whether the guideline's starting points are looked up",
		func(p *duty.Params, n int64) { p.SanctionLookupEnabled = n == 1 }},
	{"sanction.clearly_more_than_10", count{"units", 11, 1000}, "20", "SAN-02", "001 §7.2.2, §7.2.3",
		"from how many units in one month on the guideline's reservation for clearly more than 10 is shown",
		func(p *duty.Params, n int64) { p.SanctionClearlyMoreThan10 = int(n) }},
	{"staleness.stop_after", duration{seconds, duty.Minute, duty.Day}, "PT15M", "REL-06", "003",
		"a feed silent for longer stops accusing",
		func(p *duty.Params, n int64) { p.StalenessStopAfter = duty.Instant(n) * seconds }},
	{"emit.grace", grace{}, byMarkers, "contract §5", "contract §5",
		"how long after its due instant a unit may first become a record; BY_MARKERS is PT0S where markers are required, PT15M where not",
		func(p *duty.Params, n int64) {
			p.EmitGrace = duty.Opt[duty.Instant]{V: duty.Instant(max(n, 0)), OK: n >= 0}
		}},
	{"heartbeat.interval", duration{seconds, duty.Second, duty.Hour}, "PT1M", "contract §6", "contract §5",
		"how often a supervised device or feed reports itself",
		func(p *duty.Params, n int64) { p.HeartbeatInterval = duty.Instant(n) * seconds }},
	{"heartbeat.missed", count{"heartbeats", 1, 60}, "3", "contract §6", "contract §5",
		"how many missed heartbeats are a silence",
		func(p *duty.Params, n int64) { p.HeartbeatMissed = int(n) }},
	{"ledger.lag", duration{seconds, 0, duty.Day}, "PT5M", "contract §3", "contract §5",
		"how far outcomes may follow violations",
		func(p *duty.Params, n int64) { p.LedgerLag = duty.Instant(n) * seconds }},
	{"recall.overdue", duration{seconds, duty.Hour, 366 * duty.Day}, "P3D", "contract §5", "contract §5",
		"a withdrawal not acknowledged for longer raises an alarm",
		func(p *duty.Params, n int64) { p.RecallOverdue = duty.Instant(n) * seconds }},
}

// directionRiskCentre is where the barcode scanners were badly placed; the
// source names the centre, so it is no parameter (DEV-06, 000 §5.2.2).
const directionRiskCentre = "KH"

func dateOf(n int64) duty.Date { return duty.Date(n) }

// find returns the parameter of a name.
func find(name string) (*parameter, bool) {
	for i := range parameters {
		if parameters[i].name == name {
			return &parameters[i], true
		}
	}
	return nil, false
}
