package house

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guides say where things are to people and to tools: what they name must be
// there.
var guides = []string{".github/CONTRIBUTING.md", ".golangci.yml", ".ci/run", ".dockerignore", "Dockerfile", "README.md"}

var (
	pathName = regexp.MustCompile(`(?:^|[^\w/.-])(?:\./|\.\./|tilsyn/|\*\*/)?((?:engine|topics|schemas|state|bench|integration)(?:/[\w-]+)+)`)
	oneOf    = regexp.MustCompile(`\b(\w+)/\(([a-z]+(?:\|[a-z]+)*)\)`)
	quoted   = regexp.MustCompile("`([a-z]+(?:\\.go)?)`")
)

// TestOnlyWhatIsThereIsNamed: a guide, a linter's rule or a stage that names a
// package which is gone, or not there yet, guards nothing and says so to nobody.
func TestOnlyWhatIsThereIsNamed(t *testing.T) {
	all := files(t)
	there := func(name string) bool {
		return slices.ContainsFunc(all, func(f string) bool { return strings.HasPrefix(f, name) })
	}
	for _, guide := range guides {
		text := string(read(t, guide))
		var names []string
		for _, m := range pathName.FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		for _, m := range oneOf.FindAllStringSubmatch(text, -1) {
			for _, n := range strings.Split(m[2], "|") {
				names = append(names, m[1]+"/"+n+"/")
			}
		}
		for _, n := range names {
			if !there(n) {
				t.Errorf("%s names %s, which is not in the repository; name what is there, or take it out", guide, n)
			}
		}
	}
	rooms := map[string]bool{"main.go": true}
	for _, s := range sources(t) {
		rooms[path.Base(s.dir)] = true
	}
	for _, rule := range []string{"Arrows point one way", "The core is pure"} {
		for _, m := range quoted.FindAllStringSubmatch(bullet(t, rule), -1) {
			if !rooms[m[1]] {
				t.Errorf("%s, %q: there is no package %s; take it out", guides[0], rule, m[1])
			}
		}
	}
}

// bullet returns a rule of the contributing guide, to the next one.
func bullet(t *testing.T, title string) string {
	t.Helper()
	_, text, ok := strings.Cut(string(read(t, guides[0])), "- **"+title+"**")
	if !ok {
		t.Fatalf("%s has no rule %q; change its name in names_test.go", guides[0], title)
	}
	text, _, _ = strings.Cut(text, "\n- **")
	return text
}

// TestRoomsAreThere looks at the lists of this package, and that the linter
// guards the same core.
func TestRoomsAreThere(t *testing.T) {
	dirs := map[string]bool{}
	for _, s := range sources(t) {
		for d := s.dir; !dirs[d]; d = path.Dir(d) {
			dirs[d] = true
		}
	}
	for _, room := range slices.Sorted(maps.Keys(arrows)) {
		for _, r := range append([]string{room}, arrows[room]...) {
			if !dirs[r] {
				t.Errorf("arrows_test.go names the room %s, in which there is no Go file; take it out, "+
					"and put it in with the package", r)
			}
		}
	}
	lint := string(read(t, ".golangci.yml"))
	for _, p := range pure {
		if !dirs[p] {
			t.Errorf("purity_test.go names %s, which is no package", p)
		}
		if !strings.Contains(lint, `"**/`+p+`/*.go"`) ||
			!strings.Contains(bullet(t, "The core is pure"), "`"+path.Base(p)+"`") {
			t.Errorf("%s is pure (purity_test.go), and .golangci.yml (depguard, "+
				"core) or %s (\"The core is pure\") does not say so", p, guides[0])
		}
	}
}
