package centres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"tilsyn/engine/atrest"
	"tilsyn/engine/duty"
	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/datadir"
	"tilsyn/engine/stream/register"
	"tilsyn/schemas"
)

// Keep says where a CentreReader keeps the register of links and cards between runs. If Dir is
// empty it stays in memory and is read whole at every start.
//
// Why a kept register is as good as one that is read whole:
//
//   - It is made of the records before its positions and of nothing else, and the
//     rest is read from there on. It is used only where the topics are those it
//     was read from: same cluster, prefix and partition count, no position behind
//     the end of a log or before its start, and the batch before each position is
//     the one that it was, by leader epoch and CRC, as tasks check their own
//     positions. Everything else is put aside and the topics are read whole.
//   - Tasks learn from touches what is new to them, by their own positions, and may
//     stand anywhere: behind the register (an older state, a snapshot, a task that
//     is built again, a restored backup, which holds no register), or ahead of it
//     (it is written only now and then). So it keeps the touch of every link, and
//     of the assignments the newest of each partition, which is all that a reader
//     knows that has read them itself. A task takes those at or behind its own
//     position, and does not begin before the reader has come as far as its last
//     commit (checkSnapshot).
//   - With --history-floor it may know assignments whose records are gone by now,
//     as the state of the tasks does. Losing history is no reason to say anything
//     else, and what was known before the floor does not accuse (task/floor.go).
//   - After an embedded broker was not ended in order, when half of a transaction
//     may be all that is left of it, it is forgotten with the state.
//   - `verify` keeps none and reads the topics whole.
type Keep struct {
	// Dir is a directory of its own in the data directory.
	Dir string
	// Cluster, Prefix and Partitions identify the topics.
	Cluster, Prefix string
	Partitions      int32
	// Vault encrypts it (default: it is not encrypted).
	Vault *atrest.Vault
	// Every is how often it is written if anything came (default 5 min).
	Every time.Duration
	// Log gets what happens, without personal data (default: nothing).
	Log zerolog.Logger
}

// keeper writes the register of a reader to disk.
type keeper struct {
	cfg     Keep
	records string
	// turn is a lock: hold it to write an index, or to use saved, end and tried.
	turn  chan struct{}
	saved broker.Offsets
	// end is the end of the record log when it was last written, tried the time of the last attempt.
	end   int64
	tried time.Time
}

// Bounds on when and whether the register is written.
const (
	keepEvery   = 5 * time.Minute
	keepSoonest = 10 * time.Second
	// keepBytes, and 1/keepPart of the log, are how many new bytes of assignments justify writing
	// sooner than Every but not sooner than keepSoonest: a start would read them again.
	keepBytes = 16 << 20
	keepPart  = 8
	// maxRefused is how many unusable records are noted for the next start. With more the register is
	// not kept.
	maxRefused = 1000
)

// newKeeper returns the keeper for a reader; nil if the register is not kept.
func newKeeper(c Keep) *keeper {
	if c.Dir == "" {
		return nil
	}
	if c.Every <= 0 {
		c.Every = keepEvery
	}
	return &keeper{cfg: c, turn: make(chan struct{}, 1)}
}

// topics identifies the topics of the register.
func (k *keeper) topics() register.KeptTopics {
	return register.KeptTopics{Cluster: k.cfg.Cluster, Prefix: k.cfg.Prefix, Partitions: k.cfg.Partitions}
}

// recordSchema returns the fingerprint of the schema of logged assignments.
func recordSchema() uint64 {
	s, _ := schemas.Lookup(duty.TopicCardAssignments)
	return s.Fingerprint()
}

// Resume loads the register that an earlier run kept, if it is usable, before anything is read. An
// unusable one is put aside and started afresh. An error is one of the broker.
func (r *CentreReader) Resume(ctx context.Context) error {
	k := r.keep
	if k == nil {
		return nil
	}
	kept, err := register.ReadIndex(k.cfg.Dir, k.cfg.Vault)
	if err == nil {
		err = r.checkKept(ctx, &kept.Head)
	}
	if err == nil {
		err = r.takeUp(kept)
	}
	switch {
	case err == nil:
		k.saved, k.end, k.tried = r.IdentityPositions(), r.register.Log.End(), time.Now()
		k.cfg.Log.Info().Int64("records", k.saved.Sum()).Int("cards", kept.Head.Cards).
			Msg("links and assignments are taken up from the data directory")
		if err := r.tryRefused(ctx); err != nil {
			return err
		}
		r.publish()
		return nil
	case errors.Is(err, register.ErrKept):
		k.putAside(err)
	case errors.Is(err, fs.ErrNotExist):
	default:
		return err
	}
	r.keepAnew(r.register)
	return nil
}

// putAside renames an unusable register, for whoever investigates it.
func (k *keeper) putAside(why error) {
	aside := filepath.Join(filepath.Dir(k.cfg.Dir), datadir.DirRegisterDamaged)
	k.cfg.Log.Warn().Err(why).Str("aside", aside).Msg("links and assignments are read from the start of their topics")
	if err := errors.Join(os.RemoveAll(aside), os.Rename(k.cfg.Dir, aside)); err != nil {
		k.cfg.Log.Warn().Err(err).Msg("the register cannot be put aside and is removed")
	}
}

// keepAnew gives an empty register a new record log in the directory. If that fails, the register
// stays in memory.
func (r *CentreReader) keepAnew(to *register.Register) {
	k := r.keep
	file, id, err := register.CreateRecords(k.cfg.Dir)
	if err != nil {
		k.cfg.Log.Warn().Err(err).
			Msg("the register of links and cards cannot be kept; it is in memory, and read again at the next start")
		r.keep = nil
		return
	}
	k.records, k.saved, k.end, k.tried = id, nil, 0, time.Time{}
	to.Log = k.sealed(register.NewRecordLog(file))
}

// sealed makes a record log encrypt if the directory is encrypted.
func (k *keeper) sealed(log *register.RecordLog) *register.RecordLog {
	return log.Sealed(k.cfg.Vault.AEAD("register"))
}

// checkKept returns ErrKept if an index does not belong to these topics. It makes the checks that
// tasks make of their positions, except that a batch that is gone counts as a difference: here
// that only costs reading again.
func (r *CentreReader) checkKept(ctx context.Context, h *register.KeptHead) error {
	bad := func(p broker.Partition, what string) error {
		return fmt.Errorf("%w: %s partition %d %s", register.ErrKept, p.Topic, p.Index, what)
	}
	if h.Topics != r.keep.topics() || h.Schema != recordSchema() {
		return fmt.Errorf("%w: it is of other topics or of another version", register.ErrKept)
	}
	at, err := broker.ParseOffsets(h.Positions)
	if err != nil || len(at) != len(r.IdentityPositions()) {
		return fmt.Errorf("%w: it has not the partitions of these topics", register.ErrKept)
	}
	parts := slices.SortedFunc(maps.Keys(at), broker.ComparePartitions)
	for _, p := range parts {
		if _, ok := r.next[p]; !ok || !holdsIdentities(p) {
			return bad(p, "is not one of these topics")
		}
	}
	starts, err := r.broker.Ends(ctx, parts, broker.LogStart)
	if err != nil {
		return err
	}
	ends, err := r.broker.Ends(ctx, parts, broker.HighWatermark)
	if err != nil {
		return err
	}
	for _, p := range parts {
		// A log that starts behind the place where reading whole would begin is reported there as an error
		// of its own.
		if starts[p] > r.from[p] || at[p] < starts[p] || at[p] > ends[p] {
			return bad(p, "does not hold what was read")
		}
		if at[p] == starts[p] {
			continue // nothing is left to compare with
		}
		want, noted := h.Marks[p.Name()]
		got, ok, err := r.broker.MarkBefore(ctx, p, at[p])
		if err != nil {
			return err
		}
		if !noted || !ok || got != want {
			return bad(p, fmt.Sprintf("is another before offset %d than was read", at[p]))
		}
	}
	return nil
}

// takeUp makes a checked index the state of the reader.
func (r *CentreReader) takeUp(kept *register.Kept) error {
	h := &kept.Head
	groups, touches, err := decodeLinks(kept.Links)
	if err != nil {
		return fmt.Errorf("%w: %w", register.ErrKept, err)
	}
	next, err1 := broker.ParseOffsets(h.Positions)
	newest, err2 := broker.ByPartition(h.Newest, func(at int64) duty.Instant { return duty.Instant(at) })
	marks, err3 := broker.ByPartition(h.Marks, func(m broker.Mark) broker.Mark { return m })
	refused, err4 := broker.ByPartition(h.Refused, func(list []int64) []int64 { return list })
	assigned, err5 := broker.ByPartition(h.Assigned, func(x register.KeptTouch) Touch {
		return Touch{Offset: x.Offset, Known: duty.Instant(x.Known), Passive: true, Identity: true}
	})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return fmt.Errorf("%w: %w", register.ErrKept, err)
	}
	file, err := register.OpenRecords(r.keep.cfg.Dir, h)
	if err != nil {
		return err
	}
	log := r.keep.sealed(register.NewRecordLog(file))
	log.First = register.ChunkAfter(h.Length)
	log.Written = log.First
	r.register.Replace(&register.Register{Cards: *kept.Cards, Log: log, Groups: groups})
	r.keep.records = h.Records
	maps.Copy(r.next, next)
	maps.Copy(r.per, newest)
	maps.Copy(r.marks, marks)
	for p, x := range assigned {
		x.At = p
		r.assigned[p] = x
	}
	r.touches = append(r.touches, touches...)
	r.refused = refused
	return nil
}

// tryRefused reads records once more that an earlier run could not use; this program may know
// their schema. Tasks beyond them are not affected, as when the topic is read whole.
func (r *CentreReader) tryRefused(ctx context.Context) error {
	again := r.refused
	r.refused, r.refusals = map[broker.Partition][]int64{}, 0
	for p, list := range again {
		for _, at := range list {
			if at < r.from[p] {
				continue
			}
			err := r.scan().Each(ctx, broker.Offsets{p: at}, broker.Offsets{p: at + 1}, func(rec *broker.Record) error {
				r.takeIdentity(rec)
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// scan returns a Scan with the reader's limits.
func (r *CentreReader) scan() broker.Scan {
	return broker.Scan{From: r.broker, Most: pollRecords, Wait: 100 * time.Millisecond}
}

// IdentityPositions returns the next offsets of links and assignments.
func (r *CentreReader) IdentityPositions() broker.Offsets {
	o := broker.Offsets{}
	for p, n := range r.next {
		if holdsIdentities(p) {
			o[p] = n
		}
	}
	return o
}

// Abandon ends a reader as a kill would, once a write in progress is done: nothing read since the
// last write is kept. It does nothing on a nil reader.
func (r *CentreReader) Abandon() {
	if r == nil || r.keep == nil || !r.register.OnDisk() {
		return
	}
	r.keep.turn <- struct{}{}
	r.register.Close()
	r.keep = nil // nothing is written any more
}
