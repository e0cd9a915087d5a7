package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// checked is what is looked at where no argument says otherwise, and which tests judge it: where a table names every
// condition, the table alone.
var checked = []struct {
	patterns []string
	tests    string
}{
	{[]string{"duty/routine*.go"}, "."},
	{[]string{"duty/carried.go", "duty/carried_routine.go", "duty/idset.go", "duty/seams.go"},
		"^(TestCarriedUntilItBears|TestSeams|TestSpeaksFrom|TestPaperOfBeforeIsNotNeeded|TestIDSetKnowsWhatItHas)$"},
}

// options are the flags.
type options struct {
	engine  string
	list    bool
	verbose bool
	proven  bool // try equivalent mutants too
	only    *regexp.Regexp
	tests   string // which tests judge
	workers int
}

func main() {
	var o options
	flag.BoolVar(&o.list, "list", false, "print the names of the mutants and try none")
	flag.BoolVar(&o.verbose, "v", false, "print which test kills each mutant")
	flag.BoolVar(&o.proven, "equivalent", false, "try the mutants of equivalent.txt too, "+
		"and complain about those that a test kills")
	flag.IntVar(&o.workers, "workers", runtime.NumCPU(), "how many mutants are tried at once")
	only := flag.String("only", "", "a regular expression: try only mutants whose name matches")
	flag.StringVar(&o.tests, "tests", "", "a regular expression: let only these tests judge (default all)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if o.only, err = regexp.Compile(*only); err == nil {
		if o.engine, err = engineDir(ctx); err == nil {
			err = o.checkAll(ctx, flag.Args())
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// engineDir is the directory engine of the module that the command runs in.
func engineDir(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("go list -m: %w; run this inside the repository", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "engine"), nil
}

// checkAll checks the files that arguments name, or those that are always looked at.
func (o *options) checkAll(ctx context.Context, patterns []string) error {
	if len(patterns) > 0 {
		one := *o
		one.tests = cmp.Or(o.tests, ".")
		return check(ctx, &one, patterns)
	}
	var faults []error
	for _, c := range checked {
		one := *o
		one.tests = cmp.Or(o.tests, c.tests)
		faults = append(faults, check(ctx, &one, c.patterns))
	}
	return errors.Join(faults...)
}

// check tries the mutants of all files that the patterns name.
func check(ctx context.Context, o *options, patterns []string) error {
	reasons, err := readEquivalent(filepath.Join(o.engine, "internal", "mutants", "equivalent.txt"))
	if err != nil {
		return err
	}
	killers := readKillers(killersFile())
	bad := 0
	for _, name := range packages(patterns) {
		n, err := checkPackage(ctx, o, name, patterns, reasons, killers)
		if err != nil {
			return err
		}
		bad += n
	}
	if o.list {
		return nil
	}
	if err := writeKillers(killersFile(), killers); err != nil {
		fmt.Fprintln(os.Stderr, "mutants: the next run will be slow:", err)
	}
	if bad > 0 {
		return fmt.Errorf("%d mutants stand; write a test that fails under each, or, where nobody could see the change, "+
			"add its name to engine/internal/mutants/equivalent.txt with the reason", bad)
	}
	return nil
}

// packages lists the packages that patterns name.
func packages(patterns []string) []string {
	var out []string
	for _, p := range patterns {
		if strings.HasSuffix(p, ".go") {
			p = path.Dir(p)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// named reports whether one of the patterns names a file of a package.
func named(patterns []string, pkg, file string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, pkg+"/"+file)
		return ok || p == pkg
	})
}

// checkPackage tries the mutants of one package's files that are named, and
// returns how many stand though they should not.
func checkPackage(ctx context.Context, o *options, name string, patterns []string,
	reasons, killers map[string]string) (int, error) {
	u, err := load(ctx, o.engine, name)
	if err != nil {
		return 0, err
	}
	u.files = slices.DeleteFunc(u.files, func(f *file) bool { return !named(patterns, name, f.name) })
	sites := find(u)
	if len(sites) == 0 {
		return 0, fmt.Errorf("no file of %s is named by %s, or it holds nothing that could be changed",
			u.dir, strings.Join(patterns, " "))
	}
	var list []*mutant
	bad := unknown(u, sites, reasons)
	for _, s := range sites {
		for _, m := range s.alts {
			if _, proven := reasons[m.name]; o.only.MatchString(m.name) && (!proven || o.proven) {
				list = append(list, m)
			}
		}
	}
	if o.list {
		for _, m := range list {
			fmt.Println(m.name)
		}
		return 0, nil
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	t, err := build(ctx, u, sites, dir, o.tests)
	if err != nil {
		return 0, err
	}
	stand, err := try(ctx, o, t, list, reasons, killers)
	if err != nil {
		return 0, err
	}
	fmt.Printf("%s: %d mutants of %d rules tried, %d killed\n", name, len(list), len(sites), len(list)-stand.alive)
	return bad + stand.bad, nil
}

// unknown counts and prints the lines of equivalent.txt that name no mutant of
// the files looked at.
func unknown(u *unit, sites []*site, reasons map[string]string) int {
	names, n := map[string]bool{}, 0
	for _, s := range sites {
		for _, m := range s.alts {
			names[m.name] = true
		}
	}
	for name := range reasons {
		in, _, _ := strings.Cut(name, " ")
		if !names[name] && slices.ContainsFunc(u.files, func(f *file) bool { return u.name+"/"+f.name == in }) {
			fmt.Printf("equivalent.txt names no mutant: %s\n", name)
			n++
		}
	}
	return n
}

// standing counts the mutants that no test killed, and those among them, or
// among the proven ones, that are not as equivalent.txt says.
type standing struct{ alive, bad int }

// try runs the tests under each mutant.
func try(ctx context.Context, o *options, t *trial, list []*mutant,
	reasons, killers map[string]string) (standing, error) {
	var s standing
	var mu sync.Mutex
	err := each(list, o.workers, func(m *mutant) error {
		mu.Lock()
		first := killers[m.name]
		mu.Unlock()
		by, err := t.killer(ctx, m.number, first)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		_, proven := reasons[m.name]
		switch {
		case by == "":
			s.alive++
			if !proven {
				s.bad++
				fmt.Printf("STANDS  %s (line %d)\n", m.name, m.line)
			}
			return nil
		case proven:
			s.bad++
			fmt.Printf("NOT EQUIVALENT, %s kills it: %s\n", by, m.name)
		case o.verbose:
			fmt.Printf("killed by %s: %s\n", by, m.name)
		}
		killers[m.name] = by
		return nil
	})
	return s, err
}
