package dutytest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"tilsyn/engine/duty"
)

// TestScripts runs testdata/scripts/*.txt: vectors in the notation of domain
// §10.1, described in testdata/scripts/README.md. `go test -run TestScripts
// -rewrite` writes the answers of the core into them.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts found: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var s *script
			datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
				if d.Cmd == "facts" {
					var err error
					if s, err = newScript(d.Input); err != nil {
						d.Fatalf(t, "%v", err)
					}
					return ""
				}
				out, err := s.run(t, d.Cmd, d.Input)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				return out
			})
		})
	}
}

// run executes one command after facts.
func (s *script) run(t *testing.T, cmd, input string) (string, error) {
	if s == nil {
		return "", fmt.Errorf("write facts first")
	}
	switch cmd {
	case "judge":
		return s.judge(t, input)
	case "quality":
		return s.quality(input)
	case "record":
		return s.record(input)
	case "withdrawal":
		return s.withdrawal(input)
	}
	return "", fmt.Errorf("unknown command %q: facts, judge, quality, record or withdrawal", cmd)
}

// clockAndRest reads an optional line "as of TIME" and what is to be shown.
func (s *script) clockAndRest(input string) (duty.Instant, []string, error) {
	var words []string
	at := duty.Instant(0)
	for _, line := range strings.Split(input, "\n") {
		if text, ok := strings.CutPrefix(line, "as of "); ok {
			ts, err := scriptTime(text)
			if err != nil {
				return 0, nil, err
			}
			at = ts
			continue
		}
		words = append(words, strings.Fields(line)...)
	}
	if at == 0 {
		at = s.Final(words)
	}
	return at, words, nil
}

// judge prints the units asked for, as N2026-02-03, N2026-02-03..2026-02-05 or
// D2026-02-03, and what of them was said and withdrawn.
func (s *script) judge(t *testing.T, input string) (string, error) {
	at, words, err := s.clockAndRest(input)
	if err != nil {
		return "", err
	}
	if err := s.markComplete(words); err != nil {
		return "", err
	}
	v := vector{Evaluate: words}
	in := s.c.core()
	res := duty.Evaluate(in, at)
	revisions, err := duty.Revise(in, res, s.said)
	if err != nil {
		return "", err
	}
	s.said = follow(t, in, at, s.said, revisions)
	got := map[string]string{}
	for i := range res.Units {
		u := &res.Units[i]
		if v.compared(u.Kind, u.Date) && !u.Pending && !u.Early {
			caveats := u.Caveats
			if !isRecord(u.Outcome) {
				caveats = nil
			}
			got[dateText(u.Date)+u.Kind.String()] = unitLine(u.Kind, u.Date, u.Outcome.String(), u.Instant, caveats)
		}
	}
	for _, said := range s.said {
		if key := dateText(said.Date) + said.Kind.String(); said.Status == duty.StatusWithdrawn &&
			v.compared(said.Kind, said.Date) {
			got[key] = fmt.Sprintf("%s %s WITHDRAWN(%s)", said.Kind, dateText(said.Date), said.WithdrawnOutcome.V)
		}
	}
	s.compareOracle(t, at)
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, k := range keys {
		if !strings.HasSuffix(got[k], " NOT_APPLICABLE") {
			b.WriteString(got[k] + "\n")
		}
	}
	if b.Len() == 0 {
		return "nothing\n", nil
	}
	return b.String(), nil
}

// compareOracle lets the second evaluator judge every script as well.
func (s *script) compareOracle(t *testing.T, at duty.Instant) {
	t.Helper()
	for _, d := range differences(s.c, at) {
		t.Errorf("core and oracle differ:\n%s", d)
	}

}

// quality prints the data-quality codes and observations about the person.
func (s *script) quality(input string) (string, error) {
	at, words, err := s.clockAndRest(input)
	if err != nil {
		return "", err
	}
	if err := s.markComplete(words); err != nil {
		return "", err
	}
	res := duty.Evaluate(s.c.core(), at)
	seen := map[string]bool{}
	for _, q := range res.DataQuality {
		seen[fmt.Sprintf("%s %s", q.Code, q.Subject)] = true
	}
	for _, o := range res.Observations {
		seen["observation "+o.Code.String()] = true
	}
	var lines []string
	for l := range seen {
		lines = append(lines, l)
	}
	sort.Strings(lines)
	if len(lines) == 0 {
		return "nothing\n", nil
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// record prints what a record says: "record" with NOTIFY 2026-02-03.
func (s *script) record(input string) (string, error) {
	at, words, err := s.clockAndRest(input)
	if err != nil {
		return "", err
	}
	if len(words) != 2 {
		return "", fmt.Errorf("say which record, as NOTIFY 2026-02-03")
	}
	night := "N"
	if words[0] == "REPORT" {
		night = "D"
	}
	unit := []string{night + words[1]}
	if !strings.Contains(input, "as of ") {
		at = s.Final(unit)
	}
	if err := s.markComplete(unit); err != nil {
		return "", err
	}
	in := s.c.core()
	list, err := duty.Revise(in, duty.Evaluate(in, at), nil)
	if err != nil {
		return "", err
	}
	for i := range list {
		v := &list[i]
		if v.Kind.String() != words[0] || dateText(v.UnitDate) != words[1] {
			continue
		}
		out := fmt.Sprintf("%s\ngroup %s, basis %s, centre %s, %s\n",
			unitLine(v.Kind, v.UnitDate, v.Status.String(), duty.Some(v.Instant), v.Caveats),
			v.Group, v.LegalBasis, v.CentreID, v.Basis)
		if v.Shortfall.OK {
			out += fmt.Sprintf("shortfall %d\n", v.Shortfall.V)
		}
		return out + v.Statement + "\n" + v.StatementDa + "\n", nil
	}
	return "no such record\n", nil
}

// withdrawal prints what withdraws a record that an earlier judge of the case has
// told: "withdrawal" with NOTIFY 2026-02-03.
func (s *script) withdrawal(input string) (string, error) {
	at, words, err := s.clockAndRest(input)
	if err != nil {
		return "", err
	}
	if len(words) != 2 || !strings.Contains(input, "as of ") {
		return "", fmt.Errorf("say as of when and which record, as NOTIFY 2026-02-03")
	}
	night := "N"
	if words[0] == "REPORT" {
		night = "D"
	}
	if err := s.markComplete([]string{night + words[1]}); err != nil {
		return "", err
	}
	in := s.c.core()
	list, err := duty.Revise(in, duty.Evaluate(in, at), s.said)
	if err != nil {
		return "", err
	}
	for i := range list {
		if v := &list[i]; v.Kind.String() == words[0] && dateText(v.UnitDate) == words[1] &&
			v.Status == duty.StatusWithdrawn {
			return fmt.Sprintf("%s %s, cause %s\n%s\n%s\n", v.WithdrawnOutcome.V, v.ChangeReason,
				v.CauseID.Or("none"), v.Statement, v.StatementDa), nil
		}
	}
	return "nothing is withdrawn\n", nil
}

// TestScriptsHoldEveryVector: for every vector the scripts expect exactly what vectors.json
// expects, so that -rewrite cannot change a vector unnoticed.
func TestScriptsHoldEveryVector(t *testing.T) {
	files, _ := filepath.Glob("testdata/scripts/*.txt")
	answers := map[string][]string{} // per vector, one answer of judge per stage
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		for _, block := range strings.Split(string(b), "\n\n") {
			for _, line := range strings.Split(block, "\n") {
				if text, ok := strings.CutPrefix(line, "# "); ok {
					id, _, _ = strings.Cut(text, " ")
				}
			}
			if _, answer, ok := strings.Cut(block, "\n----\n"); ok && strings.HasPrefix(block, "judge\n") {
				answers[id] = append(answers[id], strings.TrimSpace(answer))
			}
		}
	}
	for _, v := range loadVectors(t) {
		for i, stage := range v.Stages {
			var want []string
			for _, e := range stage.Expect {
				if !strings.HasPrefix(e, "ALERT") && !strings.HasSuffix(e, " NOT_APPLICABLE") {
					want = append(want, e)
				}
			}
			if len(want) == 0 {
				want = []string{"nothing"}
			}
			sort.Strings(want)
			if i >= len(answers[v.ID]) {
				t.Errorf("%s has no judge for stage %s", v.ID, stage.AsOf)
				continue
			}
			got := strings.Split(answers[v.ID][i], "\n")
			sort.Strings(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: the script says %q, the vector %q", v.ID, stage.AsOf, got, want)
			}
		}
	}
}
