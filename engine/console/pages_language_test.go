package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tilsyn/engine/console"
	"tilsyn/engine/console/access"
)

// TestEveryPageIsInOneLanguage: no page, no form and no message that something is wrong has a word of the language
// that its reader did not choose.
func TestEveryPageIsInOneLanguage(t *testing.T) {
	t.Parallel()
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away,
		"P-2": "EN3\nIN 2026-02-01T10:00\nOUT 2026-02-03T20:00\nIN 2026-02-04T02:00\n" +
			"PERM 2026-02-04T12:00/2026-02-06T12:00"})
	b := r.browser()
	r.until("the night is on the list and the accounts are taken", func() bool {
		l := b.list("duty=STAY")
		return len(l.Rows) > 0 && l.Accounts != nil && l.Accounts.Whole
	})
	paths := []string{"/worklist", "/worklist?queue=withdrawn", "/worklist?queue=handled", "/worklist?from=nonsense",
		"/persons/P-1", "/persons/P-2", "/persons/P-9", "/persons/P-1?as_of=nonsense",
		"/persons/P-1?as_of=3.2.2026+kl.+12.00",
		"/persons/P-1/STAY/2026-02-03", "/persons/P-2/REPORT/2026-02-03", "/persons/P-1/STAY/2031-01-01", "/centres/KH",
		"/centres/SJ", "/engine", "/desk", "/nonsense"}
	_, desk := b.get("/desk")
	for _, m := range regexp.MustCompile(`href="(/desk/[a-z-]+)"`).FindAllStringSubmatch(desk, -1) {
		paths = append(paths, m[1])
	}
	if len(paths) < 30 {
		t.Errorf("only %d pages", len(paths))
	}
	for _, path := range paths {
		for lang, no := range map[string]*regexp.Regexp{"da": console.English, "en": console.Danish} {
			ask := path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=" + lang
			status, page := b.get(ask)
			text := console.ReadPage(page)
			if at := no.FindStringIndex(text); at != nil || status == http.StatusInternalServerError {
				if at == nil {
					at = []int{0, 0}
				}
				t.Errorf("%s: %d …%s…", ask, status, strings.Join(strings.Fields(text[max(0, at[0]-70):min(len(text),
					at[1]+70)]), " "))
			}
		}
	}
}
