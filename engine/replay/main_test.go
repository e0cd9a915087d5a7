package replay

import (
	"testing"

	_ "tilsyn/engine/stream/seeds" // how often garbage is collected
	"tilsyn/state/statetest"
)

func TestMain(m *testing.M) {
	statetest.InMemory()
	m.Run()
}
