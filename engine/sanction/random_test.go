package sanction

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// TestAgainstTheDumbEvaluator compares the summaries of random persons with
// those of the second evaluator, and in a random order of the units with
// themselves. TILSYN_COUNT_PERSONS says how many (1500 at full size, 200 in a plain run), TILSYN_SEED
// which; a failure names the seed of its person.
func TestAgainstTheDumbEvaluator(t *testing.T) {
	persons, seed := seeds.Few(seeds.AtLeast(t, 1500, 800), 200), uint64(20260213)
	if s := os.Getenv("TILSYN_COUNT_PERSONS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("TILSYN_COUNT_PERSONS=%s is no number", s)
		}
		persons = n
	}
	switch s := os.Getenv("TILSYN_SEED"); s {
	case "":
	case "random":
		seed = uint64(time.Now().UnixNano())
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("TILSYN_SEED=%s is neither a number nor random", s)
		}
		seed = n
	}
	told := map[string]int{}
	for i := range persons {
		c := randomCase(rand.New(rand.NewPCG(seed, uint64(i))))
		s := Summarise(c)
		got, want := write(c, s), dumb{c}.summary()
		if got != want {
			t.Fatalf("TILSYN_SEED=%d, person %d: the summary is\n%s\nand the dumb evaluator says\n%s", seed, i, got, want)
		}
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		c.Units = slices.Clone(c.Units)
		r.Shuffle(len(c.Units), func(a, b int) { c.Units[a], c.Units[b] = c.Units[b], c.Units[a] })
		if again := write(c, Summarise(c)); again != got {
			t.Fatalf("TILSYN_SEED=%d, person %d: in another order of the units the summary is\n%s\nnot\n%s", seed, i, again, got)
		}
		for _, l := range s.Sanction {
			told[l.Table]++
			for _, f := range l.Flags {
				told[f.String()]++
			}
		}
	}
	if seeds.Plain() {
		return // too few to reach everything
	}
	// The cases must reach what they are there for.
	for _, name := range []string{
		"T2017", "SKEMA1", "SKEMA2", "SKEMA3", "REJECTED", "BEYOND_TABLE", "GAP", "OVERLAP",
		"CLEARLY_MORE_THAN_10", "NO_SUM", "CONSIDER_PRISON", "NOT_COVERED",
	} {
		seeds.Expect(t, told[name] > 0, "no random person has %s", name)
	}
}

// eras are where units are drawn: around every boundary of the law.
var eras = []string{"2017-02-20", "2018-01-05", "2019-02-20", "2019-05-15", "2020-03-01", "2021-05-15",
	"2024-01-28", "2026-02-01"}

var groups = []duty.Group{
	duty.GroupTolerated, duty.GroupExpelledJudgment, duty.GroupForeignFighter, duty.GroupExpelled25,
	duty.GroupRejected, duty.GroupOtherUnlawful,
}

func randomCase(r *rand.Rand) Case {
	start := dateOf(eras[r.IntN(len(eras))])
	b := person("2026-01-01", groups[r.IntN(len(groups))])
	if r.IntN(4) == 0 {
		b.group((start + duty.Date(r.IntN(20))).String(), groups[r.IntN(len(groups))], groups[r.IntN(len(groups))])
	}
	if r.IntN(20) == 0 {
		b.c.Standing.Groups = b.c.Standing.Groups[1:]
	}
	b.c.Standing.Joined = r.IntN(50) == 0
	b.c.Standing.Params.SanctionLookupEnabled = r.IntN(10) > 0
	length := []int{1, 1, 3, 3, 12, 12, 12, 40, 40, 40, 130, 130, 420, 1400}[r.IntN(14)]
	b.c.At = (start + duty.Date(r.IntN(length+40))).Clock(r.IntN(24)/4*4, r.IntN(60))
	for _, kind := range []duty.Kind{duty.KindStay, duty.KindNotify, duty.KindReport} {
		if r.IntN(3) == 0 {
			continue
		}
		b.c.Standing.Duties = append(b.c.Standing.Duties, duty.BindingSpan{
			Kind: kind, Span: duty.Span{From: start.Start(), To: (start + duty.Date(r.IntN(2*length+1))).Start()},
			Under13: kind == duty.KindStay && r.IntN(2) == 0,
		})
		b.randomUnits(r, kind, start, length)
	}
	statutes := []string{"ALIENS_ACT_60_1", "ALIENS_ACT_60_2", "RETURN_ACT_23_1", "RETURN_ACT_23_2",
		"PENAL_CODE_143", "OTHER", "PENAL_CODE_119"}
	for n := range max(0, r.IntN(9)-3) {
		k := duty.KnownConviction{Conviction: duty.Conviction{
			ID: fmt.Sprint("C", n), Statute: statutes[r.IntN(len(statutes))],
			DecidedAt: (start + duty.Date(r.IntN(2*length+30)-length-20)).Clock(4+r.IntN(20), 0),
		}}
		if r.IntN(4) == 0 {
			k.CoversFromDate = duty.Some(start + duty.Date(r.IntN(length+1)))
		}
		if r.IntN(4) == 0 {
			k.CoversToDate = duty.Some(start + duty.Date(r.IntN(length+1)))
		}
		if r.IntN(6) == 0 {
			k.Breaches = duty.Some(int32(r.IntN(3)))
		}
		b.c.Standing.Convictions = append(b.c.Standing.Convictions, k)
		b.c.Standing.Convicted = true
	}
	if r.IntN(3) > 0 {
		b.c.Reference = duty.Some(b.c.At - duty.Instant(r.Int64N(int64(45*duty.Day))))
	}
	return b.c
}

// randomUnits draws a stretch of units of one duty, mostly of one mood, so that
// large counts and whole months occur.
func (b *builder) randomUnits(r *rand.Rand, kind duty.Kind, start duty.Date, length int) {
	strict := r.IntN(3) > 0
	for i := range length {
		d := start + duty.Date(i)
		switch pick := r.IntN(20); {
		case strict && pick > 0 || pick > 12:
			b.units(kind, d.String(), 1, duty.StatusIndicated)
		case pick > 10:
			b.units(kind, d.String(), 1, duty.StatusNeedsReview)
		case pick > 8:
			b.units(kind, d.String(), 1, duty.StatusWithdrawn)
			b.c.Units[len(b.c.Units)-1].Outcome = []duty.Outcome{duty.OutcomeUndetermined, duty.OutcomeExcluded,
				duty.OutcomeCompliant, duty.OutcomeExcused}[r.IntN(4)]
		case pick > 2:
			b.ledger(kind, d.String(), 1, []duty.Outcome{
				duty.OutcomeCompliant, duty.OutcomeUndetermined, duty.OutcomeExcluded, duty.OutcomeExcused, duty.OutcomeProvisional,
			}[r.IntN(5)])
		}
	}
}

// write gives a summary as the text that the dumb evaluator makes.
func write(c Case, s duty.CaseSummary) string {
	group := "none"
	if s.Group.OK {
		group = s.Group.V.String()
	}
	out := []string{fmt.Sprintf("group %s %d %d", group, s.PriorConvictions, s.Time)}
	for _, m := range s.Months {
		out = append(out, fmt.Sprintf("%s %s %v", m.Month, m.Kind,
			[5]int32{m.Indicated, m.NeedsReview, m.Withdrawn, m.Undetermined, m.Excluded}))
	}
	for i, l := range entriesOf(s) {
		words := strings.Fields(l)
		flags := []string{}
		for _, f := range s.Sanction[i].Flags {
			flags = append(flags, f.String())
		}
		out = append(out, fmt.Sprintf("%s %v", strings.Join(words[:len(words)-len(flags)], " "), flags))
	}
	if !c.Reference.OK || c.Standing.Joined {
		return strings.Join(out, "\n")
	}
	d := s.Detention.V
	line := fmt.Sprintf("detention primary %d", d.PrimaryMonths)
	if d.Reason.OK {
		line += " " + d.Reason.V
	}
	for _, w := range d.Windows {
		line += fmt.Sprintf(" [%d %s %s %d %d %d review %d und %d exc %d nights %d reports %d]", w.Months,
			w.FromDate, w.ToDate, w.Indicated.Stay, w.Indicated.Notify, w.Indicated.Report,
			w.NeedsReview, w.Undetermined, w.Excluded, w.CompliantNights, w.CompliantReports)
	}
	out = append(out, line)
	if x := s.Section143; x.OK {
		out = append(out, fmt.Sprintf("143 %v %v three %d days %d convictions %d", x.V.DutiesImposed,
			x.V.MonthsWithoutPresence, x.V.DaysWithThree, x.V.Days, x.V.Convictions))
	} else {
		out = append(out, "143 none")
	}
	return strings.Join(out, "\n")
}
