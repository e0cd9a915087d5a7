package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/engine/duty"
)

// affected asks the running engine whom a loss of three hours of that night may concern (REL-14), which is
// everybody. It times the command as its user sees it, to the last line in a file.
func (d *dueRun) affected(ctx context.Context) error {
	before, err := bed.UsageOf(d.engine.Pid())
	if err != nil {
		return err
	}
	answer, err := os.CreateTemp(d.dir, "affected-")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(answer.Close(), os.Remove(answer.Name())) }()
	from := firstDay.Start() + 22*duty.Hour
	ask := exec.CommandContext(ctx, d.binary, "report", "affected", "--engine", filepath.Join(d.dir, "state"),
		"--centre", centre, "--from", from.String(), "--to", (from + 3*duty.Hour).String())
	var said strings.Builder
	ask.Stdout, ask.Stderr = answer, &said
	d.profile(ctx, d.engine, "affected")
	began := time.Now()
	if err := ask.Run(); err != nil {
		return fmt.Errorf("asking whom a loss concerns: %w: %s", err, &said)
	}
	took := time.Since(began).Seconds()
	after, err := bed.UsageOf(d.engine.Pid())
	if err != nil {
		return err
	}
	listed, err := linesOf(answer.Name())
	if err != nil {
		return err
	}
	// The first line is the header; everybody has a night of each duty that binds at night.
	if listed--; listed < d.job.Persons {
		return fmt.Errorf("%d units are listed, fewer than the %d persons who were bound", listed, d.job.Persons)
	}
	d.Add("affected", "persons asked about", float64(d.job.Persons))
	d.Add("affected", "units listed", float64(listed))
	d.Add("affected", "s to the whole answer", took)
	d.Add("affected", "engine CPU s", after.CPU-before.CPU)
	d.Add("affected", "CPU s of the command", (ask.ProcessState.UserTime() + ask.ProcessState.SystemTime()).Seconds())
	d.Add("affected", "peak RSS since the start, MB", after.PeakMB)
	return nil
}

// linesOf counts the lines of a file.
func linesOf(name string) (n int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) > 0 {
			n++
		}
	}
	return n, lines.Err()
}
