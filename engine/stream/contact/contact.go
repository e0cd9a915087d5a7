package contact

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"tilsyn/engine/casefile"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// Config says whose records are looked at.
type Config struct {
	// Policy has the register of centres and devices.
	Policy *duty.Policy
	// Codec decodes records.
	Codec broker.Codec
	// Partitions is how many partitions each topic has, by name without prefix.
	Partitions map[string]int32
	// Source is a device, or a source of heartbeats, whose records alone count; empty: all. What cannot be
	// decoded always counts, since nobody can tell whose it is.
	Source string
}

// Finding is one kind of mistake in the records of one topic.
type Finding struct {
	// Code names the kind.
	Code  string
	Topic string
	// Of is the device, source or centre that it is about; empty for the topic.
	Of string
	// Records is how many records have it, Partition and Offset where the first of them is, by partition
	// and offset; -1 where it is about none in particular.
	Records   int
	Partition int32
	Offset    int64
	// Wrong says what is wrong, Do what to do.
	Wrong, Do string
}

// findingKey is what makes two mistakes one finding.
type findingKey struct{ code, topic, of, wrong string }

// Check gathers what is wrong with records. It serves one goroutine.
type Check struct {
	cfg      Config
	seed     maphash.Seed
	findings map[findingKey]*Finding
	// taken is how many records were looked at, by topic.
	taken   map[string]int
	facts   map[factKey]uint64
	devices map[string]*device
	// beats are the sources of which heartbeats came.
	beats map[string]bool
}

// factKey is a version of a fact.
type factKey struct {
	topic, id string
	version   int64
}

// New returns an empty check.
func New(cfg Config) *Check {
	return &Check{cfg: cfg, seed: maphash.MakeSeed(), findings: map[findingKey]*Finding{}, taken: map[string]int{},
		facts: map[factKey]uint64{}, devices: map[string]*device{}, beats: map[string]bool{}}
}

// Topics are the topics whose records a producer's check takes: all inputs but those that `tilsyn` itself
// writes.
func Topics() []string {
	var out []string
	for _, t := range duty.Topics() {
		if (t.Class == duty.ClassPersonInput || t.Class == duty.ClassCentreInput) && t.Name != duty.TopicPolicies {
			out = append(out, t.Name)
		}
	}
	return out
}

// Taken is how many records of a topic were looked at.
func (c *Check) Taken(topic string) int { return c.taken[topic] }

// add notes a mistake of a record; nil is about none in particular.
func (c *Check) add(r *broker.Record, code, topic, of, wrong, do string) {
	k := findingKey{code, topic, of, wrong}
	f := c.findings[k]
	if f == nil {
		f = &Finding{Code: code, Topic: topic, Of: of, Partition: -1, Offset: -1, Wrong: wrong, Do: do}
		c.findings[k] = f
	}
	if r == nil {
		return
	}
	f.Records++
	if f.Partition < 0 || r.Index < f.Partition || r.Index == f.Partition && r.Offset < f.Offset {
		f.Partition, f.Offset = r.Index, r.Offset
	}
}

// Take looks at one record. Its slices may be reused afterwards.
func (c *Check) Take(r *broker.Record) {
	if r.Fault != nil {
		c.taken[r.Topic]++
		c.add(r, "UNREADABLE", r.Topic, "", fmt.Sprintf("it cannot be taken out of its batch: %v", r.Fault),
			"send it again, smaller or with another compression")
		return
	}
	record, err := c.cfg.Codec.Decode(r.Topic, r.Value)
	if err != nil {
		c.taken[r.Topic]++
		c.add(r, "SCHEMA", r.Topic, "", fmt.Sprintf("its value is no record of the contract: %v", err),
			fmt.Sprintf("write it by the schema of `tilsyn schemas show %s`, framed as contract §1 says", r.Topic))
		return
	}
	if source, named := sourceOf(record); c.cfg.Source != "" && named && source != c.cfg.Source {
		return
	}
	c.taken[r.Topic]++
	c.key(r, record)
	c.head(r, record)
	c.centre(r, record)
	switch v := record.(type) {
	case *duty.CardEvent:
		c.row(r, v)
	case *duty.Heartbeat:
		c.beat(r, v)
	}
}

// sourceOf names the source of a record, where it names one.
func sourceOf(record any) (source string, named bool) {
	switch v := record.(type) {
	case *duty.CardEvent:
		return v.DeviceID, true
	case *duty.Heartbeat:
		return v.SourceID, true
	case *duty.Reconciliation:
		return v.DeviceID, true
	}
	return "", false
}

// key checks that a record lies under its key, and in the partition of murmur2.
func (c *Check) key(r *broker.Record, record any) {
	n := c.cfg.Partitions[r.Topic]
	err := casefile.KeyFault(r.Topic, string(r.Key), r.Index, record, func(key string) int32 {
		if n == 0 {
			return r.Index
		}
		return topics.Partition([]byte(key), n)
	})
	switch {
	case errors.Is(err, casefile.ErrElsewhere):
		c.add(r, "PARTITION", r.Topic, "", "its key belongs to another partition",
			"use the murmur2 partitioner: the default in Java, partitioner=murmur2_random in librdkafka and what is built on it")
		return
	case err != nil:
		c.add(r, "KEY", r.Topic, "", err.Error(), "write "+casefile.KeyField(record)+" as the key, in UTF-8")
		return
	}
	t, _ := duty.TopicOf(r.Topic)
	if want, ok := casefile.Key(record); ok && !t.ByTask && r.Topic != duty.TopicResolutions && want != string(r.Key) {
		c.add(r, "KEY", r.Topic, "", "its key is not its "+casefile.KeyField(record),
			"write "+casefile.KeyField(record)+" as the key, in UTF-8")
	}
}

// head checks id and time of receipt.
func (c *Check) head(r *broker.Record, record any) {
	head, ok := schemas.HeadOf(record)
	if !ok {
		return
	}
	if !duty.UsableKey(head.ID) {
		c.add(r, "ID", r.Topic, "", "its id is not usable", "give 1 to 256 bytes of UTF-8 without blanks at the ends")
		return
	}
	k := factKey{r.Topic, head.ID, head.Version}
	sum := maphash.Bytes(c.seed, r.Value)
	if before, ok := c.facts[k]; ok && before != sum {
		c.add(r, "ID_TWICE", r.Topic, "", "its id and version came before with another content",
			"give each fact an id of its own, and each correction a higher version")
	}
	c.facts[k] = sum
	if r.Stamped {
		c.ahead(r, "received_at", head.ReceivedAt-r.At)
	}
}

// How much a time may be ahead of the brokers', and by how much one is that is local time sent as UTC
// (CLOCK_OFFSET, contract §1).
const (
	mayBeAhead = 5 * 60_000
	hour       = 60 * 60_000
)

// ahead checks a time against that of the broker. In Denmark local time is one or two hours ahead of UTC.
func (c *Check) ahead(r *broker.Record, field string, by duty.Instant) {
	switch {
	case by <= mayBeAhead:
	case by%hour <= mayBeAhead && by/hour >= 1 && by/hour <= 2, by%hour >= hour-mayBeAhead && by/hour <= 1:
		c.add(r, "ZONE", r.Topic, "",
			field+" is one or two whole hours after the broker had the record: local time sent as if it were UTC",
			"convert Danish local time to UTC before sending, with the zone Europe/Copenhagen")
	default:
		c.add(r, "CLOCK", r.Topic, "", field+" is more than five minutes after the broker had the record",
			"keep the clock of the source by a time service (NTP)")
	}
}

// centre checks that the register knows the centre that a record names.
func (c *Check) centre(r *broker.Record, record any) {
	centre := casefile.CentreOf(record)
	switch v := record.(type) {
	case *duty.Notice:
		centre = v.CentreID
	case *duty.ManualEntry:
		centre = v.CentreID
	}
	if centre == "" || centre == duty.AllCentres || c.cfg.Policy.Registered(centre) {
		return
	}
	c.add(r, "CENTRE", r.Topic, "", "the register has no centre of that name",
		"write one of `tilsyn policy show`, or have the centre registered in the policy")
}

// Findings are the mistakes, by code, topic and source.
func (c *Check) Findings() []Finding {
	c.rows()
	var out []Finding
	for _, f := range c.findings {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Of, b.Of),
			cmp.Compare(a.Wrong, b.Wrong))
	})
	return out
}

// Sources are the devices and sources of heartbeats that were seen, sorted.
func (c *Check) Sources() []string {
	all := map[string]bool{}
	maps.Copy(all, c.beats)
	for id := range c.devices {
		all[id] = true
	}
	return slices.Sorted(maps.Keys(all))
}
