package cli

import (
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"tilsyn/engine/observe"
)

// newLogger makes the one logger of the program: readable lines on a terminal,
// JSON in a pipe. Each line names its event (package observe). No personal data may be given to it.
func newLogger(w io.Writer, level string) (zerolog.Logger, error) {
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		return zerolog.Nop(), wrong("--log-level %s: %w", level, err)
	}
	if isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	} else {
		zerolog.TimeFieldFormat = time.RFC3339Nano
	}
	return zerolog.New(w).Level(l).Hook(observe.Named{}).With().Timestamp().Logger(), nil
}

// isTerminal reports whether somebody is looking.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
