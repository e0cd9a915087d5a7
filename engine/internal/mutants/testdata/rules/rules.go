// Package rules is small code of the kind that the check changes.
package rules

type colour uint8

const (
	red colour = iota
	green
	blue
)

const limit = 3

func judge(n int, c colour, ok bool) (colour, string) {
	if n < limit && ok || c == blue {
		return green, "STY-02"
	}
	switch c {
	case red:
		return red, "no rule"
	}
	return colour(min(n, 1)), ""
}
