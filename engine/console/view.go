package console

import (
	"encoding/json"
	"errors"
	"net/http"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// view is a page and its twin in JSON.
type view struct {
	// path is the page's, with names of path values as http.ServeMux has them; the twin is below /api.
	path  string
	right access.Right
	title string
	// template is the page's, data what it and the twin show: a pointer to a type that answer gives.
	template string
	answer   any
	// With a problem and data, the page is shown and says itself what is wrong.
	data func(q *request) (any, error)
	// queries are the parameters that it takes, each with what it does.
	queries []query
}

// query is a parameter of a view.
type query struct{ name, means string }

// request is one request with what belongs to it.
type request struct {
	*http.Request
	w     http.ResponseWriter
	c     *Console
	live  *live
	actor *access.Actor
	lang  string
	// dear is as how many further requests the answer counts: what it looked at, not how long that took.
	dear int
}

// What counts as a further request: so many rows of a list that were looked at, nights of a person, facts that were
// tried on a night, and on the nights of a list.
const (
	rowsDear   = 500
	nightsDear = 250
	factsDear  = 10
	listedDear = 50
)

// now is the clock of the engine.
func (q *request) now() duty.Instant { return q.live.now() }

// value is a parameter of the query.
func (q *request) value(name string) string { return q.URL.Query().Get(name) }

// problem is what a reader is told in place of a page.
type problem struct {
	status int
	text   string // Danish|English
	fields []fieldError
}

// Error implements error. It names nobody.
func (p *problem) Error() string { return p.text }

func notFound(text string) error   { return &problem{status: http.StatusNotFound, text: text} }
func badRequest(text string) error { return &problem{status: http.StatusBadRequest, text: text} }

// ErrorAnswer is the twin of a page that could not be shown.
type ErrorAnswer struct {
	Status int          `json:"status"`
	Error  string       `json:"error"`
	Fields []fieldError `json:"fields"`
}

// ErrorPage is a page that says what went wrong.
type ErrorPage struct {
	Words  string
	Fields []fieldError
}

// fail answers with a problem; any other error is one of this program, and is told without its text.
func (q *request) fail(err error, asJSON bool) {
	var p *problem
	if !errors.As(err, &p) {
		q.live.engine.Log.Error().Str("path", "pages").Msg("a page could not be made; its reader was told so")
		p = &problem{status: http.StatusInternalServerError, text: "Siden kunne ikke laves. Prøv igen, og sig det til " +
			"driften, hvis det sker igen.|The page could not be made. Try again, and tell operations if it goes on."}
	}
	if asJSON {
		q.json(p.status, ErrorAnswer{p.status, pick(q.lang, p.text), orNone(p.fields)})
		return
	}
	q.page(p.status, "error.html", "Det gik ikke|That did not work", ErrorPage{pick(q.lang, p.text), p.fields})
}

func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// json writes an answer.
func (q *request) json(status int, v any) {
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	q.w.WriteHeader(status)
	e := json.NewEncoder(q.w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // nobody is left to tell
}

// show answers a view.
func (q *request) show(v *view, asJSON bool) {
	if !q.actor.May(v.right) {
		q.fail(&problem{status: http.StatusForbidden, text: "Din rolle giver ikke adgang hertil. Bed den, der styrer " +
			"adgangen, om den rolle, som arbejdet kræver.|Your role does not open this. Ask whoever runs access for the role " +
			"that the work needs."}, asJSON)
		return
	}
	data, err := v.data(q)
	var wrong *problem
	switch {
	case err != nil && data != nil && !asJSON && errors.As(err, &wrong):
		q.page(wrong.status, v.template, v.title, data) // it says itself what is wrong
	case err != nil:
		q.fail(err, asJSON)
	case asJSON:
		q.json(http.StatusOK, data)
	default:
		q.page(http.StatusOK, v.template, v.title, data)
	}
}
