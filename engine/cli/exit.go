package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"tilsyn/engine/replay"
	"tilsyn/schemas/registry"
	"tilsyn/topics"
)

// Exit statuses (contract §4).
const (
	statusOK       = 0
	statusFailed   = 1
	statusUsage    = 2
	statusNoBroker = 3
)

// usageError is wrong usage or unreadable input.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

// wrong makes a usageError.
func wrong(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// errFound says that a command ran and found what it looks for; it has printed
// that already.
var errFound = errors.New("differences found")

// status returns the exit status of an error.
func status(err error) int {
	var use *usageError
	var input *replay.InputError
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, topics.ErrGaveUp), errors.Is(err, registry.ErrGaveUp):
		return statusNoBroker
	case errors.Is(err, topics.ErrRefused), errors.Is(err, registry.ErrRefused), errors.As(err, &use),
		errors.As(err, &input):
		return statusUsage
	}
	return statusFailed
}

// report prints an error for the user.
func report(w io.Writer, err error) {
	switch {
	case errors.Is(err, errFound), errors.Is(err, syscall.EPIPE):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "tilsyn: interrupted")
	default:
		fmt.Fprintln(w, "tilsyn: "+strings.TrimRight(err.Error(), "\n"))
	}
}
