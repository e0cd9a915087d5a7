package watch

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// drawn is a source of chance that the fuzzer writes; when it is used up, a seeded one goes on.
type drawn struct {
	data []byte
	rest rand.Source
}

func (d *drawn) Uint64() uint64 {
	if len(d.data) < 4 {
		return d.rest.Uint64()
	}
	v := uint64(binary.LittleEndian.Uint32(d.data))
	d.data = d.data[4:]
	return v<<32 | v
}

// FuzzLive is TestLiveLooks with worlds that the fuzzer draws.
func FuzzLive(f *testing.F) {
	f.Add(uint64(1), []byte("a few sources over an evening"))
	f.Add(uint64(20210308), []byte{})
	policies := livePolicies()
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		r := rand.New(&drawn{data, rand.NewPCG(seed, 7)})
		x := newWorld(r)
		x.correct(r)
		if msg := liveAgrees(r, x, policies, map[string]int{}); msg != "" {
			t.Fatal(msg)
		}
	})
}
