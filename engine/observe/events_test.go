package observe_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"tilsyn/engine/observe"
)

// A line of the log names its event, by its message or by itself; a message that is none of the program's has no name.
func TestNamed(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out).Hook(observe.Named{})
	log.Info().Msg("listening")
	log.Warn().Str(observe.EventKey, "clock-off").Msg("the clock is 400 s ahead")
	log.Info().Msg("…")
	lines := strings.Split(out.String(), "\n")
	for i, want := range []string{`"event":"listening"`, `"event":"clock-off"`, ``} {
		if !strings.Contains(lines[i], want) || strings.Count(lines[i], observe.EventKey) != min(1, len(want)) {
			t.Errorf("%s, want %s", lines[i], want)
		}
	}
}
