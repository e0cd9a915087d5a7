package console

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"tilsyn/engine/console/access"
)

// policy is the Content-Security-Policy: everything comes from here, and nothing is in line.
const policy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// routes puts the pages together.
func (c *Console) routes() http.Handler {
	mux := &table{ServeMux: http.NewServeMux()}
	static, _ := fs.Sub(files, "static")
	mux.Handle("GET /static/", http.StripPrefix("/static/", assets(static)))
	for _, v := range c.views {
		mux.HandleFunc("GET "+v.path, c.with(false, func(q *request) { q.show(v, false) }))
		mux.HandleFunc("GET /api"+v.path, c.with(true, func(q *request) { q.show(v, true) }))
	}
	mux.HandleFunc("GET /{$}", c.with(false, func(q *request) {
		to := "/desk"
		if q.actor.May(access.SeePersons) {
			to = "/worklist"
		} else if !q.actor.May(access.Enter) {
			to = "/engine"
		}
		http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
	}))
	mux.HandleFunc("GET /api/openapi.json", c.with(true, func(q *request) { q.json(http.StatusOK, c.openAPI()) }))
	mux.HandleFunc("POST /settings", c.with(false, (*request).settings))
	c.entryRoutes(mux)
	if o := c.cfg.Guard.OIDC; o != nil {
		mux.HandleFunc("GET /signed-in", func(w http.ResponseWriter, r *http.Request) {
			back, err := o.SignedIn(w, r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
			http.Redirect(w, r, local(back), http.StatusSeeOther) //nolint:gosec // local admits paths of these pages alone
		})
		mux.HandleFunc("POST /sign-out", c.with(false, func(q *request) {
			o.SignOut(q.w, q.Request)
			http.Redirect(q.w, q.Request, "/", http.StatusSeeOther)
		}))
	}
	mux.HandleFunc("/", c.with(false, func(q *request) {
		q.fail(notFound("Den side findes ikke. Menuen øverst viser, hvad der findes.|There is no such page. The menu at "+
			"the top shows what there is."), strings.HasPrefix(q.URL.Path, "/api/"))
	}))
	c.patterns = mux.patterns
	return headers(c.crossOrigin.Handler(mux))
}

// table is a ServeMux that remembers its patterns.
type table struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc is that of http.ServeMux.
func (t *table) HandleFunc(pattern string, answer func(http.ResponseWriter, *http.Request)) {
	t.patterns = append(t.patterns, pattern)
	t.ServeMux.HandleFunc(pattern, answer)
}

// headers adds what every answer has.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := http.NewResponseController(w)
		// of a test there is none
		_, _ = c.SetReadDeadline(time.Now().Add(2*longest)), c.SetWriteDeadline(time.Now().Add(3*longest))
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// assets serves fonts, icons and the style; they change with the program alone.
func assets(dir fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, err := dir.Open(r.URL.Path)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		content, ok := f.(io.ReadSeeker) // it is read where it lies: a slow reader holds no copy
		if info, err := f.Stat(); err != nil || info.IsDir() || !ok {
			http.NotFound(w, r)
			return
		}
		kind := mime.TypeByExtension(path.Ext(r.URL.Path))
		if path.Ext(r.URL.Path) == ".woff2" {
			kind = "font/woff2"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "max-age=3600")
		http.ServeContent(w, r, "", time.Time{}, content)
	})
}

// with finds out who asks, keeps to the limits, takes the form in before and sends the answer after the work, so that
// who is slow on either side holds no seat.
func (c *Console) with(asJSON bool, answer func(q *request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		actor := c.cfg.Guard.Who(r)
		if actor == nil {
			c.turnAway(w, r, asJSON)
			return
		}
		left, ok := c.limits.come(actor.Name)
		if !ok {
			comeAgain(w)
			return
		}
		defer left()
		form, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostForm))
		if err != nil {
			http.Error(w, "Det, der blev sendt ind, er for stort eller kom ikke frem. / What was sent in is too large or did "+
				"not arrive.", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(form))
		leave, ok := c.limits.sit(r.Context())
		if !ok {
			comeAgain(w)
			return
		}
		out := &memory{header: http.Header{}, status: http.StatusOK}
		c.limits.charge(actor.Name, c.answerInto(out, r, actor, leave, answer))
		for k, v := range out.header {
			w.Header()[k] = v
		}
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body.Bytes()) // nobody is left to tell
	}
}

// comeAgain answers who asked for too much.
func comeAgain(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "2")
	http.Error(w, "For mange forespørgsler på én gang; prøv igen om lidt. / Too many requests; try again shortly.",
		http.StatusTooManyRequests)
}

// answerInto writes the answer to memory and gives the seat back. It returns as how many further requests it counts.
func (c *Console) answerInto(out *memory, r *http.Request, a *access.Actor, leave func(), answer func(q *request)) int {
	defer leave()
	l := c.live.Load()
	if l == nil {
		out.header.Set("Retry-After", "2")
		out.status = http.StatusServiceUnavailable
		out.body.WriteString("Motoren starter; siderne kommer, når den har læst emnerne. / " +
			"The engine is starting; the pages come when it has read the topics.\n")
		return 0
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	q := &request{Request: r.WithContext(ctx), w: out, c: c, live: l, actor: a, lang: language(r)}
	answer(q)
	return q.dear
}

// turnAway answers who is not known.
func (c *Console) turnAway(w http.ResponseWriter, r *http.Request, asJSON bool) {
	g := c.cfg.Guard
	switch {
	case g.OIDC != nil && !asJSON && r.Method == http.MethodGet && r.Header.Get("Authorization") == "":
		g.OIDC.SignIn(w, r, local(r.URL.RequestURI()))
	case g.Local:
		http.Error(w, "These pages answer under a name of this machine alone, such as 127.0.0.1 or localhost.",
			http.StatusMisdirectedRequest)
	case g.Closed():
		http.Error(w, "The pages are closed: run has neither --insecure-local nor --access nor --oidc-issuer.",
			http.StatusForbidden)
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="tilsyn"`)
		http.Error(w, "Adgang kræver et kendt certifikat eller et gyldigt bevis. / "+
			"Access needs a certificate that is known here, or a valid token.", http.StatusUnauthorized)
	}
}

// local is a path of these pages; anything else is the first page.
func local(p string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return p
}

// memory is an answer that is not sent yet.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (m *memory) Header() http.Header { return m.header }

// Write implements http.ResponseWriter.
func (m *memory) Write(b []byte) (int, error) { return m.body.Write(b) }

// WriteHeader implements http.ResponseWriter.
func (m *memory) WriteHeader(status int) { m.status = status }

// Names of cookies of how pages look.
const (
	langCookie  = "tilsyn_lang"
	themeCookie = "tilsyn_theme"
)

// language is Danish unless the reader chose English.
func language(r *http.Request) string {
	want := r.URL.Query().Get("lang")
	if c, err := r.Cookie(langCookie); want == "" && err == nil {
		want = c.Value
	}
	if want == "en" {
		return "en"
	}
	return "da"
}

// theme is light or dark where the reader chose one, else that of the browser.
func theme(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return "auto"
}

// settings remembers language, theme and, with --insecure-local, the name to work under.
func (q *request) settings() {
	if err := q.ParseForm(); err != nil {
		q.fail(badRequest("Formularen kan ikke læses.|The form cannot be read."), false)
		return
	}
	for name, key := range map[string]string{"lang": langCookie, "theme": themeCookie} {
		if v := q.PostFormValue(name); v == "da" || v == "en" || v == "light" || v == "dark" || v == "auto" {
			//nolint:gosec // it holds a language or a theme, and the loopback is not encrypted
			http.SetCookie(q.w, &http.Cookie{Name: key, Value: v, Path: "/", MaxAge: 365 * 86400, HttpOnly: true,
				Secure: q.TLS != nil, SameSite: http.SameSiteStrictMode})
		}
	}
	if v := q.PostFormValue("person"); q.actor.Local && access.LocalName(v) {
		access.SetLocalName(q.w, v)
	}
	http.Redirect(q.w, q.Request, local(q.PostFormValue("back")), http.StatusSeeOther)
}
