package topics

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tilsyn/engine/stream/seeds"
)

func TestMain(m *testing.M) {
	seeds.TestsThatWait()
	goleak.VerifyTestMain(m)
}

// bounded is a context that ends a test that hangs.
func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func embedded(t testing.TB, cfg EmbeddedConfig) *Embedded {
	t.Helper()
	e, err := StartEmbedded(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func connect(t *testing.T, e *Embedded) *Client {
	t.Helper()
	c, err := Connect(bounded(t), Config{Brokers: e.Brokers(), Prefix: "t.", GiveUpAfter: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// brokersVariable names brokers of a real cluster to run the tests against
// that need no faults of the embedded one.
const brokersVariable = "TILSYN_TEST_BROKERS"

// realBrokers are those of the environment, nil where there are none.
func realBrokers() []string {
	if real := os.Getenv(brokersVariable); real != "" {
		return strings.Split(real, ",")
	}
	return nil
}

// anyPrefix makes every test's topics its own on a real cluster. Tests beside each other may call it.
func anyPrefix() uint32 { return rand.Uint32() }

// cluster is a client of brokers with all topics: the embedded one, or those of
// the environment.
func cluster(t testing.TB, opt CreateOptions) *Client {
	t.Helper()
	cfg := Config{Prefix: fmt.Sprintf("t%x.", anyPrefix()), GiveUpAfter: 20 * time.Second}
	if cfg.Brokers = realBrokers(); cfg.Brokers == nil {
		cfg.Brokers = embedded(t, EmbeddedConfig{}).Brokers()
	}
	c, err := Connect(bounded(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Create(bounded(t), opt); err != nil {
		t.Fatal(err)
	}
	return c
}

// row is a copy of a record that was read.
type row struct {
	offset     int64
	ts         int64
	append     bool
	key, value string
	headers    map[string]string
}

// readTo reads a partition from an offset to an end and returns what it gave.
func readTo(t *testing.T, f *Fetcher, from Position, end int64) []row {
	t.Helper()
	ctx := bounded(t)
	var out []row
	for from.Offset < end {
		got, err := f.Fetch(ctx, []Position{from})
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			err := got[i].Each(func(r *Record) error {
				x := row{offset: r.Offset, ts: r.Timestamp, append: r.AppendTime, key: string(r.Key), value: string(r.Value)}
				for _, h := range r.Headers {
					if x.headers == nil {
						x.headers = map[string]string{}
					}
					x.headers[string(h.Key)] = string(h.Value)
				}
				out = append(out, x)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			from.Offset = got[i].Next
		}
	}
	return out
}

func endOf(t *testing.T, c *Client, topic string, partition int32, at At) int64 {
	t.Helper()
	tp := TopicPartition{topic, partition}
	m, err := c.Offsets(bounded(t), []TopicPartition{tp}, at)
	if err != nil {
		t.Fatal(err)
	}
	return m[tp]
}

// stableEnd waits until no transaction is open on a partition and returns its end.
func stableEnd(t *testing.T, c *Client, topic string, partition int32) int64 {
	t.Helper()
	for range 500 {
		stable, end := endOf(t, c, topic, partition, LastStable), endOf(t, c, topic, partition, Latest)
		if stable == end {
			return end
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s[%d]: a transaction stays open", topic, partition)
	return 0
}

// largeOuts are records of a batch that is read in pieces, since they take more than one piece.
func largeOuts() []Out {
	var outs []Out
	for i := range pieceBytes/MaxRecordBytes + 4 {
		outs = append(outs, Out{Key: fmt.Appendf(nil, "P-%d", i), Value: bytes.Repeat([]byte{byte(i)}, MaxRecordBytes-50)})
	}
	return outs
}

// variants are what a test of large batches is tried with: all of them at full size (TILSYN_FULL), else
// one, which depends on the name.
func variants[T any](name string, all ...T) []T {
	if os.Getenv("TILSYN_FULL") != "" {
		return all
	}
	k := len(name) % len(all)
	return all[k : k+1]
}
