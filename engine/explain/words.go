package explain

import "tilsyn/engine/duty"

// noticeWhy says why a notice counted or did not.
var noticeWhy = map[duty.NoticeReason]string{
	duty.NoticeReasonTimely:         "own, clear, to the operator and in time (NTC-03, NTC-05)",
	duty.NoticeReasonLate:           "given after the instant by which it was needed (NTC-05, NTC-09)",
	duty.NoticeReasonOtherNight:     "it means another night (NTC-12)",
	duty.NoticeReasonThirdParty:     "somebody else gave it (NTC-10)",
	duty.NoticeReasonUnclear:        "it is not clear (NTC-15)",
	duty.NoticeReasonWrongRecipient: "it was not given to the operator (NTC-16)",
	duty.NoticeReasonOutsideRange:   "the instant lies outside the part of the night that it announced (NTC-17)",
	duty.NoticeReasonMultiNight:     "it claims several nights, and this is not the first of them (NTC-11)",
}

// permissionWhy says why a permission counted or did not.
var permissionWhy = map[duty.PermissionReason]string{
	duty.PermissionReasonCovers:         "it covers the whole unit (PRM-02)",
	duty.PermissionReasonPartial:        "it covers a part of the unit (PRM-06)",
	duty.PermissionReasonOutside:        "it covers another time (PRM-02)",
	duty.PermissionReasonPending:        "it is applied for and not decided",
	duty.PermissionReasonRefused:        "it was refused",
	duty.PermissionReasonRevoked:        "it was revoked before that (PRM-09)",
	duty.PermissionReasonSilentOnReport: "it does not say whether reports are due (PRM-07)",
	duty.PermissionReasonExcusesReport:  "it excuses from reporting (PRM-07)",
	duty.PermissionReasonRequiresReport: "it says that reports remain due (PRM-07)",
}

// incidentWhy says what an incident does to the unit.
var incidentWhy = map[duty.IncidentEffect]string{
	duty.IncidentEffectOverlaps: "lies over the unit (INC-02, INC-04)",
	duty.IncidentEffectTaints:   "earlier, and its forms are not complete: what is carried past it is in doubt (INC-05)",
	duty.IncidentEffectNone:     "beside the unit: no effect",
}

// useWhy says whether a registration counted, and why not.
var useWhy = map[duty.RegistrationUse]string{
	duty.UsePassage:     "a passage (PAS-03, PAS-05)",
	duty.UseReport:      "a report (RPT-03)",
	duty.UseCheck:       "seen present in a check (EVD-09)",
	duty.UsePolice:      "a report; it shows no position (RD-04)",
	duty.UseOneWay:      "an exit on excluded dates or of a device that the register does not know: it never accuses (EXC-04)",
	duty.UseIncomplete:  "only one scan of a sluice passage (PAS-04, RD-14)",
	duty.UseUnlocked:    "the assisted-passage log says that it only unlocked the card (PAS-07, PAS-08)",
	duty.UseConflict:    "the card was assigned to somebody else: evidence for neither (CARD_CONFLICT)",
	duty.UseClock:       "its time cannot be right: it clears and never accuses (REL-10)",
	duty.UseSamePaper:   "an electronic row of the same passage counts in its place (RD-10)",
	duty.UseAssisted:    "says that a row only unlocked the card (PAS-09)",
	duty.UseUnmatched:   "an assisted passage that fits no row (RD-28)",
	duty.UseMisnamed:    "the name does not fit the number: it clears and never accuses (RD-36)",
	duty.UseNobody:      "its number cannot be read: it may be anybody's (RD-47)",
	duty.UseNotFound:    "a check that found nobody shows nothing by itself (EVD-09)",
	duty.UseObservation: "an observation form is a doubt, never a position (RD-41)",
	duty.UseAttachment:  "attached; no rule reads it here",
}

// heading is a heading in both languages.
type heading struct{ en, da string }

func (h heading) String() string { return h.en + " / " + h.da }

// The headings, in the order of the output.
var (
	headUnit        = heading{"Unit", "Enhed"}
	headStatement   = heading{"Statement", "Erklæring"}
	headOrder       = heading{"What was asked", "Hvad der blev spurgt om"}
	headDecisions   = heading{"Decisions", "Afgørelser"}
	headTimeline    = heading{"Timeline", "Tidslinje"}
	headPositions   = heading{"Where registrations show the card", "Hvor registreringerne viser kortet"}
	headRules       = heading{"Rules that fired", "Anvendte regler"}
	headDoubts      = heading{"Doubts", "Tvivlspunkter"}
	headTriggers    = heading{"Instants by which a notice was needed", "Tidspunkter for rettidig underretning"}
	headSlots       = heading{"Due times of the day", "Dagens meldetider"}
	headNotices     = heading{"Notices", "Underretninger"}
	headPermissions = heading{"Permissions", "Tilladelser"}
	headIncidents   = heading{"Incidents, exclusions, supervision", "Hændelser, udelukkelser, tilsyn"}
	headSettlement  = heading{"What a record waits for", "Hvad der ventes på"}
	headRevisions   = heading{"Revisions", "Revisioner"}
	headClearing    = heading{"What would clear or lower it", "Hvad der ville frikende eller formilde"}
	headNotes       = heading{"What to know, and what this cannot say", "Forbehold"}
)

// notes are what this explanation cannot say.
func notes(c *Case, a *duty.Account, x *Explanation) []string {
	out := []string{
		"Registrations concern the card and not the holder; this explains an indication and no finding. A person decides.",
		"Rows of offline locks and key fobs, and refused attempts, are never used and not shown (DEV-07, EVD-11, PAS-06).",
		"Shown is what was known at " + x.Verdict.AsOf + "; what became known later is left out.",
	}
	if a.Readings > 1 {
		out = append(
			out,
			"Some times can be read in more than one way. All readings were judged and the mildest counts; "+
				"registrations and positions are shown in that reading (TIM-06, REL-10).",
		)
	}
	if x.RevisionsFrom == "replay" {
		out = append(
			out,
			"No violations log was read: the revisions are those that an engine would have written that looked "+
				"whenever something became known. How many a real one wrote may differ (contract §3).",
		)
		if c.Thinned {
			out = append(
				out,
				"There were too many such instants to look at each: later ones were looked at once a day or less, "+
					"so that a revision may stand later than it would have been written, or be left out.",
			)
		}
	}
	if !c.Watched {
		out = append(
			out,
			"Judged without a watch, as run does: a centre that sends heartbeats is held (WATCH_MISSING).",
		)
	}
	if x.RevisionsFrom == "log" {
		out = append(out, differs(c, a)...)
	}
	return out
}

// differs says where what was told is not what the facts give now.
func differs(c *Case, a *duty.Account) []string {
	told := "nothing"
	if n := len(c.Told); n > 0 {
		told = c.Told[n-1].Status.String()
	}
	now := "nothing"
	if a.Record != nil {
		now = a.Record.Status.String()
	}
	if told == now || told == duty.StatusWithdrawn.String() && now == "nothing" {
		return nil
	}
	return []string{"Told last is " + told + ", and the facts known at this clock give " + now +
		": the engine has not reached this clock, or had other facts or another policy. tilsyn verify says which."}
}
