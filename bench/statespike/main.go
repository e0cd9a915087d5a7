package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"tilsyn/bench/internal/stat"
)

// params are what a run does; a child process gets them as JSON.
type params struct {
	Layout  string  `json:"layout"`
	Step    string  `json:"step"`
	Dir     string  `json:"dir"`
	Persons int     `json:"persons"`
	Tasks   int     `json:"tasks"`
	Cycle   int     `json:"cycle"`
	Days    int     `json:"days"`
	Events  int     `json:"events"`
	Rate    int     `json:"rate"`
	Pages   int     `json:"pages"`
	Sync    bool    `json:"sync"`
	Limit   int64   `json:"limit"`
	Profile string  `json:"profile"`
	Fact    int     `json:"fact"`
	Repeat  float64 `json:"repeat"`
	Bare    bool    `json:"bare"`
	Merge   int     `json:"merge"`
}

// figure is one measured number.
type figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

func main() {
	if child := os.Getenv("STATESPIKE"); child != "" {
		var p params
		if err := json.Unmarshal([]byte(child), &p); err != nil {
			fail(err)
		}
		if err := runStep(p); err != nil {
			fail(err)
		}
		return
	}
	var p params
	layouts := flag.String("layouts", "pages,keys", "layouts to measure: pages (package state), keys (one key per event)")
	runs := flag.Int("runs", 3, "runs of each layout")
	dir := flag.String("dir", os.TempDir(), "where the state directories are made")
	flag.IntVar(&p.Persons, "persons", 1_000_000, "persons")
	flag.IntVar(&p.Tasks, "tasks", 8, "tasks, each a goroutine")
	flag.IntVar(&p.Cycle, "cycle", 5_600, "events of a task's cycle (an eighth of 450,000/s for 100 ms)")
	flag.IntVar(&p.Days, "days", 4, "local days that the events spread over, in order")
	flag.IntVar(&p.Events, "events", 4_000_000, "events written, by all tasks together")
	flag.IntVar(&p.Rate, "rate", 0, "events a second; 0: as fast as it goes")
	flag.IntVar(&p.Pages, "pages", 1024, "pages of a task")
	flag.BoolVar(&p.Sync, "sync", false, "flush the disk at each commit")
	flag.Int64Var(&p.Limit, "memlimit", 384, "soft limit of the Go heap in MiB (GOMEMLIMIT)")
	flag.IntVar(&p.Fact, "fact", 40, "bytes of a fact, from 30 to 200")
	flag.Float64Var(&p.Repeat, "repeat", 0.16, "share of the facts whose person has one in the same cycle already")
	flag.BoolVar(&p.Bare, "bare", false, "load facts alone: no headers, no restart, no sweep")
	flag.IntVar(&p.Merge, "merge", 0, "MiB that a task commits before they are merged; 0: the default")
	flag.StringVar(&p.Profile, "profile", "", "directory for CPU and heap profiles of each step")
	flag.Parse()
	for _, layout := range strings.Split(*layouts, ",") {
		p.Layout = layout
		if err := measure(p, *runs, *dir); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "statespike:", err)
	os.Exit(1)
}

// measure runs one layout several times and prints medians.
func measure(p params, runs int, parent string) error {
	var names []string
	values := map[string][]float64{}
	units := map[string]string{}
	for range runs {
		dir, err := os.MkdirTemp(parent, "statespike-")
		if err != nil {
			return err
		}
		steps := []string{"load", "restart", "sweep"}
		if p.Bare {
			steps = steps[:1]
		}
		for _, step := range steps {
			p.Step, p.Dir = step, filepath.Join(dir, "state")
			figures, err := child(p)
			if err != nil {
				return fmt.Errorf("%s %s: %w", p.Layout, step, err)
			}
			fmt.Printf("%s\t%s", p.Layout, step)
			for _, f := range figures {
				name := step + ": " + f.Name
				if values[name] == nil {
					names = append(names, name)
				}
				values[name] = append(values[name], f.Value)
				units[name] = f.Unit
				fmt.Printf("\t%s=%.4g %s", f.Name, f.Value, f.Unit)
			}
			fmt.Println()
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	fmt.Printf("\n| %s, %d runs | median | spread | unit |\n|---|---|---|---|\n", p.Layout, runs)
	for _, name := range names {
		v := values[name]
		sort.Float64s(v)
		fmt.Printf("| %s | %.4g | %.4g–%.4g | %s |\n", name, stat.Median(v), v[0], v[len(v)-1], units[name])
	}
	fmt.Println()
	return nil
}

// child runs one step in a process of its own, so that its memory is its own
// and a kill is a kill.
func child(p params) ([]figure, error) {
	arg, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	started := time.Now()
	cmd := exec.CommandContext(context.Background(), self)
	cmd.Env = append(os.Environ(), "STATESPIKE="+string(arg), fmt.Sprintf("STATESPIKE_STARTED=%d", started.UnixNano()))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if p.Step == "load" && err != nil && cmd.ProcessState != nil && !cmd.ProcessState.Exited() {
		err = nil // it killed itself, as it should
	}
	if err != nil {
		return nil, err
	}
	var figures []figure
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var f figure
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			return nil, fmt.Errorf("reading %q: %w", line, err)
		}
		figures = append(figures, f)
	}
	return figures, nil
}
