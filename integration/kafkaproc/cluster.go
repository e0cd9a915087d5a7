package kafkaproc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// ClusterConfig says how to run a cluster.
type ClusterConfig struct {
	// Home is the directory of the jars; see Home.
	Home string
	// Dir holds a directory for each node. It must exist and be the cluster's
	// own.
	Dir string
	// Nodes is how many there are, three by default. Each is broker and
	// controller. From three on every topic has three replicas, of which two must
	// have a record before it is acknowledged.
	Nodes int
	// HeapMB is the Java heap of each node, 320 by default.
	HeapMB int
	// Settings are further lines for each server.properties.
	Settings []string
	// Proxies, where given, are the addresses that the nodes tell those who come
	// in by [Cluster.Behind], one for each node: what stands there must pass
	// everything on to that node's Behind address.
	Proxies []string
	// StartWithin bounds each start, two minutes by default.
	StartWithin time.Duration
}

// Cluster is a running cluster. Its methods are safe for one goroutine.
type Cluster struct {
	nodes  []*Broker
	behind []string
}

// Node returns a node, counted from 0. Its Stop, Kill, Pause, Continue and Again
// act on it alone.
func (c *Cluster) Node(i int) *Broker { return c.nodes[i] }

// Size is how many nodes there are.
func (c *Cluster) Size() int { return len(c.nodes) }

// Addresses are host and port of every node for clients, separated by commas.
func (c *Cluster) Addresses() string {
	out := make([]string, len(c.nodes))
	for i, b := range c.nodes {
		out[i] = b.address
	}
	return strings.Join(out, ",")
}

// Behind is the address of a node's second listener, whose clients are told to
// come by ClusterConfig.Proxies. Empty without these.
func (c *Cluster) Behind(i int) string {
	if len(c.behind) == 0 {
		return ""
	}
	return c.behind[i]
}

// StartCluster formats the storage and starts all nodes. It returns when every
// node takes requests.
func StartCluster(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	if cfg.Nodes == 0 {
		cfg.Nodes = 3
	}
	if cfg.StartWithin == 0 {
		cfg.StartWithin = 2 * time.Minute
	}
	if len(cfg.Proxies) != 0 && len(cfg.Proxies) != cfg.Nodes {
		return nil, fmt.Errorf("%d proxies for %d nodes: give one for each, or none", len(cfg.Proxies), cfg.Nodes)
	}
	ports, err := freePorts(4 * cfg.Nodes)
	if err != nil {
		return nil, err
	}
	id, err := newClusterID()
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	var places []nodePlace
	for i := range cfg.Nodes {
		p := nodePlace{client: ports[4*i], controller: ports[4*i+1], internal: ports[4*i+2]}
		if len(cfg.Proxies) > 0 {
			p.behind, p.proxy = ports[4*i+3], cfg.Proxies[i]
			c.behind = append(c.behind, p.behind)
		}
		places = append(places, p)
		dir := filepath.Join(cfg.Dir, fmt.Sprintf("node%d", i+1))
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, err
		}
		c.nodes = append(c.nodes, &Broker{address: p.client, controller: p.controller, cfg: Config{
			Home: cfg.Home, Dir: dir, Settings: cfg.Settings, HeapMB: cfg.HeapMB, StartWithin: cfg.StartWithin,
			// Many short-lived machines on few cores: quick to start, small.
			java: []string{"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"},
		}.withDefaults(320)})
	}
	return c, c.start(ctx, id, places)
}

func (c *Cluster) start(ctx context.Context, id string, places []nodePlace) error {
	all, within := errgroup.WithContext(ctx)
	for i, b := range c.nodes {
		all.Go(func() error {
			if err := b.format(within, id, nodeSettings(places, i)); err != nil {
				return fmt.Errorf("node %d: %w", i+1, err)
			}
			// A node takes requests only when there is a majority of controllers,
			// so they start together.
			if err := b.Again(within); err != nil {
				return fmt.Errorf("node %d: %w", i+1, err)
			}
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return errors.Join(err, c.Stop())
	}
	return nil
}

// Stop ends all nodes that run, in order. The last ones are not left without a
// majority for long: a node that cannot hand over is killed after 20 seconds.
func (c *Cluster) Stop() error {
	var all errgroup.Group
	for _, b := range c.nodes {
		all.Go(b.Stop)
	}
	return all.Wait()
}

// Kill ends all nodes at once.
func (c *Cluster) Kill() error {
	var errs []error
	for _, b := range c.nodes {
		errs = append(errs, b.Kill())
	}
	return errors.Join(errs...)
}
