package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"tilsyn/engine/duty"
)

// MinFaultDays is the shortest simulation in which a plan happens.
const MinFaultDays = 10

// planEvery is how many days a plan waits before it happens once more.
const planEvery = 30

var planKinds = []planKind{
	{plan: SilentDevice, seen: []Sign{SignHeartbeats, SignNumbers}, numbers: true, beats: true, make: (*maker).silentDevice},
	{plan: DeviceClock, seen: []Sign{SignReceipt}, beats: true, make: (*maker).deviceClock},
	{plan: ServerOutage, seen: []Sign{SignHeartbeats, SignIncident, SignMarkers}, make: (*maker).serverOutage},
	{plan: ServerOutageUnwritten, seen: []Sign{SignHeartbeats, SignMarkers}, beats: true, make: (*maker).serverOutageUnwritten},
	{plan: BackupHole, seen: []Sign{SignHeartbeats, SignNumbers}, numbers: true, make: (*maker).backupHole},
	{plan: StoppedFeed, seen: []Sign{SignHeartbeats}, beats: true, make: (*maker).stoppedFeed},
	{plan: HeartbeatWithoutData, seen: []Sign{SignNumbers}, numbers: true, beats: true, make: (*maker).heartbeatWithoutData},
	{plan: DataWithoutHeartbeat, seen: []Sign{SignHeartbeats}, beats: true, make: (*maker).dataWithoutHeartbeat},
	{plan: NumbersReset, seen: []Sign{SignNumbers}, numbers: true, make: (*maker).numbersReset},
	{plan: LostRows, seen: []Sign{SignNumbers}, numbers: true, make: (*maker).lostRows},
	{plan: DelayedRows, seen: []Sign{SignNumbers}, numbers: true, make: (*maker).delayedRows},
	{plan: DuplicatedRows, seen: []Sign{SignIDs}, make: (*maker).duplicatedRows},
	{plan: ReorderedRows, seen: []Sign{SignIDs}, make: (*maker).reorderedRows},
	{plan: OverTheFence, make: (*maker).overTheFence},
	{plan: DeadReader, beats: true, make: (*maker).deadReader},
	{plan: FalseMarker, beats: true, make: (*maker).falseMarker},
	{plan: BackupHoleUnnamed, numbers: true, make: (*maker).backupHoleUnnamed},
	{plan: SlightClock, make: (*maker).slightClock},
	{plan: IdentitySplit, make: (*maker).identitySplit},
}

// maker makes one fault of a plan.
type maker struct {
	w    *world
	kind *planKind
	dice *rand.Rand
	// n counts the faults of the simulation.
	n int
	// day is the day on which it begins.
	day duty.Date
}

// makePlans makes the faults of the plans: one each, and another one for every
// planEvery days. Each draws from numbers of its own, so that a plan does the
// same whatever other plans there are.
func (w *world) makePlans() {
	for i := range planKinds {
		k := &planKinds[i]
		if !slices.Contains(w.cfg.Faults.Plans, k.plan) {
			continue
		}
		dice := rand.New(rand.NewPCG(w.cfg.Seed, 11<<56|uint64(i)))
		for from := 0; from == 0 || from+planEvery <= w.cfg.Days; from += planEvery {
			// Not before there is something to lose, and with days left to see it.
			days := min(planEvery, w.cfg.Days-from)
			day := w.cfg.Start + duty.Date(from+3+dice.IntN(max(days-8, 1)))
			k.make(&maker{w: w, kind: k, dice: dice, n: len(w.faults) + 1, day: day})
		}
	}
	slices.SortStableFunc(w.turns, func(a, b turn) int { return int(min(max(a.at-b.at, -1), 1)) })
}

// centre draws one.
func (m *maker) centre() string {
	if m.dice.IntN(3) == 0 {
		return sj
	}
	return kh
}

// device draws one that people pass or report at, most often the carousel.
func (m *maker) device(centre string) string {
	names := []string{
		"-carousel", "-carousel", "-carousel", "-carousel-inner", "-carousel-outer", "-stand", "-stand", "-barcode",
	}
	return centre + names[m.dice.IntN(len(names))]
}

// time draws a beginning by day and an end some hours later. What is to be seen
// by heartbeats lasts longer than the pauses that are none.
func (m *maker) time(least, most int) (from, to duty.Instant) {
	from = at(m.day, hm(10*60+m.dice.IntN(10*60)), m.dice.IntN(60))
	length := duty.Instant(least*60+m.dice.IntN((most-least)*60)) * duty.Minute
	return from, from + max(length, 5*m.w.cfg.Heartbeats)
}

// fault begins the truth about this one.
func (m *maker) fault(centre string, from, to duty.Instant, sources ...string) *Fault {
	f := &Fault{Plan: m.kind.plan, CentreID: centre, Sources: sources, From: from, To: to, Seen: m.kind.seen}
	m.w.faults = append(m.w.faults, f)
	return f
}

func (m *maker) silentDevice() {
	c := m.centre()
	from, to := m.time(4, 30)
	d := m.device(c)
	m.w.over(from, to, &spell{fault: m.fault(c, from, to, d), mute: true, lost: 100}, d)
}

func (m *maker) deviceClock() {
	c := m.centre()
	from, to := m.time(8, 48)
	d := m.device(c)
	off := duty.Instant(6*60+m.dice.IntN(44*60)) * duty.Second
	if m.dice.IntN(2) == 0 {
		off = -off
	}
	f := m.fault(c, from, to, d)
	f.Note = fmt.Sprintf("the clock is ahead by %d s", off/duty.Second)
	m.w.over(from, to, &spell{fault: f, clock: off}, d)
}

func (m *maker) slightClock() {
	c := m.centre()
	from, to := m.time(24, 72)
	d := m.device(c)
	off := duty.Instant(60+m.dice.IntN(180)) * duty.Second
	f := m.fault(c, from, to, d)
	f.Note = fmt.Sprintf("the clock is ahead by %d s", -off/duty.Second)
	m.w.over(from, to, &spell{fault: f, clock: -off}, d)
}

func (m *maker) serverOutage() {
	c := m.centre()
	from, to := m.time(4, 20)
	f := m.fault(c, from, to, m.w.online(c)...)
	f.Note = "guards write forms"
	forms := nextWorkday(localDate(to) + duty.Date(1+m.dice.IntN(3)))
	m.w.outages = append(m.w.outages, outage{
		id: fmt.Sprintf("IN-%s-SERVER-%d", c, m.n), centre: c, kind: duty.IncidentKindServer,
		from: from, to: to, known: from + duty.Instant(5+m.dice.IntN(60))*duty.Minute,
		forms: at(forms, 10*60, 0), complete: at(forms, 14*60, 0),
	})
	m.w.over(from, to, &spell{fault: f, deaf: true, mute: true}, f.Sources...)
}

// unwritten is an outage that nobody writes or tells of.
func (m *maker) unwritten() *Fault {
	c := m.centre()
	from, to := m.time(4, 20)
	f := m.fault(c, from, to, m.w.online(c)...)
	m.w.over(from, to, &spell{fault: f, deaf: true, mute: true}, f.Sources...)
	return f
}

func (m *maker) serverOutageUnwritten() {
	f := m.unwritten()
	f.Note = "nobody writes forms, and OUTAGE_FORMS is not marked for these dates"
	for d := localDate(f.From) - 1; d <= localDate(f.To)+1; d++ {
		m.w.withheld = append(m.w.withheld, logDay{f.CentreID, duty.LogTypeOutageForms, d})
	}
}

func (m *maker) falseMarker() {
	m.unwritten().Note = "nobody writes forms, and OUTAGE_FORMS is marked as if all were in"
}

// hole is a restore that takes hours of rows and heartbeats of a centre away.
func (m *maker) hole() *Fault {
	c := m.centre()
	from, to := m.time(4, 26)
	f := m.fault(c, from, to, m.w.online(c)...)
	m.w.over(from, to, &spell{fault: f, mute: true, lost: 100, forgets: true}, f.Sources...)
	return f
}

func (m *maker) backupHole() {
	f := m.hole()
	if f.Note = "the devices count on"; m.dice.IntN(2) == 0 {
		return
	}
	f.Note = "the numbers begin again, under a new epoch"
	m.eachAt(f.To, f.Sources, func(s *source) { s.epoch, s.last = s.epoch+1, 0 })
}

func (m *maker) backupHoleUnnamed() {
	f := m.hole()
	f.Note = "the counters are set back to the last numbers that arrived"
	before := map[string]int64{}
	m.eachAt(f.From, f.Sources, func(s *source) { before[s.id] = s.last })
	m.eachAt(f.To, f.Sources, func(s *source) { s.last = before[s.id] })
}

// eachAt does something to sources at an instant.
func (m *maker) eachAt(t duty.Instant, ids []string, do func(*source)) {
	m.w.turns = append(m.w.turns, turn{t, func() {
		for _, id := range ids {
			do(m.w.source(id))
		}
	}})
}

func (m *maker) stoppedFeed() {
	from, to := m.time(6, 48)
	feed := duty.Feeds()[m.dice.IntN(len(duty.Feeds()))]
	f := m.fault("", from, to, feed)
	m.w.over(from, to, &spell{fault: f, mute: true}, feed)
	m.w.stops = append(m.w.stops, stop{topic: feed[len("feed:"):], from: from, to: to, fault: f})
}

func (m *maker) heartbeatWithoutData() {
	c := m.centre()
	from, to := m.time(4, 30)
	d := m.device(c)
	m.w.over(from, to, &spell{fault: m.fault(c, from, to, d), lost: 100}, d)
}

func (m *maker) dataWithoutHeartbeat() {
	c := m.centre()
	from, to := m.time(4, 30)
	d := m.device(c)
	m.w.over(from, to, &spell{fault: m.fault(c, from, to, d), mute: true}, d)
}

func (m *maker) numbersReset() {
	c := m.centre()
	from, to := m.time(1, 14)
	d := m.device(c)
	f := m.fault(c, from, to, d)
	m.w.over(from, to, &spell{fault: f, lost: 100}, d)
	epoch := int64(m.dice.IntN(2))
	f.Note = fmt.Sprintf("the numbers begin again, the epoch rises by %d", epoch)
	m.eachAt(to, f.Sources, func(s *source) { s.epoch, s.last = s.epoch+epoch, 0 })
}

func (m *maker) lostRows() {
	c := m.centre()
	from, to := m.time(12, 72)
	f := m.fault(c, from, to, m.w.online(c)...)
	m.w.over(from, to, &spell{fault: f, lost: 5 + m.dice.IntN(40)}, f.Sources...)
}

func (m *maker) delayedRows() {
	c := m.centre()
	from, to := m.time(12, 72)
	f := m.fault(c, from, to, m.w.online(c)...)
	m.w.over(from, to, &spell{fault: f, late: duty.Instant(1+m.dice.IntN(12)) * duty.Hour}, f.Sources...)
}

func (m *maker) duplicatedRows() {
	m.w.way.faults.Duplicate = max(m.w.way.faults.Duplicate, 0.02+0.1*m.dice.Float64())
	m.fault("", at(m.w.cfg.Start, 0, 0), m.w.cfg.Until)
}

func (m *maker) reorderedRows() {
	m.w.way.faults.Reorder = max(m.w.way.faults.Reorder, 20+m.dice.IntN(500))
	m.fault("", at(m.w.cfg.Start, 0, 0), m.w.cfg.Until)
}

func (m *maker) deadReader() {
	c := m.centre()
	from, to := m.time(4, 30)
	d := m.device(c)
	m.w.over(from, to, &spell{fault: m.fault(c, from, to, d), deaf: true}, d)
}
