package task

import (
	"testing"

	"tilsyn/state/statetest"
)

func TestMain(m *testing.M) {
	statetest.InMemory()
	m.Run()
}
