package topics

import (
	"cmp"
	"slices"
)

// shareOut assigns every partition 0…n-1 to one of the instances. previous are the former owners
// by partition; instances that are gone, and empty names, own nothing. The result depends on the
// sets alone, not on their order, and:
//
//   - shares differ by one at most;
//   - an instance keeps what it had as far as its share allows, so that no more
//     partitions move than balance needs;
//   - what is left goes to whoever has least.
func shareOut(instances []string, previous []string, n int32) []string {
	ids := slices.Clone(instances)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	owners := make([]string, n)
	if len(ids) == 0 {
		return owners
	}
	had := map[string]int{}
	for p, id := range previous {
		if _, here := slices.BinarySearch(ids, id); here && p < int(n) {
			had[id]++
		}
	}
	room, load := shares(ids, had, int(n)), map[string]int{}
	give := func(p int, id string) {
		owners[p] = id
		room[id]--
		load[id]++
	}
	for p := range min(int(n), len(previous)) {
		if id := previous[p]; room[id] > 0 {
			give(p, id)
		}
	}
	for p := range owners {
		if owners[p] != "" {
			continue
		}
		open := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return room[id] == 0 })
		give(p, slices.MinFunc(open, func(a, b string) int { return cmp.Compare(load[a], load[b]) }))
	}
	return owners
}

// shares returns how many partitions each instance gets. The remainder goes, one each, to the
// instances that had most, since that moves least.
func shares(ids []string, had map[string]int, n int) map[string]int {
	order := slices.Clone(ids)
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(had[b], had[a]) })
	room := make(map[string]int, len(order))
	for i, id := range order {
		room[id] = n / len(order)
		if i < n%len(order) {
			room[id]++
		}
	}
	return room
}
