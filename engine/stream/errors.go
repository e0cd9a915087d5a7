package stream

import (
	"errors"

	"tilsyn/state"
	"tilsyn/topics"
)

// remedy is what follows from the error that ended a task's work. Errors that
// pass by repeating a request (a leader or a coordinator that moved, a broker
// that is away, an answer to EndTxn that was lost) do not get here: package
// topics repeats until the answer is definite or --give-up-after is over.
type remedy uint8

const (
	// remedyRecover: the transaction is aborted or its outcome open; recovery
	// asks the broker for it and goes on from the last commit. Also for what is
	// not known: recovering does no harm, and the log says that it was needed.
	remedyRecover remedy = iota
	// remedyConfirm: fenced. Another instance owns the task, or the broker ended
	// a transaction that took too long. The task writes nothing more until the
	// group says that it still belongs here, and then recovers.
	remedyConfirm
	// remedyRebuild: the local state is damaged. It is discarded and never
	// evaluated from.
	remedyRebuild
	// remedyEnd: it does not pass by itself, and going on could say something
	// wrong. The error says what to do.
	remedyEnd
)

// remedyFor tells errors apart.
func remedyFor(err error) remedy {
	var gone *topics.OutOfRangeError
	switch {
	case err == nil:
		return remedyRecover
	case errors.Is(err, ErrForeignLog), errors.Is(err, ErrTopics), errors.Is(err, ErrRebuild), errors.Is(err, ErrPolicy), errors.Is(err, ErrGroup), errors.As(err, &gone),
		errors.Is(err, topics.ErrGaveUp), errors.Is(err, topics.ErrFatal), errors.Is(err, topics.ErrCorrupt), errors.Is(err, state.ErrClosed):
		return remedyEnd
	case errors.Is(err, state.ErrCorrupt):
		return remedyRebuild
	case errors.Is(err, ErrFenced):
		return remedyConfirm
	}
	return remedyRecover
}
