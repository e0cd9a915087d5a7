package dutytest

import (
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// seamCase is a resident with one registration on 5 February that may be a seam, and one of long before that nobody
// has to look at again if it is.
type seamCase struct {
	name string
	// lines are in the notation of testdata/scripts; the row in question has the id k. Where there are none, it is a
	// passage out at 10:00.
	lines string
	// row changes it, change the facts.
	row    func(k *duty.Known[duty.CardEvent])
	change func(c *testCase)
	// from is the date on which the units begin, 2026-02-10 where it is empty.
	from string
	seam bool
}

// otherRegister is the built-in policy with other entries of its register.
func otherRegister(change func(p *duty.Policy)) func(*testCase) {
	return func(c *testCase) {
		p := *builtin
		p.Devices, p.Centres = slices.Clone(p.Devices), slices.Clone(p.Centres)
		change(&p)
		c.policies = []duty.ActivePolicy{{From: duty.Beginning, Policy: &p}}
	}
}

// assigned gives somebody a card.
func assigned(card, person string) func(*testCase) {
	return func(c *testCase) {
		from := when("2026-01-05")
		c.facts.CardAssignments = append(c.facts.CardAssignments, duty.Known[duty.CardAssignment]{At: from,
			Fact: duty.CardAssignment{ID: "other", Version: 1, ReceivedAt: from, CardID: card, PersonID: person,
				CardType: duty.CardTypeBiometric, ValidFrom: from}})
	}
}

// at60Days is the first instant at which a seam for units from 10 February on is looked for.
const at60Days = "OUT 2025-12-11T23:15 [id=k]"

var seamsOfRows = []seamCase{
	{name: "a passage by itself", seam: true},
	{name: "a passage in", lines: "IN 2026-02-05T10:00 [id=k]", seam: true},
	{name: "a report at a stand", lines: "REP 2026-02-05T10:00 [id=k]", seam: true},
	{name: "a report to a staff scanner", lines: "REP 2026-02-05T10:00 [id=k,scan,bar]", seam: true},
	{name: "a first scan", lines: "OUT 2026-02-05T10:00 [id=k,scan1]"},
	{name: "a refused attempt", row: func(k *duty.Known[duty.CardEvent]) {
		k.Fact.Kind = duty.CardEventKindLockedAttempt
	}},
	{name: "no direction", row: func(k *duty.Known[duty.CardEvent]) {
		k.Fact.Direction = duty.Some(duty.DirectionUnknown)
	}},
	{name: "taken back", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.Retracted = true }},
	{name: "a key fob", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.CardType = duty.CardTypeKeyFob }},
	{name: "an offline lock", row: func(k *duty.Known[duty.CardEvent]) {
		k.Fact.DeviceID, k.Fact.DeviceType = "KH-room", duty.DeviceTypeOfflineLock
	}, change: otherRegister(func(p *duty.Policy) {
		p.Devices = append(p.Devices, duty.Device{ID: "KH-room", CentreID: "KH", Type: duty.DeviceTypeOfflineLock,
			From: duty.Beginning, To: duty.Forever})
	})},
	{name: "somebody else", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.PersonID = duty.Some("P-2") }},
	{name: "nobody", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.PersonID = duty.None[string]() }},
	{name: "a card of everybody", change: func(c *testCase) { c.facts.AddCrowd(duty.Crowd{CardID: "P-bio"}) }},
	{name: "another card of everybody", change: func(c *testCase) { c.facts.AddCrowd(duty.Crowd{CardID: "x"}) },
		seam: true},
	{name: "a card that somebody else holds", change: assigned("P-bio", "P-2")},
	{name: "a card that the person holds", change: assigned("P-bio", "P"), seam: true},
	{name: "another card that somebody else holds", change: assigned("x", "P-2"), seam: true},
	{name: "received as it happens", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.ReceivedAt = k.Fact.OccurredAt },
		seam: true},
	{name: "ahead of its receipt", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.ReceivedAt = k.Fact.OccurredAt - 1 }},
	{name: "known just before the night before", lines: "OUT 2026-02-05T10:00 [id=k,rx=2026-02-09T22:59:59]", seam: true},
	{name: "known in the night before", lines: "OUT 2026-02-05T10:00 [id=k,rx=2026-02-09T23:00]"},
	{name: "known as late as can be", lines: "OUT 2026-02-05T10:00 [id=k,rx=2026-02-19T10:00]", from: "2026-03-01",
		seam: true},
	{name: "known late", lines: "OUT 2026-02-05T10:00 [id=k,rx=2026-02-19T10:00:01]", from: "2026-03-01"},
	{name: "a device that is not registered", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.DeviceID = "x" }},
	{name: "a device of another kind", row: func(k *duty.Known[duty.CardEvent]) {
		k.Fact.DeviceType = duty.DeviceTypeHandheld
	}},
	{name: "a device of another centre", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.CentreID = "SJ" }},
	{name: "a passage at a device for reports", change: otherRegister(func(p *duty.Policy) {
		for i := range p.Devices {
			p.Devices[i].Reports = true
		}
	})},
	{name: "a passage where there is no stand", change: withoutStands, seam: true},
	{name: "a report where there is no stand", lines: "REP 2026-02-05T10:00 [id=k]", change: withoutStands},
	{name: "sixty days before", lines: at60Days, seam: true},
	{name: "more than sixty days before", lines: at60Days, row: func(k *duty.Known[duty.CardEvent]) {
		k.Fact.OccurredAt--
	}},
	{name: "what makes no sense", row: func(k *duty.Known[duty.CardEvent]) { k.Fact.CardID += "\t" }},
	{name: "two versions, hours apart", change: func(c *testCase) {
		k := c.facts.CardEvents[len(c.facts.CardEvents)-1]
		k.Fact.Version, k.Fact.OccurredAt = 2, k.Fact.OccurredAt-2*duty.Hour
		c.facts.CardEvents = append(c.facts.CardEvents, k)
	}},
}

// withoutStands is a register of centres without a side of the stand.
var withoutStands = otherRegister(func(p *duty.Policy) {
	for i := range p.Centres {
		p.Centres[i].NoStand = true
	}
})

// passageOut is where the row in question stands if no line says so.
const passageOut = "OUT 2026-02-05T10:00 [id=k]"

var seamsWithOthersNear = []seamCase{
	{name: "a row a movement before", lines: "OUT 2026-02-05T09:57 [id=x,scan1]\n" + passageOut},
	{name: "a row more than a movement before", lines: "OUT 2026-02-05T09:56:59 [id=x,scan1]\n" + passageOut, seam: true},
	{name: "a row a movement after", lines: "OUT 2026-02-05T10:03 [scan1]\n" + passageOut},
	{name: "a row more than a movement after", lines: "OUT 2026-02-05T10:03:01 [scan1]\n" + passageOut, seam: true},
	{name: "a row received a movement after", lines: "OUT 2026-02-05T12:00 [scan1,rx=2026-02-05T10:03]\n" + passageOut},
	{name: "paper a quarter of an hour before", lines: "CHECK 2026-02-05T09:45 present\n" + passageOut},
	{name: "paper more than that before", lines: "CHECK 2026-02-05T09:44:59 present\n" + passageOut, seam: true},
	{name: "paper a quarter of an hour after", lines: "CHECK 2026-02-05T10:15 present\n" + passageOut},
	{name: "paper a millisecond more after", lines: "CHECK 2026-02-05T10:15 present\n" + passageOut,
		row: func(k *duty.Known[duty.CardEvent]) { k.Fact.OccurredAt-- }, seam: true},
	{name: "paper that was nobody's", lines: "PAPER 2026-02-05T10:10 IN [own=2026-02-05T12:00]\n" + passageOut},
}

// TestSeams holds for each condition of a seam that registrations before one that meets it are left out, and that
// none are where it does not.
func TestSeams(t *testing.T) {
	for _, x := range slices.Concat(seamsOfRows, seamsWithOthersNear) {
		t.Run(x.name, func(t *testing.T) {
			lines := x.lines
			if lines == "" {
				lines = passageOut
			}
			s, err := newScript("EN3\nOUT 2025-11-10T10:00 [id=old]\nOUT 2025-11-10T10:01\n" + lines)
			if err != nil {
				t.Fatal(err)
			}
			if x.change != nil {
				x.change(s.c)
			}
			for i := range s.c.facts.CardEvents {
				if k := &s.c.facts.CardEvents[i]; x.row != nil && k.Fact.ID == "k" {
					x.row(k)
				}
			}
			from := x.from
			if from == "" {
				from = "2026-02-10"
			}
			less, ok := duty.Support(s.c.core(), dateOfText(from))
			var ids []string
			for _, k := range less.Person.CardEvents {
				ids = append(ids, k.Fact.ID)
			}
			if ok != x.seam || slices.Contains(ids, "old") == x.seam || !slices.Contains(ids, "k") {
				t.Errorf("a seam: %v, not %v; rows %s", ok, x.seam, strings.Join(ids, " "))
			}
		})
	}
}
