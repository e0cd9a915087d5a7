package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tilsyn/bench/internal/bed"
	"tilsyn/bench/internal/stat"
	"tilsyn/topics"
)

// pause is how long the broker rests between two runs.
const pause = 5 * time.Second

// pairs runs the engine and the peer in turn on the same topics, the engine first in every other pair, and
// returns their tables and how much faster the engine is within a pair.
func (b *bench) pairs(ctx context.Context, j *job, n int) (string, error) {
	jars, err := b.buildPeer(ctx)
	if err != nil {
		return "", err
	}
	var own, peers []*bed.Figures
	for i := range n {
		fmt.Fprintf(b.progress, "pair %d of %d\n", i+1, n)
		e, p, err := b.pair(ctx, j, fmt.Sprintf("pair%d.", i+1), jars, i%2 == 1)
		if err != nil {
			return "", err
		}
		fmt.Fprint(b.progress, bed.Table([]*bed.Figures{e}), bed.Table([]*bed.Figures{p}))
		own, peers = append(own, e), append(peers, p)
	}
	return bed.Table(own) + "\n" + bed.Table(peers) + "\n" + compared(own, peers), nil
}

// compared writes how the figures of a pair relate: the median, the lowest and the highest of the ratios.
func compared(own, peers []*bed.Figures) string {
	var b strings.Builder
	b.WriteString("| the engine's against the peer's | median of the ratios within a pair | lowest–highest |\n" +
		"|---|---|---|\n")
	for _, c := range []struct{ what, own, peer string }{
		{"card events/s to the last night readable", "card events/s to the last first revision",
			"card events/s to the last night readable"},
		{"card events/s to the last record committed", "", ""},
		{"CPU µs per record", "", ""}, {"CPU s of the broker", "", ""}, {"peak RSS, MB", "", ""},
	} {
		if c.own == "" {
			c.own, c.peer = c.what, c.what
		}
		var v []float64
		for i := range own {
			x, _ := own[i].Value("engine", c.own)
			if y, ok := peers[i].Value("streams", c.peer); ok && y > 0 {
				v = append(v, x/y)
			}
		}
		if len(v) > 0 {
			fmt.Fprintf(&b, "| %s | %.2f | %.2f–%.2f |\n", c.what, stat.Median(v), slices.Min(v), slices.Max(v))
		}
	}
	return b.String()
}

// pair loads the job once and runs both on it.
func (b *bench) pair(ctx context.Context, j *job, prefix, jars string, peerFirst bool) (own,
	peer *bed.Figures, err error) {
	own, peer = &bed.Figures{}, &bed.Figures{}
	c, err := topics.Connect(ctx, topics.Config{Brokers: []string{b.broker.Address()}, Prefix: prefix})
	if err != nil {
		return nil, nil, err
	}
	defer c.Close()
	l, err := load(ctx, c, j, int32(b.partitions), b.progress)
	if err != nil {
		return nil, nil, fmt.Errorf("loading: %w", err)
	}
	turns := []func() error{
		func() error { return b.engineOn(ctx, own, c, j, l) },
		func() error { return b.peerOn(ctx, peer, c, j, l, jars) },
	}
	if peerFirst {
		slices.Reverse(turns)
	}
	for _, turn := range turns {
		time.Sleep(pause)
		if err := turn(); err != nil {
			return nil, nil, err
		}
	}
	return own, peer, nil
}

// buildPeer builds bench/peers and returns the class path of what it needs.
func (b *bench) buildPeer(ctx context.Context) (string, error) {
	to := filepath.Join(b.dir, "peers")
	cmd := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", filepath.Join("bench", "peers", "pom.xml"), "package",
		"org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
		"-Dpeers.target="+to, "-DoutputDirectory="+filepath.Join(to, "lib"))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("building bench/peers with Maven, from the directory of the repository: %w", err)
	}
	return filepath.Join(to, "classes") + ":" + filepath.Join(to, "lib", "*"), nil
}
