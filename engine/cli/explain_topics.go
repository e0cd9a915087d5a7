package cli

import (
	"tilsyn/engine/explain"
	"tilsyn/engine/replay"
)

// fromTopics explains from the topics of a cluster or of an embedded broker.
func (cmd *explainCmd) fromTopics(c *console, w replay.Wanted) (*explain.Explanation, error) {
	switch {
	case cmd.Said != "":
		return nil, wrong("--said goes with files of facts: from the topics, what was told is read from violations")
	case cmd.SkipBad != "":
		return nil, wrong("--skip-bad goes with files of facts: " +
			"what cannot be read in a topic holds what it may speak of")
	}
	q := topicQuestion{kafka: &cmd.topicFlags, policies: cmd.Policy, policyFlag: "--policy", asOf: cmd.AsOf,
		floor: cmd.HistoryFloor, memory: cmd.Memory, tempDir: cmd.TempDir}
	facts, err := q.copied(c)
	if err != nil {
		return nil, err
	}
	defer facts.remove()
	x, err := replay.Inspect(c.ctx, facts.opts, w)
	if err != nil {
		return nil, unitError(err)
	}
	found, err := explained(x, true)
	if err != nil {
		return nil, err
	}
	if !facts.clock.CaughtUp {
		found.Notes = append(found.Notes, "Some task of the engine had not reached this clock when the topics were read.")
	}
	return found, nil
}
