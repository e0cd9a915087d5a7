package watching

import (
	"bytes"
	"maps"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/wire"
)

// Coverage is what the owner of the watch has said on the topic coverage, as far as it was read:
// the same for every reader of the same records. Chunks of content become visible together, with
// the record that says up to which clock they hold. It is not safe for concurrent use; its contents
// are.
type Coverage struct {
	// chunks are those that are visible, fresh those read since.
	chunks, fresh map[string][]byte
	said          through
	content       *Content
	// bad says why a record could not be read.
	bad string
}

// Said is one record on the topic coverage.
type Said struct{ Key, Value []byte }

// through is the record that ends what the owner says at a clock.
type through struct {
	// at is the clock, since the first clock at which it said the same, number the number of this
	// content.
	at, since duty.Instant
	number    int64
	// policies are the digests of the policies under which it has looked.
	policies []string
	// count and sum are those of the chunks, by which a reader sees whether it has all of them.
	count, sum uint64
}

// throughKey is the key of that record. Keys of chunks begin with another byte.
var throughKey = []byte{'T'}

// coverageVersion is the first byte of every value.
const coverageVersion = 1

// NewCoverage returns a Coverage of a topic of which nothing was read.
func NewCoverage() *Coverage {
	return &Coverage{chunks: map[string][]byte{}, fresh: map[string][]byte{},
		said: through{at: duty.Beginning, since: duty.Beginning}}
}

// Take takes in a record. Where that makes something visible, done is true, and centres are those
// of which the watch now says something else than before.
func (c *Coverage) Take(key, value []byte) (centres []string, done bool) {
	if !bytes.Equal(key, throughKey) {
		c.fresh[string(key)] = bytes.Clone(value)
		return nil, false
	}
	t, err := readThrough(value)
	if err != nil {
		c.bad, c.content = unreadable, nil
		return nil, true
	}
	for k, v := range c.fresh { //house:order-free sorted below
		if bytes.Equal(c.chunks[k], v) {
			continue
		}
		c.chunks[k] = v
		if centre, ok := centreOfChunk(k); ok {
			centres = append(centres, centre)
		}
	}
	clear(c.fresh)
	slices.Sort(centres)
	centres = slices.Compact(centres)
	same := t.number == c.said.number && c.content != nil && len(centres) == 0
	c.said, c.bad = t, ""
	if same {
		next := *c.content
		next.Through = t.at
		c.content = &next
	} else {
		c.content = nil
	}
	return centres, true
}

// Through returns the clock up to which the owner has spoken; Beginning before its first word.
func (c *Coverage) Through() duty.Instant { return c.said.at }

// Content returns what is visible. It never changes.
func (c *Coverage) Content() *Content {
	if c.content == nil {
		c.content = c.read()
	}
	return c.content
}

// Say returns the records by which the owner says at a clock what it sees under each policy, by
// digest; changed chunks first, and last of all the record that makes them visible. They are taken
// in as said. The clock must not be before that of the last word.
func (c *Coverage) Say(at duty.Instant, opinions map[string]*Opinion) []Said {
	c.mustRise(at)
	maps.Copy(c.chunks, c.fresh) // what a broker that was not ended in order has left of a word
	clear(c.fresh)
	want := map[string][]byte{}
	for digest, o := range opinions { //house:order-free each has keys of its own
		o.chunks(digest, want)
	}
	for k := range c.chunks { //house:order-free it fills a map
		if want[k] == nil {
			want[k] = emptyChunk
		}
	}
	var out []Said
	next := through{at: at, since: c.said.since, number: c.said.number,
		policies: slices.Sorted(maps.Keys(opinions)), count: uint64(len(want)), sum: sumOf(want)}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !bytes.Equal(c.chunks[k], want[k]) {
			out = append(out, Said{[]byte(k), want[k]})
		}
	}
	if len(out) > 0 || !slices.Equal(next.policies, c.said.policies) {
		next.since, next.number = at, next.number+1
	}
	out = append(out, Said{throughKey, next.encode()})
	for i := range out {
		c.Take(out[i].Key, out[i].Value)
	}
	c.mustBeWhole()
	return out
}

// sumOf is a sum over chunks in any order.
func sumOf(chunks map[string][]byte) (sum uint64) {
	for k, v := range chunks { //house:order-free a sum
		var w wire.Writer
		w.Text(k)
		w.Bytes = append(w.Bytes, v...)
		sum += wire.Hash(&w)
	}
	return sum
}

func (t *through) encode() []byte {
	var w wire.Writer
	w.Byte(coverageVersion)
	w.Int(int64(t.at))
	w.Int(int64(t.since))
	w.Int(t.number)
	w.Texts(t.policies)
	w.Uint(t.count)
	w.Fixed(t.sum)
	return w.Bytes
}

func readThrough(b []byte) (through, error) {
	r := wire.Reader{Rest: b}
	if r.Byte() != coverageVersion {
		return through{}, wire.ErrCut
	}
	t := through{at: duty.Instant(r.Int()), since: duty.Instant(r.Int()), number: r.Int(), policies: r.Texts(),
		count: r.Uint(), sum: r.Fixed()}
	return t, r.End()
}

// Why a content cannot be used.
const (
	unreadable = "a record on coverage cannot be read; a newer program wrote it: run that one"
	notWhole   = "some records on coverage are gone: let the topic keep the newest record of every key " +
		"(cleanup.policy compact)"
)

// read makes the content of the visible chunks.
func (c *Coverage) read() *Content {
	out := &Content{Through: c.said.at, Since: c.said.since, Number: c.said.number, Why: c.bad,
		opinions: map[string]*spoken{}}
	if out.Why == "" && (uint64(len(c.chunks)) != c.said.count || sumOf(c.chunks) != c.said.sum) {
		out.Why = notWhole
	}
	for _, digest := range c.said.policies {
		out.opinions[digest] = &spoken{}
	}
	for _, k := range slices.Sorted(maps.Keys(c.chunks)) {
		if out.Why == "" && !out.add(k, c.chunks[k]) {
			out.Why = unreadable
		}
	}
	for _, s := range out.opinions { //house:order-free each is for itself
		s.finish()
	}
	return out
}
