package observe

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/rs/zerolog"
)

// Event is something that the program says in its log.
type Event struct {
	// ID names it in the field "event". It stays when the words change.
	ID string
	// Says is the message; with … for one that differs from time to time, whose line names its event itself.
	Says string
	// Means is what has happened, Do what whoever reads it should do.
	Means, Do string
}

// Events returns all that the program says.
func Events() []Event { return events }

// EventPage lists all events in Markdown: name, level, message, fields, meaning and what to do. It is generated
// from the list and the sources of the program (go test ./engine/stream -run TestEvents -rewrite).
//
//go:embed events.md
var EventPage string

// EventKey is the field that names the event of a log line.
const EventKey = "event"

// Named names the event of each log line by its message, so that whoever filters lines need not rely on words. A
// line whose message differs from time to time names its event itself.
type Named struct{}

// Run implements zerolog.Hook.
func (Named) Run(e *zerolog.Event, _ zerolog.Level, message string) {
	if id, ok := names()[message]; ok {
		e.Str(EventKey, id)
	}
}

// names are the ids of events by their messages.
var names = sync.OnceValue(func() map[string]string {
	out := make(map[string]string, len(events))
	for _, e := range events {
		if !strings.Contains(e.Says, "…") {
			out[e.Says] = e.ID
		}
	}
	return out
})
