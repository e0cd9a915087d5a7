package topics

import (
	"errors"
	"fmt"
)

// Errors that a caller must distinguish with errors.Is.
var (
	// ErrGaveUp says that within Config.GiveUpAfter no broker answered, or an error that may pass did
	// not. The commands exit 3 (contract §4).
	ErrGaveUp = errors.New("gave up waiting for the broker")
	// ErrFenced says that another producer with the same transactional id, or another member with the
	// same instance id, has taken over. Stop the task and recover, or end.
	ErrFenced = errors.New("another instance has taken over")
	// ErrAbortable says that the transaction cannot be committed. Abort it, then start again from the
	// last commit.
	ErrAbortable = errors.New("the transaction is aborted and repeated")
	// ErrOutcomeUnknown says that the answer to EndTxn was lost. Call Commit (or Abort) again: it
	// repeats the request with the same producer id and epoch.
	ErrOutcomeUnknown = errors.New("the broker did not say whether the transaction was committed; it is asked again")
	// ErrFatal says that the error does not pass by itself; a setting or a permission is wrong.
	ErrFatal = errors.New("trying again does not help")
	// ErrRefused says that the broker and this client do not accept each other: user name, password,
	// certificate or authority is wrong. It is also ErrFatal; the commands exit 2.
	ErrRefused = fmt.Errorf("check the TLS and SASL settings: %w", ErrFatal)
	// ErrGroupTaken says that the group has members that share out something else: engines of another
	// prefix, an older tilsyn, or a consumer. It is also ErrFatal; it passes once they have stopped
	// and their sessions are over.
	ErrGroupTaken = fmt.Errorf("its members are an older tilsyn, engines of another --topic-prefix, or another program: "+
		"stop them first; a second deployment needs a --topic-prefix of its own, "+
		"and a --group of its own with it: %w", ErrFatal)
	// ErrRebalance says that the group is rebalancing; Join again.
	ErrRebalance = errors.New("the group is rebalancing")
	// ErrCorrupt says that the checksum or form of a batch is wrong. Such a batch is never skipped.
	ErrCorrupt = errors.New("corrupt record batch")
)

// OutOfRangeError says that an offset is not in the log: below its start (the beginning was
// deleted) or beyond its end (the log was truncated or is another one). It is never skipped.
type OutOfRangeError struct {
	Position
	// Start and End are the log's first offset and its high watermark; -1 if the broker did not say.
	Start, End int64
}

// Error names the position and the range.
func (e *OutOfRangeError) Error() string {
	return fmt.Sprintf("%s: offset %d is not in the log (first offset %d, end %d): "+
		"the log was shortened or is not the one that was read before", e.TopicPartition(), e.Offset, e.Start, e.End)
}

// CodeError is an error code of the Kafka protocol.
type CodeError struct {
	Code Code
	// Op is the request, e.g. "EndTxn".
	Op string
	// Topic is without prefix and may be empty; Partition is -1 if there is none.
	Topic     string
	Partition int32
	// Message is what the broker added, if anything.
	Message string
	// Missing is the right that the user lacks; nil for codes that are no refusal.
	Missing *Missing

	class error
}

// Error names the request, the partition and the code.
func (e *CodeError) Error() string {
	s := e.Op
	if e.Topic != "" {
		s += " on " + e.Topic
		if e.Partition >= 0 {
			s += fmt.Sprintf("[%d]", e.Partition)
		}
	}
	s += ": " + e.Code.String()
	if e.Message != "" {
		s += " (" + e.Message + ")"
	}
	if e.class != nil {
		s += ": " + e.class.Error()
	}
	if e.Missing != nil {
		s += ": " + e.Missing.String()
	}
	return s
}

// Unwrap returns the class: ErrFenced, ErrAbortable, ErrFatal, … or nil.
func (e *CodeError) Unwrap() error { return e.class }

// Retriable reports whether the error may pass by itself.
func (e *CodeError) Retriable() bool { return e.Code.retriable() }

// errOtherKind says that an answer does not belong to the request.
func errOtherKind(op string) error { return fmt.Errorf("the answer to %s is of another kind", op) }
