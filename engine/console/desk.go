package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/schemas"
)

// Desk lists the forms that the reader may fill in.
type Desk struct {
	Forms []FormInfo `json:"forms"`
}

// FormInfo is one form.
type FormInfo struct {
	Form   string      `json:"form"`
	Title  string      `json:"title"`
	Intro  string      `json:"intro"`
	Topic  string      `json:"topic"`
	Fields []FieldInfo `json:"fields"`
	// TwoPersons is true where a second person must approve.
	TwoPersons bool   `json:"two_persons"`
	Icon       string `json:"-"`
}

// FieldInfo is one field of a form.
type FieldInfo struct {
	Name     string       `json:"name"`
	Label    string       `json:"label"`
	Help     string       `json:"help"`
	Type     string       `json:"type"`
	Optional bool         `json:"optional"`
	Options  []OptionInfo `json:"options"`
	// Value is what it holds, Error what is wrong with it.
	Value string `json:"value"`
	Error string `json:"error"`
}

// OptionInfo is one choice.
type OptionInfo struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// FormPage is a form, empty, filled or with messages.
type FormPage struct {
	FormInfo
	// Correct is the id of the fact that is corrected; empty for a new one. Key is its person or centre.
	Correct string `json:"correct"`
	Key     string `json:"key"`
	Message string `json:"message"`
	// Confirm is true where the entry may go on once it was checked.
	Confirm bool `json:"confirm"`
}

// info describes a form in the reader's language.
func (q *request) info(f *form) FormInfo {
	out := FormInfo{Form: f.slug, Title: pick(q.lang, f.title), Intro: pick(q.lang, f.intro), Topic: f.topic,
		TwoPersons: f.two,
		Fields:     []FieldInfo{}, Icon: f.icon}
	for i := range f.fields {
		x := &f.fields[i]
		n := FieldInfo{Name: x.Name, Label: pick(q.lang, x.Label), Help: pick(q.lang, x.Help), Type: x.Type,
			Optional: x.Optional,
			Options:  []OptionInfo{}}
		for _, o := range q.optionsOf(x) {
			n.Options = append(n.Options, OptionInfo{o.Value, pick(q.lang, o.Label)})
		}
		out.Fields = append(out.Fields, n)
	}
	return out
}

// optionsOf are the choices of a field; centres and consumers are those of the policy.
func (q *request) optionsOf(f *field) []option {
	w, ok := q.live.engine.World()
	switch {
	case !ok:
	case f.Type == "centre":
		var out []option
		for _, id := range centreIDs(&w, q.now()) {
			out = append(out, option{id, id})
		}
		return out
	case f.Name == "consumer":
		var out []option
		for _, id := range (&entry{q: q, world: w}).consumers() {
			out = append(out, option{id, id})
		}
		return out
	}
	return f.Options
}

func deskView() *view {
	return &view{path: "/desk", right: access.SeeCentres, title: "Skrivebord|Desk", template: "desk.html", answer: Desk{},
		data: func(q *request) (any, error) {
			out := &Desk{Forms: []FormInfo{}}
			for _, f := range forms() {
				if q.actor.May(f.right) {
					out.Forms = append(out.Forms, q.info(f))
				}
			}
			return out, nil
		}}
}

func formView() *view {
	return &view{path: "/desk/{form}", right: access.SeeCentres, title: "Skema|Form", template: "form.html",
		answer: FormPage{},
		data:   formPage, queries: []query{{"correct", "the id of a fact to correct"}, {"key", "its person, or its centre"},
			{"…", "values of fields, by their names"}}}
}

// formOf is the form that a request names, if the reader may fill it in.
func (q *request) formOf() (*form, error) {
	all := forms()
	i := slices.IndexFunc(all, func(f *form) bool { return f.slug == q.PathValue("form") })
	if i < 0 {
		return nil, notFound("Det skema findes ikke. Skrivebordet viser dem, der er.|There is no such form. The desk " +
			"shows those that " +
			"there are.")
	}
	if !q.actor.May(all[i].right) {
		return nil, &problem{status: http.StatusForbidden, text: "Din rolle udfylder ikke det skema.|Your role does not " +
			"fill in " +
			"that form."}
	}
	return all[i], nil
}

// formPage shows a form, empty or with what is to be corrected.
func formPage(q *request) (any, error) {
	f, err := q.formOf()
	if err != nil {
		return nil, err
	}
	values := valuesOf(q.URL.Query())
	correct, key := values["correct"], values["key"]
	if correct != "" && f.fill != nil {
		e, err := q.newEntry(f, values)
		if err != nil {
			return nil, err
		}
		last, err := e.correct(key, correct)
		if err != nil {
			return nil, err
		}
		values = f.fill(last.Record)
		if err := q.viewed(f.slug, personOf(last.Record), ""); err != nil {
			return nil, err
		}
	}
	return q.filled(f, values, nil, correct, key, false), nil
}

// filled is a form with values and messages.
func (q *request) filled(f *form, values map[string]string, wrong []fieldError, correct, key string,
	confirm bool) *FormPage {
	out := &FormPage{FormInfo: q.info(f), Correct: correct, Key: key, Confirm: confirm}
	for i := range out.Fields {
		x := &out.Fields[i]
		x.Value = values[x.Name]
		if x.Value == "" && x.Type == "number" && x.Name == "nights" {
			x.Value = "1"
		}
		for _, w := range wrong {
			if w.Field == x.Name {
				x.Error = w.Error
			}
		}
	}
	if len(wrong) > 0 {
		out.Message = pick(q.lang, "Intet er skrevet. Ret de felter, der har en besked.|Nothing was written. Mend the "+
			"fields with a "+
			"message.")
	}
	return out
}

// Preview shows a fact before it is sent.
type Preview struct {
	Form FormInfo
	// Lines are what the form says, in words; Fact is the record as it will be written.
	Lines []Line
	Fact  string
	Seal  string
	// Version is above 1 for a correction; Away is true where it takes the fact away.
	Version int64
	Away    bool
	Correct string
	Key     string
	// Doubts were asked about, and the entry goes on all the same.
	Doubts []string
}

// Line is one line of what is shown before it is sent.
type Line struct{ Label, Value string }

// entryRoutes are what is sent in.
func (c *Console) entryRoutes(mux *table) {
	mux.HandleFunc("POST /desk/{form}", c.with(false, (*request).preview))
	mux.HandleFunc("POST /desk/{form}/send", c.with(false, (*request).sendSealed))
	mux.HandleFunc("POST /api/desk/{form}", c.with(true, func(q *request) {
		f, err := q.formOf()
		if err != nil {
			q.fail(err, true)
			return
		}
		q.program(f)
	}))
	mux.HandleFunc("POST /suggestions/{id}", c.with(false, (*request).decide))
	mux.HandleFunc("GET /units/{unit}", c.with(false, byID))
}

// preview checks a form and shows what would be sent.
func (q *request) preview() {
	f, err := q.formOf()
	if err == nil {
		err = q.ParseForm()
	}
	if err != nil {
		q.fail(err, false)
		return
	}
	e, err := q.newEntry(f, valuesOf(q.PostForm))
	if err != nil {
		q.fail(err, false)
		return
	}
	correct, key := q.PostForm.Get("correct"), q.PostForm.Get("key")
	var record any
	away := q.PostForm.Get("retract") == "yes" && correct != ""
	if correct != "" {
		last, err := e.correct(key, correct)
		if err != nil {
			q.fail(err, false)
			return
		}
		if away {
			record = e.retraction(last.Record)
		}
	}
	if record == nil {
		if record, err = e.check(); err != nil {
			if err := e.seen(); err != nil {
				q.fail(err, false)
				return
			}
			page := q.filled(f, e.values, e.errors, correct, key, e.confirm)
			q.page(http.StatusUnprocessableEntity, "form.html", f.title, page)
			return
		}
	}
	if err := e.seen(); err != nil {
		q.fail(err, false)
		return
	}
	schema, _ := schemas.Of(record)
	fact := schema.AppendJSON(nil, record)
	seal, err := q.c.close(sealed{f.slug, q.actor.Name, int64(q.now()) + sealLasts, fact})
	if err != nil {
		q.fail(err, false)
		return
	}
	p := Preview{Form: q.info(f), Fact: string(fact), Seal: seal, Version: e.version, Away: away, Correct: correct,
		Key: key, Doubts: e.doubts}
	p.Lines = q.lines(f, e.values)
	if away && f.fill != nil {
		p.Lines = q.lines(f, f.fill(record))
	}
	q.page(http.StatusOK, "preview.html", f.title, p)
}

// lines say what the form says, in words.
func (q *request) lines(f *form, values map[string]string) []Line {
	var out []Line
	for i := range f.fields {
		x := &f.fields[i]
		v := values[x.Name]
		for _, o := range q.optionsOf(x) {
			if o.Value == v {
				v = pick(q.lang, o.Label)
			}
		}
		switch {
		case v == "":
			v = "–"
		case x.Type == "local" && len(v) >= 16:
			v = day(q.lang, v[:10]) + " " + map[string]string{"da": "kl. "}[q.lang] + v[11:]
		case x.Type == "date":
			v = day(q.lang, v)
		}
		out = append(out, Line{pick(q.lang, x.Label), v})
	}
	return out
}

// errSeal says that a form lay too long, or is another person's.
var errSeal = &problem{status: http.StatusUnprocessableEntity, text: "Skemaet har ligget for længe eller er en " +
	"andens; intet er " +
	"skrevet. Udfyld det igen.|The form lay too long or is somebody else's; nothing was written. Fill it in again."}

// sendSealed sends what was shown.
func (q *request) sendSealed() {
	f, err := q.formOf()
	if err == nil {
		err = q.ParseForm()
	}
	if err != nil {
		q.fail(err, false)
		return
	}
	s, ok := q.c.open(q.PostForm.Get("seal"))
	if !ok || s.Form != f.slug || s.By != q.actor.Name || s.Ends < int64(q.now()) {
		q.fail(errSeal, false)
		return
	}
	schema, _ := schemas.Lookup(f.topic)
	record, _, err := schema.DecodeJSON(s.Fact)
	if err != nil {
		q.fail(err, false)
		return
	}
	out, err := q.deliver(f, record)
	if err != nil {
		q.fail(err, false)
		return
	}
	key := q.keyOf(record)
	if out.Waits {
		http.Redirect(q.w, q.Request, "/centres/"+url.PathEscape(centreOf(record))+"#suggestions", http.StatusSeeOther)
		return
	}
	http.Redirect(q.w, q.Request, "/desk/"+f.slug+"/entries/"+url.PathEscape(out.ID)+"?"+url.Values{"key": {key},
		"version": {strconv.FormatInt(out.Version, 10)}}.Encode(), http.StatusSeeOther)
}
