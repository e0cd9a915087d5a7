package explain

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/duty"
	"tilsyn/engine/glossary"
)

// ruleName is a rule as the core cites it.
var ruleName = regexp.MustCompile(`"([A-Z]{2,4}-\d\d)"`)

// TestEveryRuleIsToldInDanish: every rule that the core cites, and every caveat, has its Danish, and no Danish is
// of a rule that nothing cites.
func TestEveryRuleIsToldInDanish(t *testing.T) {
	files, err := filepath.Glob("../duty/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no core: %v", err)
	}
	cited := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ruleName.FindAllStringSubmatch(string(b), -1) {
			cited[m[1]] = true
		}
	}
	for id := range cited { //house:order-free each is looked at alone
		if ruleText(id).Text != "" && ruleDa[id] == "" {
			t.Errorf("%s has no Danish in danish.go", id)
		}
	}
	for id := range ruleDa { //house:order-free each is looked at alone
		if !cited[id] {
			t.Errorf("danish.go has %s, which the core does not cite", id)
		}
	}
	for _, c := range glossary.Caveats() {
		if doubtDa[c] == "" {
			t.Errorf("the caveat %s has no Danish in danish.go", c)
		}
	}
	if len(doubtDa) != len(glossary.Caveats()) {
		t.Errorf("danish.go has %d caveats, the law %d", len(doubtDa), len(glossary.Caveats()))
	}
}

// TestEveryPhraseIsInBothLanguages: every reason that may stand in a table has words for every symbol, in both
// languages, and they are not the same.
func TestEveryPhraseIsInBothLanguages(t *testing.T) {
	check := func(name string, w words) {
		if w.en == "" || w.da == "" || w.en == w.da {
			t.Errorf("%s has %q and %q", name, w.en, w.da)
		}
	}
	for r := duty.NoticeReasonUnknown + 1; r.String() != "UNKNOWN" && r.String() != ""; r++ {
		check("notice "+r.String(), noticeWhy[r])
	}
	for r := duty.PermissionReasonUnknown + 1; r.String() != "UNKNOWN" && r.String() != ""; r++ {
		check("permission "+r.String(), permissionWhy[r])
	}
	for _, r := range []duty.IncidentEffect{duty.IncidentEffectOverlaps, duty.IncidentEffectTaints,
		duty.IncidentEffectNone} {
		check("incident "+r.String(), incidentWhy[r])
	}
	for r, w := range useWhy {
		check("registration "+string(r), w)
	}
	for _, w := range notAsked {
		check("not asked", w)
	}
	for _, k := range []*factKind{rowIn, rowOut, standRow, outagePending, outageComplete, excluded, noticeClear,
		noticeUnclear, noticeElsewhere, guardForm, byHand, barcodeLine, temporaryLine, roomCheck, observed, agencyForm,
		policeReport, unlocked, barcodeMarker, leave, custody, hospital, gone, annulled, takenBack} {
		check("fact", words{k.what, k.whatDa})
		check("whom to ask", words{k.whom, k.whomDa})
	}
}

// TestExplanationsAreInBothLanguages: wherever an explanation has a text in English, the field beside it has the
// Danish, and the other way round.
func TestExplanationsAreInBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, at := range []duty.Instant{(night + 1).Clock(8, 0), (night + 2).Clock(8, 0)} {
		for _, settled := range []bool{true, false} {
			for _, k := range []duty.Kind{duty.KindStay, duty.KindNotify} {
				c := caseAt(k, night, at, settled)
				c.FromLog = true
				x, err := Explain(c)
				if err != nil {
					t.Fatal(err)
				}
				pairs(t, reflect.ValueOf(*x), seen)
			}
		}
	}
	for _, want := range []string{"Item.What", "Item.Why", "Check.Question", "Rule.Concluded", "Doubt.Text",
		"Settlement.Missing", "Explanation.Notes", "Trigger.Result"} {
		if !seen[want] {
			t.Errorf("no explanation of these has %s", want)
		}
	}
}

// pairs compares every field X with the field XDa beside it, all the way down.
func pairs(t *testing.T, v reflect.Value, seen map[string]bool) {
	t.Helper()
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			pairs(t, v.Index(i), seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			pairs(t, v.Field(i), seen)
			da := v.FieldByName(f.Name + "Da")
			if !da.IsValid() {
				continue
			}
			en, name := textsOf(v.Field(i)), v.Type().Name()+"."+f.Name
			seen[name] = seen[name] || slices.ContainsFunc(en, func(s string) bool { return s != "" })
			for j, s := range textsOf(da) {
				if j >= len(en) || (s == "") != (en[j] == "") || s != "" && s == en[j] {
					t.Errorf("%s: English %q, Danish %q", name, en, textsOf(da))
					break
				}
			}
			if len(en) != len(textsOf(da)) {
				t.Errorf("%s: %d texts in English, %d in Danish", name, len(en), len(textsOf(da)))
			}
		}
	}
}

func textsOf(v reflect.Value) []string {
	if v.Kind() == reflect.String {
		return []string{v.String()}
	}
	out, _ := v.Interface().([]string)
	return out
}
