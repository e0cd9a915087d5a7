package stream

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"tilsyn/engine/affected"
	"tilsyn/engine/duty"
)

// ErrStarting says that an engine has not judged yet, so that there is no clock to answer at.
var ErrStarting = errors.New("a task has not read everything for the first time yet: " +
	"ask again when the engine is ready")

// Concerned is somebody whom a loss may concern, as text.
type Concerned struct {
	PersonID string
	// Counts is what the person counts for in the header, Text the lines (package lines).
	Counts affected.Totals
	Text   []byte
}

// Affected asks the engines that run on some data directories, together all instances of a prefix, whom a
// loss of registrations may concern (REL-14). each is given everybody, in no order. The clock is the
// smallest caught_up of their tasks. The header counts nobody yet. An error that is ErrConfig says that
// the directories are not those of one running prefix, one that is affected.ErrQuestion that there is
// no such loss, one that is ErrStarting that it is too early; after any error what each was given is
// incomplete.
func Affected(ctx context.Context, dataDirs []string, what affected.What, each func(*Concerned) error,
) (affected.Header, error) {
	at, tasks, err := standingOf(ctx, dataDirs)
	if err != nil {
		return affected.Header{}, err
	}
	var all affected.Header
	for i, dir := range dataDirs {
		h, err := askAffected(ctx, dir, &asked{what: what, at: at, tasks: tasks[i]}, each)
		if err != nil {
			return h, err
		}
		if i > 0 {
			h.Complete = h.Complete && all.Complete
		}
		all = h
	}
	return all, nil
}

// standingOf asks which tasks each engine has, and for the clock of all of them.
func standingOf(ctx context.Context, dataDirs []string) (at duty.Instant, tasks [][]int32, err error) {
	at = duty.Forever
	var found []int32
	parts := int32(0)
	for _, dir := range dataDirs {
		res, err := askEngine(ctx, dir, pathStanding, nil)
		if errors.Is(err, errNotRunning) {
			return 0, nil, errConfig(fmt.Sprintf("--engine %s: %v, or it is just starting; leave --engine out, and "+
				"the topics are read", dir, errNotRunning))
		}
		if err != nil {
			return 0, nil, err
		}
		var s standingNow
		err = json.NewDecoder(res.Body).Decode(&s)
		_ = res.Body.Close() // all was read
		if err != nil {
			return 0, nil, fmt.Errorf("the answer of the engine on %s cannot be read: %w", dir, err)
		}
		if len(s.Tasks) > 0 {
			if !s.At.OK {
				return 0, nil, fmt.Errorf("the engine on %s: %w", dir, ErrStarting)
			}
			at = min(at, s.At.V)
		}
		parts, found, tasks = s.Partitions, append(found, s.Tasks...), append(tasks, s.Tasks)
	}
	slices.Sort(found)
	if n := len(found); n != int(parts) || len(slices.Compact(found)) != n {
		return 0, nil, errConfig(fmt.Sprintf("--engine: the prefix has %d tasks, and the engines on these directories have "+
			"%d: name the directory of every instance of one prefix, each once", parts, n))
	}
	return at, tasks, nil
}

// askAffected asks one engine.
func askAffected(ctx context.Context, dir string, a *asked, each func(*Concerned) error,
) (h affected.Header, err error) {
	res, err := askEngine(ctx, dir, pathAffected, a.query())
	var said *answerError
	if errors.As(err, &said) && said.status == http.StatusBadRequest {
		return h, &noSuchLoss{said.text}
	}
	if err != nil {
		return h, err
	}
	defer res.Body.Close()
	for in := gob.NewDecoder(res.Body); ; {
		var p affectedPart
		switch err := in.Decode(&p); {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return h, fmt.Errorf("the engine on %s broke its answer off; its log says why: ask again", dir)
		case err != nil:
			return h, fmt.Errorf("the answer of the engine on %s cannot be read: %w", dir, err)
		}
		switch {
		case p.End:
			return h, nil
		case p.Head != nil:
			h = *p.Head
		default:
			if err := each(&Concerned{p.Person, p.Counts, p.Text}); err != nil {
				return h, err
			}
		}
	}
}

// noSuchLoss is an affected.ErrQuestion that came over the socket.
type noSuchLoss struct{ text string }

// Error implements error.
func (n *noSuchLoss) Error() string { return n.text }

// Is reports that the error is an affected.ErrQuestion.
func (n *noSuchLoss) Is(other error) bool { return other == affected.ErrQuestion }
