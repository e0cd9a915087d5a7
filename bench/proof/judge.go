package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tilsyn/engine/duty"
	"tilsyn/engine/policy"
	"tilsyn/engine/replay"
	"tilsyn/engine/simulate"
	"tilsyn/schemas"
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
}

// play simulates. The directory is removed by close.
func play(parent string, cfg simulate.Config) (*world, error) {
	dir, err := os.MkdirTemp(parent, "world-")
	if err != nil {
		return nil, err
	}
	w := &world{cfg: cfg, dir: dir}
	if w.truth, w.facts, err = simulate.WriteFiles(cfg, dir); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
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
	return read(file)
}

// read reads a file of violations.
func read(file string) ([]duty.Violation, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	schema, _ := schemas.Lookup(duty.TopicViolations)
	var out []duty.Violation
	in := bufio.NewScanner(f)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		v, _, err := schema.DecodeJSON(in.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		out = append(out, *v.(*duty.Violation))
	}
	return out, in.Err()
}
