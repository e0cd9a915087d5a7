package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
)

// keyOf names the unit of a revision.
func keyOf(v *duty.Violation) simulate.Key {
	return simulate.Key{PersonID: v.PersonID, Kind: v.Kind, Date: v.UnitDate}
}

// world is one simulation in a directory of its own, and its truth.
type world struct {
	cfg   simulate.Config
	dir   string
	truth *simulate.Truth
	facts int
	// beats are the heartbeats of feeds, in the order in which they were known.
	beats []duty.Known[duty.Heartbeat]
}

// play simulates. The directory is removed by close.
func play(parent string, cfg simulate.Config) (*world, error) {
	dir, err := os.MkdirTemp(parent, "world-")
	if err != nil {
		return nil, err
	}
	w := &world{cfg: cfg, dir: dir}
	if err = w.write(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// write simulates into the directory.
func (w *world) write() error {
	f, err := simulate.OpenFiles(w.cfg, w.dir)
	if err != nil {
		return err
	}
	defer f.Discard()
	w.truth, err = simulate.Run(w.cfg, simulate.SinkFunc(func(x simulate.Fact) error {
		if h, ok := x.Record.(*duty.Heartbeat); ok && slices.Contains(duty.Feeds(), h.SourceID) {
			w.beats = append(w.beats, duty.Known[duty.Heartbeat]{Fact: *h, At: x.ReceivedAt})
		}
		return f.Put(x)
	}))
	if err != nil {
		return err
	}
	w.facts = f.Facts
	return f.Commit(w.truth)
}

// silent are the feeds that are silent at a clock under a policy. While one is, `run` tells of nobody
// whom it covers (REL-06), where replay has no such brake.
func (w *world) silent(p *duty.Policy, at duty.Instant) []duty.FeedBeat {
	var list []duty.FeedBeat
	for i := range w.beats {
		if b, ok := duty.FeedBeatOf(&w.beats[i]); ok && w.beats[i].At <= at {
			list = duty.AddFeedBeat(list, b)
		}
	}
	return p.SilentFeeds(list, at)
}

func (w *world) close() { _ = os.RemoveAll(w.dir) }

// policies are those under which the simulation is judged.
func (w *world) policies() ([]duty.ActivePolicy, error) {
	p := policy.Builtin()
	if text := simulate.PolicyText(w.cfg.Heartbeats); text != "" {
		var err error
		if p, err = policy.Load(simulate.PolicyFile, []byte(text)); err != nil {
			return nil, err
		}
	}
	return []duty.ActivePolicy{{From: duty.Beginning, Policy: p}}, nil
}

// judge replays the simulation at instants and returns the revisions in the order
// in which they are told. said, where it is not empty, is a file of what was said.
func (w *world) judge(ctx context.Context, asOf []duty.Instant, said string) ([]duty.Violation, error) {
	policies, err := w.policies()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(w.dir, "violations.jsonl")
	if _, err := replay.Run(ctx, replay.Options{
		Facts: []string{filepath.Join(w.dir, simulate.FactsFile)}, Policies: policies, AsOf: asOf, Yes: true,
		Said: said, Violations: file, TempDir: w.dir, Memory: 64 << 20,
	}); err != nil {
		return nil, err
	}
	var out []duty.Violation
	err = replay.EachViolation(file, func(v *duty.Violation) error {
		out = append(out, *v)
		return nil
	})
	return out, err
}
