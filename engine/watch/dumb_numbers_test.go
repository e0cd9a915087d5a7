package watch

import (
	"fmt"
	"slices"
	"strings"

	"tilsyn/engine/duty"
)

// The second evaluator, continued: numbers (6.3).

// split names the numbering of every numbered sign: epoch and how often it fell.
func (x *dumb) split(device string) {
	list := x.signs[device]
	for i := range list {
		if !list[i].numbered {
			continue
		}
		// The numbering of the last sign of this epoch goes on unless this falls.
		last := -1
		for j := range i {
			if list[j].numbered && list[j].epoch == list[i].epoch {
				last = j
			}
		}
		if last < 0 {
			list[i].segment = fmt.Sprint(list[i].epoch, "#0")
			continue
		}
		highest := int64(-1)
		for j := range i {
			if list[j].segment == list[last].segment && list[j].at < list[i].at-30*duty.Second {
				highest = max(highest, list[j].seq)
			}
		}
		falls := highest >= 0 && (list[i].row && list[i].seq <= highest || !list[i].row && list[i].seq < highest)
		list[i].segment = list[last].segment
		if falls {
			var n int
			fmt.Sscanf(list[last].segment[strings.IndexByte(list[last].segment, '#')+1:], "%d", &n)
			list[i].segment = fmt.Sprint(list[i].epoch, "#", n+1)
		}
	}
}

func (x *dumb) tooLate(device, segment string) bool {
	for _, g := range x.signs[device] {
		if g.segment == segment && g.known-g.own <= x.late {
			return false
		}
	}
	return true
}

func (x *dumb) numbers(device string) {
	list := x.signs[device]
	add := func(cause, name string, from, to duty.Instant) {
		a, b := min(from, to), max(from, to)
		for _, c := range x.centres(device, a, max(b, a+1)) {
			x.say(cause, c, device, name, a, b, false, duty.IncidentKindSuspectedLoss, false)
		}
	}
	last := -1
	segments := []string{}
	for i, g := range list {
		if g.segment != "" && !slices.Contains(segments, g.segment) {
			segments = append(segments, g.segment)
		}
		if g.segment != "" && x.tooLate(device, g.segment) {
			continue
		}
		if last >= 0 && list[last].epoch != g.epoch {
			add("epoch", fmt.Sprint(device, ":", list[last].epoch, ":", g.epoch, ":", list[last].at), list[last].at, g.at)
		}
		last = i
		if g.segment == "" {
			continue
		}
		// The sign before of its epoch, where this one begins a numbering.
		prev, begins := -1, true
		for j := range i {
			if list[j].numbered && list[j].epoch == g.epoch {
				prev = j
			}
			begins = begins && list[j].segment != g.segment
		}
		if begins && prev >= 0 && !x.tooLate(device, list[prev].segment) {
			add("reset", fmt.Sprint(device, ":", g.epoch, ":", g.at), list[prev].at, g.at)
		}
	}
	for _, segment := range segments {
		if !x.tooLate(device, segment) {
			x.missing(device, segment, add)
		}
	}
}

func (x *dumb) missing(device, segment string, add func(cause, name string, from, to duty.Instant)) {
	low, high := int64(1<<40), int64(-1)
	arrived := map[int64]bool{}
	epoch := int64(0)
	for _, g := range x.signs[device] {
		if g.segment != segment {
			continue
		}
		epoch = g.epoch
		low = min(low, g.seq)
		if g.row {
			arrived[g.seq] = true
		}
		if g.row || g.at+3*duty.Minute <= x.v.At {
			high = max(high, g.seq)
		}
	}
	for n := low + 1; n <= high; n++ {
		if arrived[n] || n > low+1 && !arrived[n-1] {
			continue
		}
		end := n
		for end < high && !arrived[end+1] {
			end++
		}
		var from, to duty.Instant
		for _, g := range x.signs[device] {
			if g.segment == segment && g.seq < n {
				from = g.at
			}
		}
		for _, g := range slices.Backward(x.signs[device]) {
			if g.segment == segment && g.seq >= end {
				to = g.at
			}
		}
		add("gap", fmt.Sprint(device, ":", epoch, ":", n), from, to)
	}
}
