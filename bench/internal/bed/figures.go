package bed

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

// Figures are named numbers in the order in which they were added.
type Figures struct {
	names  []FigureName
	values map[FigureName]float64
}

// FigureName is a row of the report: a part of the benchmark, and what was measured of it.
type FigureName struct{ Part, Name string }

// Add adds a figure of a part.
func (f *Figures) Add(part, name string, value float64) {
	if f.values == nil {
		f.values = map[FigureName]float64{}
	}
	key := FigureName{part, name}
	if _, ok := f.values[key]; !ok {
		f.names = append(f.names, key)
	}
	f.values[key] = value
}

// Table writes medians and extremes of runs as a Markdown table.
func Table(runs []*Figures) string {
	var b strings.Builder
	var names []FigureName
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
		fmt.Fprintf(&b, "| %s: %s | %s | %s–%s |\n", n.Part, n.Name, Number(stat.Median(v)), Number(v[0]),
			Number(v[len(v)-1]))
	}
	return b.String()
}

// Value is a figure of a part, and false where there is none.
func (f *Figures) Value(part, name string) (float64, bool) {
	x, ok := f.values[FigureName{part, name}]
	return x, ok
}

// Middle is the median of a figure over runs, and false where none has it.
func Middle(runs []*Figures, part, name string) (float64, bool) {
	var v []float64
	for _, f := range runs {
		if x, ok := f.Value(part, name); ok {
			v = append(v, x)
		}
	}
	return stat.Median(v), len(v) > 0
}

// Number writes a figure with about three digits, thousands apart.
func Number(x float64) string {
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

// Where describes machine, versions, time and load.
func Where() string {
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
