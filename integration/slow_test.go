package integration

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/simulate"
	"tilsyn/integration/kafkaproc"
	"tilsyn/integration/netfault"
)

// listening is what the engine logs of its address.
var listening = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// address is where the engine answers HTTP.
func (s *service) address(t *testing.T) string {
	t.Helper()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		s.running(t)
		for _, line := range strings.Split(s.text(), "\n") {
			if strings.Contains(line, "listening") {
				return listening.FindString(line)
			}
		}
	}
	t.Fatalf("the engine does not say where it listens:\n%s", last(s.text()))
	return ""
}

// get asks the engine over HTTP; it must answer soon.
func get(t *testing.T, address, path string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// metric is the sum of the series of a name.
func metric(t *testing.T, address, name string) float64 {
	t.Helper()
	_, text := get(t, address, "/metrics")
	sum, found := 0.0, false
	for _, line := range strings.Split(text, "\n") {
		series, number, ok := strings.Cut(line, " ")
		if series, _, _ = strings.Cut(series, "{"); !ok || series != name {
			continue
		}
		if i := strings.LastIndexByte(number, ' '); i >= 0 {
			number = number[i+1:]
		}
		v, err := strconv.ParseFloat(number, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		sum, found = sum+v, true
	}
	if !found {
		t.Fatalf("there is no metric %s", name)
	}
	return sum
}

// slowMemory is the engine's memory limit while the broker is slow. slowRSS is the limit of the
// process's resident memory: the runtime, the program and mapped files come on top.
const (
	slowMemory = "128MiB"
	slowRSS    = 400 << 20
)

// TestSlowBroker puts a network between the engine and its broker that holds
// every answer back by up to half a second and passes on 20 kB a second, while
// weeks of facts lie there and more come. The engine goes on, slowly: it stays
// healthy, its memory does not grow, it stops and starts in time; and when the
// network is itself again it catches up, with nothing lost and nothing said
// twice.
func TestSlowBroker(t *testing.T) {
	p, err := netfault.Listen(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	c := kafkaproc.ClusterForTest(t, kafkaproc.ClusterConfig{Nodes: 1, HeapMB: 512, Proxies: []string{p.Address()}})
	p.To(c.Behind(0))
	r := &rig{python: python(t), brokers: c.Addresses(), behind: p.Address(), program: build(t), dir: t.TempDir()}
	r.tilsyn(t, nil, "topics", "create", "--partitions", "4", "--timestamps", "create")
	seed := uint64(time.Now().UnixNano())
	f := newFeeder(t, r.brokers,
		simulate.Config{Seed: seed, Days: 24, Persons: 120, Faults: simulate.Faults{Duplicate: 0.01, Reorder: 20}})
	began := time.Now()
	if err := f.send(t.Context(), len(f.facts)*2/3); err != nil {
		t.Fatal(err)
	}
	fast := time.Since(began)

	p.Delay(100*time.Millisecond, 400*time.Millisecond)
	p.Throttle(20_000)
	engine := serve(t, r.program, append(r.engineArgs(r.dir+"/state"), "--memory", slowMemory)...)
	most, read, grew := r.slowly(t, engine, 45*time.Second, func(i int) {
		// Who does not come by the slow network does not notice.
		began := time.Now()
		if err := f.send(t.Context(), len(f.facts)/3/50); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > fast+5*time.Second {
			t.Errorf("look %d: writing facts took %s", i, took)
		}
	})
	if grew < 5 {
		t.Errorf("in %d looks of 1 s something was read, want it to go on", grew)
	}
	if read >= float64(f.sent) {
		t.Errorf("all %d facts were read: the network is not slow enough for the test to say something", f.sent)
	}
	t.Logf("slow: %.0f of %d records read, at most %.0f MiB, %d delayed answers", read, f.sent,
		most/(1<<20), p.Done().Delayed)
	engine.stop(t)

	engine = serve(t, r.program, append(r.engineArgs(r.dir+"/state"), "--memory", slowMemory)...)
	r.slowly(t, engine, 10*time.Second, func(int) {})
	p.Restore()
	if err := f.send(t.Context(), f.left()); err != nil {
		t.Fatal(err)
	}
	input := r.inputs(t)
	if n := bytes.Count(input, []byte("\n")); n != f.sent {
		t.Fatalf("%d facts were acknowledged, tail prints %d", f.sent, n)
	}
	began = time.Now()
	live := r.agree(t, engine, input)
	t.Logf("caught up and agreed %s after the network was itself again, %d units",
		time.Since(began).Round(time.Second), len(live))
	if len(live) == 0 {
		t.Error("nothing was said; the comparison proves nothing")
	}
	engine.stop(t)
	r.tilsyn(t, nil, "verify") // ends the test where it finds a difference
}

// slowly looks at the engine once a second: it must be healthy, and its memory
// bounded. It returns the most memory seen, the records read at the end, and in
// how many looks there were more than before.
func (r *rig) slowly(t *testing.T, engine *service, d time.Duration,
	each func(look int)) (most, read float64, grew int) {
	t.Helper()
	address := engine.address(t)
	for i := range int(d / time.Second) {
		each(i)
		engine.running(t)
		if status, body := get(t, address, "/healthz"); status != http.StatusOK {
			t.Errorf("look %d: /healthz says %d %s", i, status, body)
		}
		if _, body := get(t, address, "/readyz"); strings.Contains(body, "error") {
			t.Errorf("look %d: /readyz says %s", i, body)
		}
		rss, now := metric(t, address, "process_resident_memory_bytes"), metric(t, address, "tilsyn_input_records_total")
		if most = max(most, rss); rss > slowRSS {
			t.Fatalf("look %d: the engine takes %.0f MiB", i, rss/(1<<20))
		}
		if now > read {
			grew++
		}
		read = now
		time.Sleep(time.Second)
	}
	return most, read, grew
}
