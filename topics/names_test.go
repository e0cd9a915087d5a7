package topics

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestPartition: the vectors are those of the Java client's own test of its
// murmur2 (contract §1).
func TestPartition(t *testing.T) {
	for key, want := range map[string]int32{
		"21":                         -973932308,
		"foobar":                     -790332482,
		"a-little-bit-long-string":   -985981536,
		"a-little-bit-longer-string": -1486304829,
		"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
		"abc": 479470107,
	} {
		if got := int32(murmur2([]byte(key))); got != want {
			t.Errorf("murmur2(%q) = %d, want %d", key, got, want)
		}
	}
	if got := Partition([]byte("x"), 0); got != 0 {
		t.Errorf("no partitions: %d", got)
	}
}

// TestPartitionAgrees compares with another client's partitioner, which claims
// the same of itself.
func TestPartitionAgrees(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	other := kgo.StickyKeyPartitioner(nil).ForTopic("t")
	for range 20000 {
		key := make([]byte, 1+rnd.IntN(40))
		for i := range key {
			key[i] = byte(rnd.Uint32())
		}
		n := 1 + rnd.IntN(64)
		if got, want := Partition(key, int32(n)), other.Partition(&kgo.Record{Key: key}, n); int(got) != want {
			t.Fatalf("seed %d: key %x of %d partitions: %d, another client says %d", seed, key, n, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	if n := len(All()); n != 14+9+8+6 {
		t.Errorf("%d topics", n)
	}
	seen := map[string]bool{}
	for _, s := range All() {
		if seen[s.Name] {
			t.Errorf("%s is there twice", s.Name)
		}
		seen[s.Name] = true
		if (s.Input() || s.Name == Violations) && s.Compacted {
			t.Errorf("%s must not be compacted (contract §2, LIF-06)", s.Name)
		}
	}
	if got := len(OfClass(PersonInput)); got != 14 {
		t.Errorf("%d person-keyed inputs", got)
	}
	if got := TransactionalID("tilsyn.", "tilsyn", 7); got != "tilsyn.tilsyn-7" {
		t.Errorf("transactional id %q (contract §3)", got)
	}
	if s, ok := TrimPrefix("tilsyn.", "tilsyn.notices"); !ok || s != Notices {
		t.Errorf("%q %v", s, ok)
	}
}
