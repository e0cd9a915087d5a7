package dutytest

import (
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/duty"
)

// What no Danish statement may contain: a symbol of an enum, a date in a form that no official
// writes, or a name from the program.
var foreignInDanish = regexp.MustCompile(`[A-Z]{2,}_|\b(COMPLIANT|EXCUSED|EXCLUDED|UNDETERMINED|INDICATED|STAY|NOTIFY|REPORT)\b|\d{4}-\d{2}|\d{2}:\d{2}|<nil>`)

// TestDanishOfEveryVector: whatever the vectors tell is told in Danish that an
// official could have written.
func TestDanishOfEveryVector(t *testing.T) {
	var all []string
	for _, v := range loadVectors(t) {
		in := v.facts.core()
		var said []duty.Said
		for i := range v.Stages {
			list, err := duty.Revise(in, duty.Evaluate(in, v.asOf[i]), said)
			if err != nil {
				t.Fatalf("%s: %v", v.ID, err)
			}
			for k := range list {
				r := &list[k]
				said = append(said, duty.SaidOf(r))
				text := strings.ReplaceAll(r.StatementDa, r.PersonID, "")
				if bad := foreignInDanish.FindString(text); bad != "" {
					t.Errorf("%s: %q in: %s", v.ID, bad, r.StatementDa)
				}
				all = append(all, r.StatementDa)
			}
		}
	}
	told := strings.Join(all, "\n")
	for _, want := range []string{
		"indikerer, at natten mellem den 3. og 4. februar 2026 ikke er tilbragt på det anviste center.",
		"Pr. 3. februar 2026 kl. 23.00 kendes ingen rettidig egen underretning af operatøren for natten mellem den 3. og 4. februar 2026.",
		"indikerer, at meldingen den ",
		"Den tidligere indikation vedrørende natten mellem den ",
		"er trukket tilbage og må ikke lægges til grund: efter det nu oplyste ",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no statement says %q", want)
		}
	}
	if t.Failed() && testing.Verbose() {
		t.Log(told)
	}
}
