package console

import (
	"bytes"
	"encoding/json"
	"html"
	"html/template"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/engine/explain"
	"tilsyn/engine/internal/notation"
	builtin "tilsyn/engine/policy"
	"tilsyn/engine/stream/seeds"
)

// english are words that no Danish page has, and danish words that no English one has.
var (
	english = regexp.MustCompile(`(?i)\b(the|of|and|was|were|with|that|which|not|this|been|known|begins|ends|unknown|` +
		`outside|inside|notice|night|report|complete|forms|row|because|would|does|its)\b`)
	danish = regexp.MustCompile(`(?i)\b(og|af|er|var|med|som|ikke|denne|kendt|begynder|slutter|ukendt|ude|inde|ind|ud|` +
		`underretning|nat|melding|skemaer|række|fordi|ville|det|den|på)\b`)
	// tags are what nobody reads, foreign what says that it is in another language, and commands.
	tags    = regexp.MustCompile(`(?s)<[^>]*>`)
	foreign = regexp.MustCompile(`(?s)<button[^>]* lang="[a-z]{2}"[^>]*>.*?</button>|<code>.*?</code>`)
)

// device is the name of a device, which is in no language.
var device = regexp.MustCompile(`\b(KH|SJ)-[\w-]+`)

// read is what somebody reads of a page.
func read(page string) string {
	text := tags.ReplaceAllString(foreign.ReplaceAllString(page, " "), " ")
	return device.ReplaceAllString(html.UnescapeString(text), " ")
}

// inLanguages are the templates in each language.
func inLanguages(t *testing.T) map[string]*template.Template {
	t.Helper()
	c, err := New(Config{Guard: &access.Guard{Local: true}})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*template.Template{}
	for _, lang := range []string{"da", "en"} {
		if out[lang], err = c.templates.Clone(); err != nil {
			t.Fatal(err)
		}
		out[lang].Funcs(functionsOf(lang))
	}
	return out
}

// written is a page of a template in a language.
func written(t *testing.T, in map[string]*template.Template, lang, name string, data any) string {
	t.Helper()
	var out bytes.Buffer
	err := in[lang].ExecuteTemplate(&out, name, pageData{Lang: lang, Title: "Titel", Actor: &access.Actor{Name: "NN",
		Roles: []access.Role{"officer"}}, Now: "2026-02-05T12:00:00+01:00", Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestAPageIsInOneLanguage: the page of every night and report of the law's vectors has no English word for a
// reader of Danish, and no Danish one for a reader of English.
func TestAPageIsInOneLanguage(t *testing.T) {
	t.Parallel()
	seeds.Large(t, "every page, in each language")
	in := inLanguages(t)
	var vectors []struct {
		ID       string
		Profile  string
		Inputs   []string
		Evaluate []string
	}
	b, err := os.ReadFile("../duty/law/vectors/vectors.json")
	if err == nil {
		err = json.Unmarshal(b, &vectors)
	}
	if err != nil {
		t.Fatal(err)
	}
	pages, each := 0, 3
	if seeds.Full() {
		each = 1
	}
	for i, v := range vectors {
		if i%each != 0 {
			continue
		}
		for _, x := range explanations(t, v.Profile+"\n"+strings.Join(v.Inputs, "\n"), v.Evaluate) {
			for lang, no := range map[string]*regexp.Regexp{"da": english, "en": danish} {
				p := &UnitPage{PersonID: "P-1", Kind: x.Unit.Kind, Date: x.Unit.Date, Before: x.Unit.Date, After: x.Unit.Date,
					Explanation: x, Drawing: drawn(x, lang)}
				text := read(written(t, in, lang, "unit.html", p))
				if at := no.FindStringIndex(text); at != nil {
					t.Errorf("%s %s of %s in %s: …%s…", v.ID, x.Unit.Kind, x.Unit.Date, lang,
						strings.Join(strings.Fields(text[max(0, at[0]-60):min(len(text), at[1]+60)]), " "))
				}
				pages++
			}
		}
	}
	if pages < 500/each {
		t.Errorf("only %d pages were looked at", pages)
	}
}

// explanations are those of the first and last dates that a vector evaluates; nobody is asked what would clear,
// whose words the next test reads.
func explanations(t *testing.T, text string, evaluate []string) []*explain.Explanation {
	t.Helper()
	p := notation.New("P-1")
	if p.Read(text) != nil {
		return nil // its policy is another one
	}
	proofs, err := p.Prove(evaluate)
	if err != nil {
		t.Fatal(err)
	}
	p.Centres.Settlements = append(p.Centres.Settlements, proofs...)
	at := p.Final(evaluate)
	in := duty.Input{PersonID: p.ID, Person: &p.Facts, Centres: duty.NewCentres(p.Centres), Policies: p.Policies}
	var out []*explain.Explanation
	for _, u := range duty.Evaluate(in, at).Units {
		if !slices.ContainsFunc(evaluate, func(e string) bool { return strings.Contains(e, u.Date.String()) }) {
			continue
		}
		x, err := explain.Explain(explain.Case{PersonID: p.ID, Kind: u.Kind, Date: u.Date, FromLog: true,
			Centres: in.Centres.Facts(), Moments: []explain.Moment{{At: at, Input: in}}})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// TestEveryTextFollowsTheLanguage: with every text of an explanation marked by its language, a page shows marks of
// its own language alone, and it shows every kind of text that has one.
func TestEveryTextFollowsTheLanguage(t *testing.T) {
	in := inLanguages(t)
	x := &explain.Explanation{}
	var names []string
	mark(reflect.ValueOf(x).Elem(), &names)
	p := &UnitPage{Kind: "STAY", Date: "2026-02-03", Before: "2026-02-02", After: "2026-02-04", Explanation: x}
	for lang, other := range map[string]string{"da": "ENGLISH", "en": "DANSK"} {
		text := written(t, in, lang, "unit.html", p)
		if at := strings.Index(text, other); at >= 0 {
			t.Errorf("in %s: …%s…", lang, text[max(0, at-60):at+40])
		}
		for _, n := range names {
			own := map[string]string{"da": "DANSK " + n, "en": "ENGLISH " + n}[lang]
			if !strings.Contains(text, own) && !unshown[n] {
				t.Errorf("in %s the page does not show %s", lang, n)
			}
		}
	}
}

// TestThePolicysOwnTexts: what the built-in policy says of its exclusions has its Danish.
func TestThePolicysOwnTexts(t *testing.T) {
	list := builtin.Builtin().Exclusions
	if len(list) == 0 {
		t.Fatal("the built-in policy has no exclusion")
	}
	for _, x := range list {
		for _, text := range []string{x.Fact.Reason, x.Fact.DeclaredBy, x.Fact.ApprovedBy} {
			if da, en, _ := strings.Cut(given[text], "|"); da == "" || en != text {
				t.Errorf("%q has no Danish", text)
			}
		}
	}
}

// unshown are texts that the page does not show: what they are about it says in another way.
var unshown = map[string]bool{"Trigger.Result": true, "Considered.Why": true, "Incident.Effect": true,
	"Position.Why": true}

// mark fills every text that has its Danish beside it, and one element of every list.
func mark(v reflect.Value, names *[]string) {
	for i := range v.NumField() {
		f, da := v.Field(i), v.FieldByName(v.Type().Field(i).Name+"Da")
		name := v.Type().Name() + "." + v.Type().Field(i).Name
		switch {
		case !v.Type().Field(i).IsExported():
		case da.IsValid() && f.Kind() == reflect.String:
			*names = append(*names, name)
			f.SetString("ENGLISH " + name)
			da.SetString("DANSK " + name)
		case da.IsValid():
			*names = append(*names, name)
			f.Set(reflect.ValueOf([]string{"ENGLISH " + name}))
			da.Set(reflect.ValueOf([]string{"DANSK " + name}))
		case f.Kind() == reflect.Struct:
			mark(f, names)
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			mark(f.Index(0), names)
		}
	}
}
