package task

import (
	"errors"

	"tilsyn/engine/stream/broker"
	"tilsyn/engine/stream/stored"
	"tilsyn/state"
	"tilsyn/topics"
)

// Remedy is what to do about the error that ended a task's work. Errors that pass when a
// request is repeated (a leader or coordinator that moved, a broker that is away, a lost answer
// to EndTxn) do not get here: package topics repeats until the answer is definite or
// --give-up-after is over.
type Remedy uint8

const (
	// RemedyRecover goes on from the last commit. It is for an aborted transaction, for one
	// whose outcome is open, about which recovery asks the broker, and for unknown errors:
	// recovering does no harm, and the log says that it was needed.
	RemedyRecover Remedy = iota
	// RemedyConfirm is for a task that was fenced: another instance owns it, or the broker
	// ended a transaction that took too long. The task writes nothing more until the group
	// confirms that it still belongs here, and then recovers.
	RemedyConfirm
	// RemedyRebuild discards the local state, which is damaged. Nothing is evaluated from it.
	RemedyRebuild
	// RemedyEnd ends the process: the error does not pass by itself, and going on could tell
	// something wrong. The error says what to do.
	RemedyEnd
)

// RemedyFor returns the remedy for an error.
func RemedyFor(err error) Remedy {
	var gone *topics.OutOfRangeError
	switch {
	case err == nil:
		return RemedyRecover
	case errors.Is(err, broker.ErrForeignLog), errors.Is(err, ErrTopics), errors.Is(err, ErrRebuild),
		errors.Is(err, ErrPolicy), errors.Is(err, ErrGroup), errors.Is(err, stored.ErrNewer), errors.As(err, &gone),
		errors.Is(err, topics.ErrGaveUp), errors.Is(err, topics.ErrFatal), errors.Is(err, topics.ErrCorrupt),
		errors.Is(err, state.ErrClosed):
		return RemedyEnd
	case errors.Is(err, state.ErrCorrupt):
		return RemedyRebuild
	case errors.Is(err, broker.ErrFenced):
		return RemedyConfirm
	}
	return RemedyRecover
}
