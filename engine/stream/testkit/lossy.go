package testkit

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
)

// LossyPolicy is the text of a policy for Lossy: devices and feeds report themselves seldom, so that days
// with all their heartbeats stay small.
const LossyPolicy = "heartbeat.interval: PT1H\nheartbeat.missed: 4\nstaleness.stop_after: P1D\n"

// LossyMidst is a time in the midst of the days of Lossy.
func LossyMidst(days int) duty.Instant {
	return (seeds.Start + duty.Instant(days)*duty.Day/2).Date().Start()
}

// lossyBeat is about how often a source of Lossy sends a heartbeat: less than LossyPolicy allows.
const lossyBeat = 3 * duty.Hour

// lossyDevices are those with rows and heartbeats; the register does not know the last one.
var lossyDevices = []string{"KH-carousel", "SJ-carousel", "KH-stand", "KH-unknown"}

// Lossy adds to facts what the watch reads, and everything that may be wrong with it: its devices number
// their rows and send heartbeats; rows and heartbeats are lost, late, corrected, or of a clock that is
// off; numberings begin again, with a new epoch or without; feeds stop and come back; several persons
// lose one passage each within minutes; and people count rows, declare losses and change devices. The same
// seed gives
// the same facts, sorted by time.
func Lossy(rng *rand.Rand, feeds []Feed, persons, days int) []Feed {
	l := lossy{rng: rng, end: seeds.Start + duty.Instant(days)*duty.Day}
	for _, id := range lossyDevices {
		l.devices = append(l.devices, &lossyDevice{id: id, next: seeds.Start + l.up(duty.Day), silent: duty.Forever})
	}
	feeds = l.together(feeds, persons)
	var rows []Feed
	for i := range feeds {
		if e, ok := feeds[i].Record.(*duty.CardEvent); ok && l.device(e.DeviceID) != nil {
			rows = append(rows, feeds[i])
		} else {
			l.out = append(l.out, feeds[i])
		}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		return rows[i].Record.(*duty.CardEvent).OccurredAt < rows[j].Record.(*duty.CardEvent).OccurredAt
	})
	sent := map[[2]string]*duty.CardEvent{} // a row that comes again is the same
	for i := range rows {
		e := rows[i].Record.(*duty.CardEvent)
		if again := sent[[2]string{rows[i].Key, e.ID}]; again != nil {
			l.add(rows[i].At+l.up(duty.Hour), duty.TopicCardEvents, rows[i].Key, again)
			continue
		}
		for _, d := range l.devices {
			l.live(d, e.OccurredAt)
		}
		if row := l.row(l.device(e.DeviceID), &rows[i], e); row != nil {
			sent[[2]string{rows[i].Key, e.ID}] = row
		}
	}
	for _, d := range l.devices {
		l.live(d, l.end)
	}
	for _, source := range []string{duty.FeedPrefix + duty.TopicCardEvents, duty.FeedPrefix + duty.TopicPermissions} {
		if rng.IntN(3) == 0 {
			l.feed(source)
		}
	}
	l.people(days)
	for range l.rng.IntN(3) {
		at := seeds.Start + l.up(l.end-seeds.Start)
		l.add(at+l.pick(0, duty.Hour), duty.TopicChangeMarks, "AMS", &duty.ChangeMark{ID: l.id("change"), Version: 1,
			ReceivedAt: at, System: "AMS", At: at, Description: "firmware"})
	}
	sort.SliceStable(l.out, func(i, j int) bool { return l.out[i].At < l.out[j].At })
	return l.out
}

// lossy is what Lossy has made so far.
type lossy struct {
	rng     *rand.Rand
	end     duty.Instant
	devices []*lossyDevice
	out     []Feed
	n       int
}

// lossyDevice is a device as it stands.
type lossyDevice struct {
	id         string
	seq, epoch int64
	// next is its next heartbeat; it says nothing from silent on, until back.
	next, silent, back duty.Instant
	// offset is how far its clock is ahead until right.
	offset, right duty.Instant
	// rows are those that it has written, of the present day since its start.
	rows  int64
	since duty.Instant
}

func (l *lossy) device(id string) *lossyDevice {
	if i := slices.IndexFunc(l.devices, func(d *lossyDevice) bool { return d.id == id }); i >= 0 {
		return l.devices[i]
	}
	return nil
}

// once is true once in n times, up is a time of less than d.
func (l *lossy) once(n int) bool                        { return l.rng.IntN(n) == 0 }
func (l *lossy) up(d duty.Instant) duty.Instant         { return duty.Instant(l.rng.Int64N(int64(d))) }
func (l *lossy) id(kind string) string                  { l.n++; return fmt.Sprint(kind, l.n) }
func (l *lossy) pick(list ...duty.Instant) duty.Instant { return list[l.rng.IntN(len(list))] }

func (l *lossy) add(at duty.Instant, topic, key string, record any) {
	l.out = append(l.out, Feed{At: at, Topic: topic, Key: key, Record: record})
}

// together lets most persons go out twice at one centre within minutes, once with the way back lost: what
// several cards with anti-passback show is no matter of one person (W-38).
func (l *lossy) together(feeds []Feed, persons int) []Feed {
	at := seeds.Start + duty.Day + l.up(l.end-seeds.Start-duty.Day)
	for i := range persons {
		who := fmt.Sprint("Qperson", i)
		card := &duty.CardAssignment{ID: l.id("card"), Version: 1, ReceivedAt: seeds.Start, CardID: "Qcard" + who,
			PersonID: who, CardType: duty.CardTypeBiometric, ValidFrom: seeds.Start - duty.Day,
			AntiPassback: duty.AntiPassbackOn, Created: duty.CardCreationAutomatic}
		told := seeds.Start + l.up(2*duty.Day)
		feeds = append(feeds, Feed{At: told, Topic: duty.TopicCardAssignments, Key: who, Record: card})
		if l.once(4) {
			continue
		}
		for n := range duty.Instant(2) {
			t := at + n*20*duty.Minute + l.up(12*duty.Minute)
			known := t + l.pick(duty.Second, duty.Second, duty.Day)
			feeds = append(feeds, Feed{At: known, Topic: duty.TopicCardEvents, Key: who, Record: &duty.CardEvent{
				ID: l.id("out"), Version: 1, ReceivedAt: known, PersonID: duty.Some(who), CardID: "Qcard" + who,
				CardType: duty.CardTypeBiometric, CentreID: "KH", DeviceID: "KH-carousel",
				DeviceType: duty.DeviceTypeCarousel, Kind: duty.CardEventKindPassage, Scan: duty.ScanComplete,
				Direction: duty.Some(duty.DirectionOut), OccurredAt: t}})
		}
	}
	return feeds
}

// live lets a device send its heartbeats before a time, and things happen to it.
func (l *lossy) live(d *lossyDevice, until duty.Instant) {
	for ; d.next < until; d.next += lossyBeat - duty.Hour + l.up(2*duty.Hour) {
		at := d.next
		if at >= d.right {
			d.offset = 0
		}
		switch l.rng.IntN(24) {
		case 0:
			d.silent, d.back = at, at+l.pick(3*duty.Hour, 9*duty.Hour, 40*duty.Hour)
		case 1:
			d.offset, d.right = l.pick(20*duty.Second, 6*duty.Minute, 14*duty.Minute, -7*duty.Minute), at+l.up(duty.Day)
		case 2:
			d.seq = int64(l.rng.IntN(3)) // the counter was set back, and the epoch says so, or not
			if l.once(2) {
				d.epoch++
			}
		case 3:
			l.count(d, at)
		}
		if d.silent <= at && at < d.back || l.once(9) {
			continue
		}
		l.beat(d, at)
	}
}

// beat sends a heartbeat of a device.
func (l *lossy) beat(d *lossyDevice, at duty.Instant) {
	known := at + l.pick(0, duty.Second, duty.Second, duty.Minute, 10*duty.Minute, 30*duty.Hour)
	h := &duty.Heartbeat{ID: l.id("beat"), Version: 1, ReceivedAt: known, SourceID: d.id, At: at + d.offset,
		CentreID: duty.Some(d.id[:2]), SourceEpoch: d.epoch, LastSeq: duty.Opt[int64]{V: d.seq, OK: !l.once(8)}}
	switch l.rng.IntN(40) {
	case 0:
		h.At += 70 * 365 * duty.Day // a clock that nobody has set
	case 1:
		h.SourceEpoch = 7 // forged
	case 2:
		h.SourceID = "KH-nobody"
	case 3:
		later := *h
		later.Version, later.Retracted = 2, l.once(2)
		later.At -= duty.Hour
		l.add(known+l.up(3*duty.Day), duty.TopicHeartbeats, d.id[:2], &later)
	}
	l.add(known, duty.TopicHeartbeats, d.id[:2], h)
}

// row sends a row of a device as it comes to the engine, and returns it; nil if it is lost.
func (l *lossy) row(d *lossyDevice, f *Feed, e *duty.CardEvent) *duty.CardEvent {
	d.seq++
	d.rows++
	row := *e
	row.SourceEpoch, row.SourceSeq = d.epoch, duty.Opt[int64]{V: d.seq, OK: !l.once(30)}
	row.OccurredAt += d.offset
	known := f.At
	switch silent := d.silent <= e.OccurredAt && e.OccurredAt < d.back; {
	case l.once(7) || silent && l.once(2):
		return nil
	case silent:
		known = max(known, d.back) + l.up(duty.Hour) // it had kept them
	case l.once(6):
		known += l.pick(duty.Minute, 6*duty.Hour, 3*duty.Day, 15*duty.Day)
	}
	l.add(known, duty.TopicCardEvents, f.Key, &row)
	if l.once(15) {
		later := row
		later.Version, later.Retracted = 2, l.once(2)
		later.SourceSeq.V += int64(l.rng.IntN(2))
		l.add(known+l.up(3*duty.Day), duty.TopicCardEvents, f.Key, &later)
	}
	return &row
}

// count says how many rows a device has written since it was last counted, right or not.
func (l *lossy) count(d *lossyDevice, at duty.Instant) {
	from := max(d.since, seeds.Start)
	known := at + l.pick(duty.Minute, duty.Hour, 3*duty.Day)
	l.add(known, duty.TopicReconciliations, d.id[:2], &duty.Reconciliation{ID: l.id("count"), Version: 1,
		ReceivedAt: known, DeviceID: d.id, From: from, To: at, Rows: d.rows + int64(l.rng.IntN(5)/4)})
	d.rows, d.since = 0, at
}

// feed sends heartbeats of a feed, which stops for a while or for good.
func (l *lossy) feed(source string) {
	var centre duty.Opt[string]
	key := source
	if l.once(2) {
		centre, key = duty.Some("KH"), "KH"
	}
	stops, back := l.end, l.end
	if l.once(2) {
		stops = seeds.Start + l.up(l.end-seeds.Start)
		back = stops + l.pick(duty.Hour, duty.Day, 20*duty.Day)
	}
	for at := seeds.Start + l.up(2*duty.Day); at < l.end+8*duty.Day; at += lossyBeat - duty.Hour + l.up(2*duty.Hour) {
		if at >= l.end { // the world goes on without facts
			at += 9 * duty.Hour
		}
		if stops <= at && at < back || l.once(12) {
			continue
		}
		known := at + l.pick(0, duty.Second, duty.Hour)
		l.add(known, duty.TopicHeartbeats, key, &duty.Heartbeat{ID: l.id("feed"), Version: 1, ReceivedAt: known,
			SourceID: source, CentreID: centre, At: at})
	}
}

// people declares losses, of which some contain what the watch finds.
func (l *lossy) people(days int) {
	for range l.rng.IntN(3) {
		from := seeds.Start + l.up(l.end-seeds.Start)
		known := from + l.up(duty.Instant(days)*duty.Day)
		v := &duty.Incident{ID: l.id("loss"), Version: 1, ReceivedAt: known, IncidentID: l.id("incident"), CentreID: "KH",
			From: from, To: duty.Opt[duty.Instant]{V: from + l.up(3*duty.Day), OK: !l.once(4)}, DeviceIDs: []string{},
			Kind:        []duty.IncidentKind{duty.IncidentKindDevice, duty.IncidentKindSuspectedLoss}[l.rng.IntN(2)],
			FormsStatus: duty.FormsStatusComplete, State: duty.IncidentStateActive, Origin: duty.OriginHuman}
		if l.once(3) {
			v.FormsStatus = duty.FormsStatusPending
		}
		if l.once(3) {
			v.DeviceIDs = []string{"KH-carousel"}
		}
		l.add(known, duty.TopicIncidents, "KH", v)
	}
}
