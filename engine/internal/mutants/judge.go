package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// trial is the tests of a package with all its mutants in it.
type trial struct {
	// groups are the tests in the order in which they are asked: those that take
	// least first, the quick ones of a binary together, each slow one by itself.
	groups []group
}

// binary is a compiled test of a package, and the directory that it runs in.
type binary struct{ path, dir string }

// group is some tests of a binary and how long they take where no mutant acts.
type group struct {
	in    binary
	tests []string
	takes time.Duration
}

// quick is how long a test may take to be run with the others.
const quick = 200 * time.Millisecond

// memory bounds a test process: a mutant may append without an end. In KiB, as
// ulimit wants it.
const memory = 6 << 20

// testDirs are the directories whose tests judge a package: its own, and the one of its
// name with "test" behind it inside (duty/dutytest), where there is one.
func testDirs(u *unit) []string {
	dirs := []string{u.dir}
	beside := filepath.Join(u.dir, filepath.Base(u.dir)+"test")
	if info, err := os.Stat(beside); err == nil && info.IsDir() {
		dirs = append(dirs, beside)
	}
	return dirs
}

// build compiles the tests of a package with all its mutants, and runs them
// once without any.
func build(ctx context.Context, u *unit, sites []*site, dir, tests string) (*trial, error) {
	path, err := overlay(u, sites, dir)
	if err != nil {
		return nil, err
	}
	t := &trial{}
	for _, from := range testDirs(u) {
		b := binary{filepath.Join(dir, filepath.Base(from)+".test"), from}
		cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", path, "-o", b.path, ".")
		cmd.Dir = from
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("the tests of %s do not compile with all mutants in it: %w\n%s", from, err, out)
		}
		out, ok, err := b.run(ctx, 0, tests, 10*time.Minute)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("the tests of %s fail without any mutant; mend them first\n%s", from, out)
		}
		t.groups = append(t.groups, b.groupsOf(out)...)
	}
	if len(t.groups) == 0 {
		return nil, fmt.Errorf("%s has no tests", u.dir)
	}
	slices.SortStableFunc(t.groups, func(a, b group) int { return cmp.Compare(a.takes, b.takes) })
	return t, nil
}

var passed = regexp.MustCompile(`(?m)^--- PASS: (\w+) \(([0-9.]+)s\)`)

// groupsOf reads from a run's output which tests there are and what they take.
func (b binary) groupsOf(out []byte) []group {
	fast := group{in: b}
	var slow []group
	for _, m := range passed.FindAllStringSubmatch(string(out), -1) {
		seconds, _ := strconv.ParseFloat(m[2], 64)
		takes := time.Duration(seconds * float64(time.Second))
		if takes > quick {
			slow = append(slow, group{b, []string{m[1]}, takes})
			continue
		}
		fast.tests = append(fast.tests, m[1])
		fast.takes += takes
	}
	if len(fast.tests) == 0 {
		return slow
	}
	return append([]group{fast}, slow...)
}

// killer returns the test that fails under a mutant, empty where none does.
// first is asked before all others.
func (t *trial) killer(ctx context.Context, number int, first string) (string, error) {
	groups := t.groups
	for _, g := range t.groups {
		if slices.Contains(g.tests, first) {
			groups = append([]group{{g.in, []string{first}, g.takes}}, groups...)
			break
		}
	}
	for _, g := range groups {
		out, ok, err := g.in.run(ctx, number, "^("+strings.Join(g.tests, "|")+")$", 10*g.takes+5*time.Second)
		if err != nil || !ok {
			return failed(out), err
		}
	}
	return "", nil
}

// run runs some tests with a mutant acting, and reports whether they pass. They
// run at full size with the seeds that they have by default, so that the answer is
// the same each time.
func (b binary) run(ctx context.Context, number int, pattern string,
	timeout time.Duration) (out []byte, ok bool, err error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", `ulimit -v "$0" && exec "$@"`, strconv.Itoa(memory),
		b.path, "-test.run", pattern, "-test.v", "-test.failfast", "-test.timeout", timeout.String())
	cmd.Dir = b.dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "TILSYN_") }),
		"TILSYN_MUTANT="+strconv.Itoa(number), "TILSYN_FULL=1", "GOMAXPROCS=1")
	out, err = cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		return nil, false, fmt.Errorf("%s did not run: %w", b.path, cmp.Or(ctx.Err(), err))
	}
	return out, err == nil, nil
}

var (
	failure = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)
	started = regexp.MustCompile(`(?m)^=== RUN   (\w+)$`)
)

// failed names the test that failed, or the one that a panic, a time limit or
// the bound of memory ended.
func failed(out []byte) string {
	if m := failure.FindSubmatch(out); m != nil {
		return string(m[1])
	}
	if all := started.FindAllSubmatch(out, -1); len(all) > 0 {
		return string(all[len(all)-1][1])
	}
	return "the start of the tests"
}

// each calls f with every mutant, as many at once as there are workers, and
// returns the first error.
func each(list []*mutant, workers int, f func(*mutant) error) error {
	next, failures := make(chan *mutant), make(chan error, len(list))
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for m := range next {
				if err := f(m); err != nil {
					failures <- err
				}
			}
		})
	}
	for _, m := range list {
		if len(failures) > 0 {
			break
		}
		next <- m
	}
	close(next)
	done.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}
