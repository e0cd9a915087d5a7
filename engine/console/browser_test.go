//go:build browser

package console_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
)

// What the tests in a browser need: Debian's package chromium, and the file axe.min.js of npm's axe-core.
const (
	axeVariable = "TILSYN_AXE"
	mustBrowse  = "TILSYN_REQUIRE_BROWSER"
	// pictures names a directory for a picture of every page, readme one for those that README shows.
	pictures = "TILSYN_PICTURES"
	readme   = "TILSYN_README_PICTURES"
)

// shownPictures are those of README, each with the heading or table that stands on top of it.
var shownPictures = map[string]string{
	"worklist-light-desk": "main h2", "night-light-desk": "main h2", "person-dark-phone": "table.calendar",
}

// chromium starts a browser, or skips with the reason.
func chromium(t *testing.T) (context.Context, string) {
	t.Helper()
	missing := func(why string) {
		t.Helper()
		if os.Getenv(mustBrowse) != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing("chromium is not installed (Debian's package chromium)")
	}
	axe, err := os.ReadFile(os.Getenv(axeVariable))
	if err != nil {
		missing(axeVariable + " does not name axe.min.js of npm's package axe-core")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		missing("chromium does not start: " + err.Error())
	}
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	return ctx, string(axe)
}

// TestInABrowser goes through the pages as people do, on a desk and on a phone, light and dark, and lets axe-core
// look for what keeps anybody out (WCAG 2.2 AA). With TILSYN_PICTURES it leaves pictures in that directory.
func TestInABrowser(t *testing.T) {
	ctx, axe := chromium(t)
	r := start(t, &access.Guard{Local: true}, "2026-02-05T12:00", map[string]string{"P-1": away, "P-2": home,
		"P-3": "EN\nIN 2026-02-01T10:00\nOUT 2026-02-03T20:00\nIN 2026-02-04T02:00",
		"P-4": "ENSJ\nIN 2026-02-01T10:00\nOUT 2026-02-02T21:00\nIN 2026-02-03T08:00",
		"P-5": "EN\nIN 2026-02-01T10:00\nOUT 2026-02-02T20:00\nNOTICE 2026-02-02T22:00\nIN 2026-02-03T06:02",
		"P-6": busy()})
	b := r.browser()
	r.until("the night is on the list and the accounts are taken", func() bool {
		l := b.list("duty=STAY")
		return len(l.Rows) >= 2 && l.Accounts != nil && l.Accounts.Whole && l.Accounts.All.Unhandled > 0
	})
	at := func(path string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(r.base + path) }
	pages := []struct{ name, path string }{
		{"worklist", "/worklist"}, {"person", "/persons/P-1"}, {"night", "/persons/P-1/STAY/2026-02-03"}, {"desk", "/desk"},
		{"form", "/desk/presence-check?person=P-1&centre=KH"}, {"centre", "/centres/KH"}, {"engine", "/engine"},
		{"missing", "/persons/P-9"},
	}
	for _, theme := range []string{"light", "dark"} {
		if err := chromedp.Do(ctx, at("/desk"), chromedp.Click(`button[value="`+theme+`"]`),
			chromedp.WaitVisible(`html[data-theme="`+theme+`"] main`)); err != nil {
			t.Fatalf("the theme %s cannot be chosen: %v", theme, err)
		}
		for _, size := range []struct {
			name          string
			width, height int64
		}{{"phone", 360, 740}, {"desk", 1280, 900}} {
			for _, p := range pages {
				wide, found, picture, err := look(ctx, axe, size.width, size.height, at(p.path))
				if err != nil {
					t.Fatalf("%s, %s, %s: %v", p.name, theme, size.name, err)
				}
				if wide {
					t.Errorf("%s, %s, %s: the page is wider than the window", p.name, theme, size.name)
				}
				if found != "" {
					t.Errorf("%s, %s, %s: axe-core finds %s", p.name, theme, size.name, found)
				}
				keep(t, pictures, p.name+"-"+theme+"-"+size.name+".png", picture)
				name := p.name + "-" + theme + "-" + size.name
				if top := shownPictures[name]; top != "" {
					if picture, err = from(ctx, top); err != nil {
						t.Fatal(err)
					}
					keep(t, readme, name+".png", picture)
				}
			}
		}
	}
	r.walk(ctx, t)
}

// busy is somebody who goes in and out all day for a month, and one day hardly, so that a centre has traffic.
func busy() string {
	lines := []string{"EN"}
	for d := duty.DateOf(2026, 1, 5); d < duty.DateOf(2026, 2, 5); d++ {
		for i := range map[bool]int{true: 2, false: 10 + int(d)%5}[d == duty.DateOf(2026, 2, 3)] {
			lines = append(lines, fmt.Sprintf("OUT %sT%02d:05", d, 8+i), fmt.Sprintf("IN %sT%02d:45", d, 8+i))
		}
	}
	return strings.Join(lines, "\n")
}

// from is a picture of what the window shows with an element on top of it.
func from(ctx context.Context, top string) ([]byte, error) {
	err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](
		fmt.Sprintf("window.scrollTo(0, document.querySelector(%q).getBoundingClientRect().top + scrollY - 16); 0", top)))
	if err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// look goes to a page in a window of a size, and says whether it is too wide, what axe-core finds, and how it looks.
func look(ctx context.Context, axe string, width, height int64, to chromedp.Action[chromedp.Void]) (
	wide bool, found string, picture []byte, err error) {
	err = chromedp.Do(ctx, chromedp.EmulateViewport(width, height), to, chromedp.WaitVisible("main h1"),
		chromedp.Evaluate[chromedp.Void](axe+"; 0"))
	if err == nil {
		wide, err = chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > window.innerWidth`))
	}
	if err == nil {
		found, err = chromedp.Run(ctx, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))
	}
	if err == nil {
		picture, err = chromedp.Run(ctx, chromedp.FullScreenshot(100))
	}
	return wide, found, picture, err
}

// walk filters the list, follows it to a night, enters that the person was seen, and finds the night withdrawn.
func (r *rig) walk(ctx context.Context, t *testing.T) {
	t.Helper()
	text := func(sel string) string {
		got, err := chromedp.Run(ctx, chromedp.Text(sel))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("the way from the list to an entry: %v", err)
		}
	}
	const night, send = `a[href$="/STAY/2026-02-03"]`, `form[action$="/send"] .button`
	do(chromedp.Navigate(r.base+"/worklist"), chromedp.SetValue("#f-duty", "STAY"),
		chromedp.SetValue("#f-from", "3.2.2026"), chromedp.Click(".filters button"),
		chromedp.WaitVisible(`#f-from[value="2026-02-03"]`),
		chromedp.WaitVisible(`.filters a[href="/worklist?queue=open"]`), chromedp.WaitVisible(night),
		chromedp.Click(night), chromedp.WaitVisible("figure svg"))
	if title := text("h1"); !strings.Contains(title, "3. feb. 2026") {
		t.Errorf("the night is called %q", title)
	}
	do(chromedp.Click(`a[href^="/desk/presence-check"]`), chromedp.WaitVisible("#time"),
		chromedp.SetValue("#time", "2026-02-06T23:30"), chromedp.SetValue("#result", "PRESENT"),
		chromedp.Click("form.desk .button"), chromedp.WaitVisible("#time-wrong"))
	if wrong := text("#time-wrong"); !strings.Contains(wrong, "fremtiden") {
		t.Errorf("a time to come is called %q", wrong)
	}
	do(chromedp.SetValue("#time", "2026-02-03T23:30"), chromedp.Click("form.desk .button"), chromedp.WaitVisible(send),
		chromedp.Click(send), chromedp.WaitVisible(`[role="status"]`))
	b := r.browser()
	r.until("the night is withdrawn", func() bool { return len(b.list("queue=withdrawn&duty=STAY").Rows) == 1 })
}

// runAxe asks axe-core and gives what it found, one line each.
const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).slice(0, 3).join(", ")).join("; "))`

// keep leaves a picture where somebody looks at them.
func keep(t *testing.T, where, name string, picture []byte) {
	t.Helper()
	dir := os.Getenv(where)
	if dir == "" {
		return
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		t.Fatal(err)
	}
}
