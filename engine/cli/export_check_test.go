package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/evidence"
	"tilsyn/engine/replay"
	"tilsyn/engine/stream/seeds"
)

// checker is the program that checks evidence without this one.
const checker = "../../integration/check_evidence.py"

// requirePython makes tests fail where they would skip for want of Python.
const requirePython = "TILSYN_REQUIRE_PYTHON"

// interpreter is the path of a Python 3: of the program itself where python3 is a script that finds it, since the
// script may take longer than the checker.
var interpreter = sync.OnceValues(func() (string, error) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	out, err := exec.Command(path, "-c", "import sys; print(sys.executable)").Output()
	if own := strings.TrimSpace(string(out)); err == nil && own != "" {
		return own, nil
	}
	return path, nil // it shows itself what is wrong with it
})

// python returns a Python 3, or ends the test.
func python(t *testing.T) string {
	t.Helper()
	path, err := interpreter()
	if err != nil {
		if os.Getenv(requirePython) == "1" {
			t.Fatalf("%s=1 and there is no python3: %v", requirePython, err)
		}
		t.Skipf("there is no python3, which %s runs with: %v", checker, err)
	}
	return path
}

// checked runs the checker over files and returns what it printed and its exit status.
func checked(t *testing.T, files ...string) (out string, status int) {
	t.Helper()
	var text bytes.Buffer
	cmd := exec.Command(python(t), append([]string{checker}, files...)...)
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return text.String(), cmd.ProcessState.ExitCode()
}

// said is what the checker printed of one file, and its exit status.
type said struct {
	Out    string
	Status int
}

// manyRuns is a Python that checks each file as a run of the checker of its own would.
const manyRuns = `
import contextlib, io, json, runpy, sys, traceback
checker, files = sys.argv[1], sys.argv[2:]
main = runpy.run_path(checker)["main"]
for file in files:
    sys.argv, out = [checker, file], io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            status = main()
        except Exception:
            traceback.print_exc()
            status = 1
    print(json.dumps({"Out": out.getvalue(), "Status": status}))
`

// checkedEach runs the checker over each file by itself: at full size with a Python of its own, as whoever checks
// has, else all with one, since to start it costs more than to check.
func checkedEach(t *testing.T, files []string) []said {
	t.Helper()
	var all []said
	if seeds.Full() {
		for _, file := range files {
			out, status := checked(t, file)
			all = append(all, said{out, status})
		}
		return all
	}
	printed, err := exec.Command(python(t), append([]string{"-c", manyRuns, checker}, files...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(printed) {
		var one said
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if len(all) != len(files) {
		t.Fatalf("%d files were checked of %d", len(all), len(files))
	}
	return all
}

// certified makes the certificates of the records that a replay gives, and returns their files.
func certified(t *testing.T, dir, name string, o replay.Options, most int) []string {
	t.Helper()
	var files []string
	outcomes := outcomesOf(t, o)
	for _, id := range slices.Sorted(maps.Keys(outcomes)) {
		if harmOf(outcomes[id].Outcome) < 2 || len(files) == most {
			continue
		}
		x, err := replay.Inspect(t.Context(), o, replay.Wanted{UnitID: id, Now: true})
		if err != nil {
			t.Fatalf("%s %s: %v", name, id, err)
		}
		cert, err := evidence.Certify(evidenceCase(&inspection{Inspection: x}), x.Kind, x.Date)
		if err != nil {
			t.Fatalf("%s %s: %v", name, id, err)
		}
		holdSilence(t, name, cert)
		text, err := json.Marshal(cert)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, fmt.Sprintf("%s %s %s.json", name, x.Kind, x.Date))
		files = append(files, write(t, file, string(text)))
	}
	return files
}

// holdSilence checks that every statement of silence cites something, and that none of an indicated record is
// left open.
func holdSilence(t *testing.T, name string, c *evidence.Certificate) {
	t.Helper()
	for _, s := range c.Silence {
		if len(s.Cites) == 0 {
			t.Errorf("%s: a statement about %s cites nothing", name, s.About)
		}
		for _, x := range s.Cites {
			if x.Text == "" || x.TextDa == "" || x.State == "" {
				t.Errorf("%s: a ground of silence without words: %+v", name, x)
			}
		}
		if s.State == "OPEN" && strings.Contains(string(c.Record), `"status":"INDICATED"`) {
			t.Errorf("%s: the record is INDICATED although silence about %s is open: %+v", name, s.About, s.Cites)
		}
	}
}

// TestCertificatesAreChecked: every record of the vectors and of simulated residents with faults has a
// certificate, and the checker finds nothing wrong with it.
func TestCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "every record of the vectors and of simulated residents")
	dir := t.TempDir()
	var files []string
	for i, v := range loadVectors(t) {
		for stage := range v.AsOf {
			if seeds.Full() || (i+stage)%6 == 0 {
				files = append(files, certified(t, dir, fmt.Sprintf("%s-%d", v.ID, stage), vectorOptions(t, &v, stage), 6)...)
			}
		}
	}
	for seed := range uint64(seeds.Size(t, 8)) {
		o := clearingOptions(simulatedWithFaults(t, seed))
		files = append(files, certified(t, dir, fmt.Sprintf("simulated-%d", seed), o, 6)...)
	}
	if len(files) < 20 {
		t.Fatalf("%d records: the test looked at nothing", len(files))
	}
	out, status := checked(t, files...)
	if status != 0 || strings.Count(out, "nothing failed") != len(files) {
		for part := range strings.SplitAfterSeq(out, "checks failed\n") {
			if strings.Contains(part, "FAIL ") {
				t.Error(part[strings.LastIndex(part, "\n# ")+1:])
			}
		}
		t.Errorf("of %d certificates %d passed; status %d", len(files), strings.Count(out, "nothing failed"), status)
	}
	t.Logf("%d certificates", len(files))
}

// manipulated are changes of a certificate, each with what the checker must name.
var manipulated = []struct{ name, find, put, says string }{
	{"the status", `"status":"INDICATED"`, `"status":"NEEDS_REVIEW"`, "digest of every revision"},
	{"a registration", `"direction":"IN","device_id":"KH-carousel"`, `"direction":"OUT","device_id":"KH-carousel"`, ""},
	{"the time of an exit", `"at":"2026-02-03T19:00:00.000Z","received_at"`, `"at":"2026-02-03T23:30:00.000Z","received_at"`,
		"is another in the facts"},
	{"a marker", `"local_date":"2026-02-03","log_type":"OUTAGE_FORMS"`, `"local_date":"2026-02-02","log_type":"OUTAGE_FORMS"`,
		"OUTAGE_FORMS is OPEN"},
	{"heartbeats", `,60000,`, `,600000,`, "HEARTBEAT of"},
	{"a ground of silence", `"kind":"NUMBERS","source":"KH-carousel","state":"NOT_NUMBERED"`,
		`"kind":"NUMBERS","source":"KH-carousel","state":"PROVEN"`, "NUMBERS of KH-carousel"},
	{"a statement of silence", `"about":"PASSAGES"`, `"about":"PERMISSIONS"`, "every silence"},
	{"the unit", `"unit_date":"2026-02-03"`, `"unit_date":"2026-02-04"`, "digest of every revision"},
}

// TestCertificateManipulated: whatever is changed in a certificate, the checker says so.
func TestCertificateManipulated(t *testing.T) {
	t.Parallel()
	python(t)
	dir := t.TempDir()
	facts := write(t, filepath.Join(dir, "facts.jsonl"), residentFacts("P-1")+markers("KH", 3, 4)+beats("KH-carousel"))
	p := program{dir: dir}
	p.ok(t, "export", "STAY:2026-02-03:P-1", facts, "--certificate", "c.json", "--as-of", "2026-02-05T08:00:00+01:00")
	var pretty bytes.Buffer
	if err := json.Compact(&pretty, []byte(read(t, filepath.Join(dir, "c.json")))); err != nil {
		t.Fatal(err)
	}
	text := pretty.String()
	if out, status := checked(t, filepath.Join(dir, "c.json")); status != 0 || strings.Contains(out, "P-1") {
		t.Fatalf("status %d:\n%s", status, out)
	}
	var files []string
	for i, m := range manipulated {
		bad := strings.ReplaceAll(text, m.find, m.put)
		if m.name == "a registration" {
			bad = regexp.MustCompile(`"direction":"IN","authentication"`).ReplaceAllString(text, `"direction":"OUT","authentication"`)
		}
		if bad == text {
			t.Fatalf("%s: the certificate has no %s", m.name, m.find)
		}
		files = append(files, write(t, filepath.Join(dir, fmt.Sprintf("bad-%d.json", i)), bad))
	}
	none := []string{"", "{}", "[1]", text[:100], `{"form":"tilsyn-certificate/9"}`}
	for i, bad := range none {
		files = append(files, write(t, filepath.Join(dir, fmt.Sprintf("none-%d.json", i)), bad))
	}
	all := checkedEach(t, files)
	for i, m := range manipulated {
		if got := all[i]; got.Status != 1 || !strings.Contains(got.Out, "FAIL") || !strings.Contains(got.Out, m.says) {
			t.Errorf("%s changed: status %d:\n%s", m.name, got.Status, got.Out)
		}
	}
	for i, bad := range none {
		if got := all[len(manipulated)+i]; got.Status != 2 || strings.Contains(got.Out, "Traceback") {
			t.Errorf("of %q it says, with status %d: %s", bad, got.Status, got.Out)
		}
	}
}

// markers are those of all manual logs of a centre on some days of February 2026.
func markers(centre string, days ...int) string {
	var b strings.Builder
	for _, day := range days {
		for _, log := range []string{"ASSISTED_PASSAGE", "BARCODE_LOG", "NOTICE_LOG", "OUTAGE_FORMS"} {
			fmt.Fprintf(&b, `{"topic":"settlements","value":{"id":"m-%s-%d","received_at":"2026-02-05T00:30:00Z",`+
				`"centre_id":"%s","local_date":"2026-02-%02d","log_type":"%s","complete":true}}`+"\n",
				log, day, centre, day, log)
		}
	}
	return b.String()
}

// beats are heartbeats of a device, one a minute, over the first days of February 2026.
func beats(device string) string {
	var b strings.Builder
	from, to := duty.DateOf(2026, 2, 3).Clock(12, 0), duty.DateOf(2026, 2, 5).Clock(9, 0)
	for at := from; at < to; at += duty.Minute {
		fmt.Fprintf(&b, `{"topic":"heartbeats","value":{"id":"h-%[1]s","received_at":"%[1]s","source_id":"%[2]s","at":"%[1]s"}}`+"\n",
			at, device)
	}
	return b.String()
}
