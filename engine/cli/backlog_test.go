package cli

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tilsyn/engine/stream/seeds"
	"tilsyn/topics"
)

// backlog writes fact files of persons with papers of a kilobyte that does not
// compress.
func backlog(t *testing.T, persons, papers int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "facts.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	rng := rand.New(rand.NewPCG(61, 61))
	begin := time.Now().Add(-72 * time.Hour)
	ref := make([]byte, 1000)
	for i := range papers {
		for j := range ref {
			ref[j] = byte('a' + rng.IntN(26))
		}
		at := begin.Add(time.Duration(i) * 72 * time.Hour / time.Duration(papers)).UTC().Format(time.RFC3339)
		fmt.Fprintf(w, `{"topic":"manual-entries","value":{"id":"m%d","received_at":%q,"person_id":"p%d","centre_id":"KH","form":"OBSERVATION","local_time":"2026-02-03T20:00","document_ref":"%s"}}`+"\n",
			i, at, i%persons, ref)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// peak is the most memory that a process had resident, in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skipf("the peak of a process is not known here: %v", err)
	}
	for _, line := range strings.Split(string(status), "\n") {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Skip("the peak of a process is not known here")
	return 0
}

// TestMemoryStaysBounded: a large backlog is worked off within about the default
// limit; with three quarters of it for Go it took a fifth more.
func TestMemoryStaysBounded(t *testing.T) {
	t.Parallel()
	if testing.Short() || !seeds.Full() {
		t.Skip("works off a large backlog: TILSYN_FULL=1 go test")
	}
	broker, err := topics.StartEmbedded(topics.EmbeddedConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	p := program{dir: t.TempDir(), env: []string{"TILSYN_BROKERS=" + strings.Join(broker.Brokers(), ","),
		"TILSYN_LOG_LEVEL=warn"}}
	p.ok(t, "topics", "create", "--partitions", "4")
	const papers, limit = 150_000, 512
	p.ok(t, "load", backlog(t, 3000, papers))
	began := time.Now()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := p.engine(t, "run", "--data-dir", "data", "--listen", address, "--memory", fmt.Sprintf("%dMiB", limit))
	for read := 0.0; read < papers; time.Sleep(100 * time.Millisecond) {
		if read = recordsRead(t, address); time.Since(began) > within {
			t.Fatalf("%v of %d records are read", read, papers)
		}
	}
	most := peak(t, cmd.Process.Pid)
	t.Logf("%d MiB of papers read after %s, at most %d MiB resident with a limit of %d", papers/1000,
		time.Since(began), most>>20, limit)
	if most > limit<<20*115/100 {
		t.Errorf("%d MiB resident, the limit is %d", most>>20, limit)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	ends(t, cmd)
}

// recordsRead is how many records the engine has read, by its metrics.
func recordsRead(t *testing.T, address string) float64 {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + "/metrics")
	if err != nil {
		return 0 // it is not listening yet
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if v, ok := strings.CutPrefix(line, "tilsyn_input_records_total "); ok {
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	return 0
}
