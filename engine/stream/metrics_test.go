package stream

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"tilsyn/engine/duty"
	"tilsyn/engine/stream/seeds"
	"tilsyn/engine/stream/task"
	"tilsyn/engine/stream/testkit"
	"tilsyn/state"
	"tilsyn/topics"
)

// ask asks the engine over HTTP.
func ask(t *testing.T, address, path string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// scrape parses /metrics as Prometheus does.
func scrape(t *testing.T, address string) map[string]*dto.MetricFamily {
	t.Helper()
	_, text := ask(t, address, "/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return families
}

// value is that of the series with the labels given as name, value, …
func value(t *testing.T, families map[string]*dto.MetricFamily, name string, labels ...string) float64 {
	t.Helper()
	f := families[name]
	if f == nil {
		t.Errorf("%s is missing", name)
		return 0
	}
	for _, m := range f.Metric {
		match := 0
		for _, l := range m.Label {
			for i := 0; i < len(labels); i += 2 {
				if l.GetName() == labels[i] && l.GetValue() == labels[i+1] {
					match += 2
				}
			}
		}
		if match == len(labels) {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	t.Errorf("%s%v is missing", name, labels)
	return 0
}

func readiness(t *testing.T, address string) (int, Readiness) {
	t.Helper()
	status, text := ask(t, address, "/readyz")
	var r Readiness
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return status, r
}

// Every metric is exported in a form that Prometheus parses, with the unit at the end of its name,
// a help text, and a line in the README; and its values are right.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.load(testkit.Residents(rand.New(rand.NewPCG(31, 31)), 20, 7))
	r.load([]testkit.Feed{{At: seeds.Start, Topic: "notices", Key: "Qperson1"}})
	cfg := r.config(seeds.Start + 20*duty.Day)
	cfg.Listen = freeAddress(t)
	e := start(t, cfg)
	e.rest()
	time.Sleep(task.ReportEvery) // until the tasks have said once more how they stand
	got := scrape(t, cfg.Listen)
	page, err := os.ReadFile(filepath.Join("..", "..", ".github", "docs", "watching.md"))
	if err != nil {
		t.Fatal(err)
	}
	ours := 0
	for name, f := range got {
		if f.GetHelp() == "" {
			t.Errorf("%s has no help text", name)
		}
		if !strings.HasPrefix(name, "tilsyn_") {
			continue
		}
		ours++
		if !strings.Contains(string(page), "`"+name) {
			t.Errorf("%s is not in .github/docs/watching.md", name)
		}
		if counter := f.GetType() == dto.MetricType_COUNTER; counter != strings.HasSuffix(name, "_total") {
			t.Errorf("%s is a %s", name, f.GetType())
		}
	}
	if want := 35; ours < want || got["go_goroutines"] == nil || got["process_cpu_seconds_total"] == nil {
		t.Errorf("%d metrics of tilsyn, want at least %d, beside those of Go and the process", ours, want)
	}
	sum := 0.0
	for _, kind := range []string{"STAY", "NOTIFY", "REPORT"} {
		for _, status := range []string{"INDICATED", "NEEDS_REVIEW", "WITHDRAWN"} {
			sum += value(t, got, "tilsyn_revisions_total", "kind", kind, "status", status)
		}
	}
	if told := toldBy(cfg.Stats); told == 0 || sum != float64(told) {
		t.Errorf("%v revisions by metrics, %d by Stats", sum, told)
	}
	if n := value(t, got, "tilsyn_dead_letters_total"); n == 0 || n != float64(cfg.Stats.DeadLetters.Load()) {
		t.Errorf("%v dead letters by metrics, %d by Stats", n, cfg.Stats.DeadLetters.Load())
	}
	for name, want := range map[string]float64{"tilsyn_ready": 1, "tilsyn_recoveries_total": 2,
		"tilsyn_rebuilds_total": 0, "tilsyn_fenced_total": 0, "tilsyn_faults_total": 0, "tilsyn_refused_units_total": 0} {
		if v := value(t, got, name); v != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
	for _, task := range []string{"0", "1"} {
		if lag := value(t, got, "tilsyn_task_lag_records", "task", task, "topic", duty.TopicCardEvents); lag != 0 {
			t.Errorf("task %s lags by %v records at rest", task, lag)
		}
		if value(t, got, "tilsyn_task_live", "task", task) != 1 || value(t, got, "tilsyn_task_persons", "task", task) == 0 ||
			value(t, got, "tilsyn_task_caught_up_age_seconds", "task", task) > 1 {
			t.Errorf("task %s: %v", task, got["tilsyn_task_persons"])
		}
	}
	if n := value(t, got, "tilsyn_transaction_seconds"); n != float64(cfg.Stats.Commits.Load()) || n == 0 {
		t.Errorf("%v transactions were timed, %d committed", n, cfg.Stats.Commits.Load())
	}
	for _, name := range []string{"tilsyn_state_puts_total", "tilsyn_state_put_bytes_total"} {
		if value(t, got, name) == 0 {
			t.Errorf("%s is 0", name)
		}
	}
	if value(t, got, "tilsyn_state_bytes", "part", "log") == 0 {
		t.Error("the state takes nothing of the disk")
	}
	if value(t, got, "tilsyn_input_bytes_total") == 0 || value(t, got, "tilsyn_cycle_seconds") == 0 ||
		value(t, got, "tilsyn_state_disk_free_bytes") == 0 {
		t.Error("bytes, cycles or free space are not counted")
	}
	e.end()
}

// Until there is a broker the engine is alive and not ready, and says what it
// waits for; then it becomes ready, and says how its tasks stand.
func TestReadiness(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	cfg := r.config(seeds.Start)
	away := freeAddress(t)
	cfg.Kafka = topics.Config{Brokers: []string{away}, Prefix: "test.", GiveUpAfter: -1}
	cfg.Listen = freeAddress(t)
	done := make(chan error, 1)
	ctx, cancel := contextWithin(t)
	go func() { done <- Run(ctx, cfg) }()
	waitListening(t, cfg.Listen)
	if status, text := ask(t, cfg.Listen, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz without a broker: %d %s", status, text)
	}
	status, got := readiness(t, cfg.Listen)
	if status != http.StatusServiceUnavailable || got.Ready || len(got.WaitsFor) != 1 || got.WaitsFor[0] != "a broker" {
		t.Errorf("/readyz without a broker: %d %+v", status, got)
	}
	if v := value(t, scrape(t, cfg.Listen), "tilsyn_ready"); v != 0 {
		t.Errorf("tilsyn_ready is %v", v)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}

	cfg.Kafka, cfg.Stats = r.cfg, &task.Stats{}
	e := start(t, cfg)
	e.rest()
	time.Sleep(task.ReportEvery)
	waitReady(t, cfg.Listen)
	status, got = readiness(t, cfg.Listen)
	if status != http.StatusOK || !got.Ready || len(got.Tasks) != 2 || !got.Tasks[1].Live || got.Generation == 0 ||
		got.Tasks[1].CaughtUp == nil {
		t.Errorf("/readyz at rest: %d %+v", status, got)
	}
	e.end()
}

// An instance that listens and has not begun yet is not ready.
func TestNotReadyBeforeItsStart(t *testing.T) {
	answer := httptest.NewRecorder()
	(&engine{cfg: Config{Stats: &task.Stats{}}}).handler().
		ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	var r Readiness
	if err := json.Unmarshal(answer.Body.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if answer.Code != http.StatusServiceUnavailable || r.Ready || !slices.Equal(r.WaitsFor, []string{"its start"}) {
		t.Errorf("/readyz: %d %+v", answer.Code, r)
	}
}

// What a task waits for is named, and a task that stands still is reported.
func TestStatus(t *testing.T) {
	var s status
	s.enter("")
	s.assign([]int32{0, 1}, true)
	now := time.Now()
	s.set(0, task.TaskState{Trouble: state.ErrDiskFull.Error()})
	s.set(1, task.TaskState{Live: true, Seen: now, CaughtUp: seeds.Start, Report: &task.TaskReport{Seq: 7,
		Lags: map[string]task.Lag{"holds": {Records: 3}, "card-events": {Records: 40}, "notices": {}}}})
	r := s.ready()
	if r.Ready || len(r.WaitsFor) != 1 || !strings.Contains(r.WaitsFor[0], "task 0") ||
		!strings.Contains(r.WaitsFor[0], "free disk space") {
		t.Errorf("%+v", r)
	}
	if w := r.Tasks[1]; w.WaitsFor != "40 records of card-events" || w.LagRecords != 43 || w.Sequence != 7 {
		t.Errorf("%+v", w)
	}
	if why := s.stalled(now.Add(stalledAfter - time.Second)); why != "" {
		t.Errorf("stalled early: %s", why)
	}
	if why := s.stalled(now.Add(stalledAfter + time.Second)); !strings.Contains(why, "task 1") {
		t.Errorf("not stalled: %q", why)
	}
}

func TestHistogram(t *testing.T) {
	var h task.Histogram
	for _, d := range []time.Duration{0, time.Millisecond, 2 * time.Millisecond, time.Minute} {
		h.Add(d)
	}
	count, sum, below := h.Totals()
	if count != 4 || sum < 60.002 || sum > 60.004 || below[0.001] != 2 || below[0.005] != 3 || below[30] != 3 {
		t.Errorf("%d %v %v", count, sum, below)
	}
}
