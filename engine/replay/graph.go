package replay

import (
	"maps"
	"slices"
)

// graph holds which persons any identity link ever named together, whatever
// became of the link: the core decides what it means (contract §2). Only
// persons with a link take memory.
type graph struct {
	parent map[string]string // union-find; a root is its own parent
	// groups maps each person with a link to all persons of its component,
	// sorted; filled by close.
	groups map[string][]string
}

func newGraph() *graph { return &graph{parent: map[string]string{}} }

// link says that an identity link names both.
func (g *graph) link(a, b string) {
	ra, rb := g.root(a), g.root(b)
	if ra != rb {
		g.parent[max(ra, rb)] = min(ra, rb)
	}
}

func (g *graph) root(p string) string {
	up, ok := g.parent[p]
	if !ok {
		g.parent[p] = p
		return p
	}
	for up != g.parent[up] {
		g.parent[p] = g.parent[up]
		p, up = up, g.parent[up]
	}
	return up
}

// close builds the components; no link is added afterwards.
func (g *graph) close() {
	byRoot := map[string][]string{}
	for _, p := range slices.Sorted(maps.Keys(g.parent)) {
		r := g.root(p)
		byRoot[r] = append(byRoot[r], p)
	}
	g.groups = make(map[string][]string, len(g.parent))
	for _, members := range byRoot {
		for _, p := range members {
			g.groups[p] = members
		}
	}
}

// members returns all persons of p's component, p included.
func (g *graph) members(p string) []string {
	if m, ok := g.groups[p]; ok {
		return m
	}
	return []string{p}
}

// linked reports whether p has a link.
func (g *graph) linked(p string) bool { _, ok := g.groups[p]; return ok }
