package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// Plan is something that goes wrong, named as in --fault. What happens in the
// world, what of it the data show, and when, follow from Config.Seed.
type Plan string

// The plans whose loss the data show: to an engine that watches heartbeats,
// numbers, markers and receipts it must accuse nobody.
const (
	// SilentDevice: a device is cut off for hours. It goes on registering and
	// counting, but what it kept is lost before the line is back. Visible: no
	// heartbeats, and a gap in the numbers.
	SilentDevice Plan = "silent-device"
	// DeviceClock: the clock of a device runs 6 to 50 minutes ahead or behind, and
	// rows and heartbeats carry its time. Nothing is lost. Visible: heartbeats
	// come before or long after the time that they name.
	DeviceClock Plan = "device-clock"
	// ServerOutage: the server of a centre is down; the readers write nothing,
	// guards write forms, somebody reports it at once, and OUTAGE_FORMS is marked
	// when the forms are in. Visible: no heartbeats, an incident, late markers.
	ServerOutage Plan = "server-outage"
	// ServerOutageUnwritten: the same, but nobody writes forms, nobody reports
	// anything, and the office does not mark OUTAGE_FORMS for these dates. Visible:
	// no heartbeats, and markers that never come.
	ServerOutageUnwritten Plan = "server-outage-unwritten"
	// BackupHole: the server of a centre is restored from a backup that is hours
	// old; rows and heartbeats since then are gone. The devices count on, or the
	// server counts and raises the epoch on the restore. Visible: a gap or a new
	// epoch.
	BackupHole Plan = "backup-hole"
	// StoppedFeed: one feed stands still for up to two days; then all that waited
	// arrives at once. Nothing is lost. Visible: the feed sends no heartbeats.
	StoppedFeed Plan = "stopped-feed"
	// HeartbeatWithoutData: the heartbeats of a device go on, its rows are lost on
	// the way. Visible: its heartbeats name numbers that never arrive.
	HeartbeatWithoutData Plan = "heartbeat-without-data"
	// DataWithoutHeartbeat: the heartbeats of a device stay away, its rows arrive.
	// Nothing is lost. Visible: silence, and afterwards the proof that all arrived.
	DataWithoutHeartbeat Plan = "data-without-heartbeat"
	// NumbersReset: a device loses its memory: rows that it had not sent are gone,
	// and its numbers begin again, with or without a new epoch. Visible: numbers
	// that fall, or a new epoch, beside a gap.
	NumbersReset Plan = "numbers-reset"
	// LostRows: of the rows of a centre some are lost, one by one. Visible: gaps.
	LostRows Plan = "lost-rows"
	// DelayedRows: rows of a centre come up to twelve hours late. Nothing is lost.
	// Visible: gaps that fill.
	DelayedRows Plan = "delayed-rows"
	// DuplicatedRows: facts come twice. Nothing is lost and nothing changes.
	DuplicatedRows Plan = "duplicated-rows"
	// ReorderedRows: facts leave their order. Nothing is lost and nothing changes.
	ReorderedRows Plan = "reordered-rows"
)

// The plans whose loss no data show. Who suffers by them is counted.
const (
	// OverTheFence: residents leave by the gate, climb back in, sleep in their
	// rooms and climb out in the morning.
	OverTheFence Plan = "over-the-fence"
	// DeadReader: a reader registers nothing and counts nothing, while its
	// heartbeats go on; people pass. Only a burst of passages that do not fit
	// together can tell.
	DeadReader Plan = "dead-reader"
	// FalseMarker: as ServerOutageUnwritten, but the office marks OUTAGE_FORMS as
	// if all were in: a silence dissolves that ought not to.
	FalseMarker Plan = "false-marker"
	// BackupHoleUnnamed: as BackupHole, but the counters are set back to the last
	// numbers that arrived, and no epoch is raised (contract-watch 6.3, A-22).
	BackupHoleUnnamed Plan = "backup-hole-unnamed"
	// SlightClock: the clock of a device runs 1 to 4 minutes behind: less than
	// heartbeats can show (REL-10).
	SlightClock Plan = "slight-clock"
	// IdentitySplit: residents have a second number and card, joined by a link. An
	// office parts the two by mistake and joins them again some days later.
	IdentitySplit Plan = "identity-split"
)

// planKind is what is to be known of a plan before it happens.
type planKind struct {
	plan Plan
	// seen are the signs by which the data show it; none: they do not.
	seen []Sign
	// numbers and beats are set where it means nothing without row numbers, or
	// without heartbeats.
	numbers, beats bool
	// make puts it into the world.
	make func(*maker)
}

// Sign is what the data show of a fault.
type Sign string

// The signs.
const (
	SignHeartbeats Sign = "HEARTBEATS"
	SignNumbers    Sign = "NUMBERS"
	SignMarkers    Sign = "MARKERS"
	SignReceipt    Sign = "RECEIPT"
	SignIncident   Sign = "INCIDENT"
	SignIDs        Sign = "IDS"
)

// Visible reports whether the data show the loss that a plan brings about.
func (p Plan) Visible() bool { return len(p.kind().seen) > 0 }

func (p Plan) kind() *planKind {
	for i := range planKinds {
		if planKinds[i].plan == p {
			return &planKinds[i]
		}
	}
	return &planKind{}
}

// Plans lists every plan, those that the data show first.
func Plans() []Plan {
	out := make([]Plan, len(planKinds))
	for i := range planKinds {
		out[i] = planKinds[i].plan
	}
	return out
}

// checkPlans refuses plans that there are not, and those that would mean
// nothing with these settings.
func (c *Config) checkPlans() error {
	for i, p := range c.Faults.Plans {
		k := p.kind()
		switch {
		case k.make == nil:
			return fmt.Errorf("--fault %s: there is no such plan; take one of %s", p, planNames())
		case slices.Contains(c.Faults.Plans[:i], p):
			return fmt.Errorf("--fault %s: it is named twice", p)
		case k.numbers && !c.Numbered:
			return fmt.Errorf("--fault %s: it is about the numbers of rows: give --numbered as well", p)
		case k.beats && c.Heartbeats == 0:
			return fmt.Errorf("--fault %s: it is about heartbeats: give --heartbeats as well, such as --heartbeats 15m", p)
		}
	}
	if len(c.Faults.Plans) > 0 && c.Days < MinFaultDays {
		return fmt.Errorf("--fault %s and --days %d: choose %d days or more, so that there is a time before and after",
			c.Faults.Plans[0], c.Days, MinFaultDays)
	}
	return nil
}

func planNames() string {
	var names []string
	for _, p := range Plans() {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}
