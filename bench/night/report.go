package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"tilsyn/bench/internal/stat"
)

// figures are named numbers in the order in which they were added.
type figures struct {
	names  []figureName
	values map[figureName]float64
}

// figureName is a row of the report: a part of the benchmark, and what was measured of it.
type figureName struct{ Part, Name string }

func (f *figures) add(part, name string, value float64) {
	if f.values == nil {
		f.values = map[figureName]float64{}
	}
	key := figureName{part, name}
	if _, ok := f.values[key]; !ok {
		f.names = append(f.names, key)
	}
	f.values[key] = value
}

// table writes medians and extremes of runs as a Markdown table.
func table(runs []*figures) string {
	var b strings.Builder
	var names []figureName
	for _, f := range runs {
		for _, n := range f.names {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	fmt.Fprintf(&b, "| | median of %d | lowest–highest |\n|---|---|---|\n", len(runs))
	for _, n := range names {
		var v []float64
		for _, f := range runs {
			if x, ok := f.values[n]; ok {
				v = append(v, x)
			}
		}
		slices.Sort(v)
		fmt.Fprintf(&b, "| %s: %s | %s | %s–%s |\n", n.Part, n.Name, number(stat.Median(v)), number(v[0]),
			number(v[len(v)-1]))
	}
	return b.String()
}

// ratio writes what part of the null consumer's speed the engine reaches.
func ratio(runs []*figures) string {
	var v []float64
	for _, f := range runs {
		null := f.values[figureName{"null", "card events/s"}]
		if own := f.values[figureName{"engine", "card events/s to the last record committed"}]; null > 0 && own > 0 {
			v = append(v, own/null)
		}
	}
	if len(v) == 0 {
		return ""
	}
	return fmt.Sprintf("The engine reaches %.1f %% of the null consumer's speed (median of the ratios "+
		"within a run).\n", 100*stat.Median(v))
}

// number writes a figure with about three digits, thousands apart.
func number(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 1000:
		return fmt.Sprintf("%.1f", x)
	}
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// where describes machine, versions, time and load.
func where() string {
	cpu := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "model name"); ok {
				cpu = strings.Trim(rest, "\t :\n")
				break
			}
		}
	}
	load := "unknown"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = strings.Join(strings.Fields(string(text))[:3], " ")
	}
	memory := 0.0
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		memory = field(text, "MemTotal:") / (1 << 20)
	}
	commit := "unknown"
	if out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output(); err == nil { //nolint:noctx // a moment
		commit = strings.TrimSpace(string(out))
	}
	return fmt.Sprintf("%s UTC, commit %s\n\n%s, %d cores (%s), %.0f GiB, load average at the start %s",
		time.Now().UTC().Format("2006-01-02 15:04"), commit, runtime.Version(), runtime.NumCPU(), cpu, memory, load)
}
