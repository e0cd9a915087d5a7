package console_test

import (
	"testing"

	"tilsyn/engine/stream/seeds"
	"tilsyn/state/statetest"
)

func TestMain(m *testing.M) {
	seeds.TestsThatWait()
	statetest.InMemory()
	m.Run()
}
