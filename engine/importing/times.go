package importing

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"tilsyn/engine/duty"
)

// Formats with a name of their own.
const (
	// formatExcel is the number that a workbook keeps for a date: days since 30 December 1899.
	formatExcel = "excel"
	// formatISO is RFC 3339 with an offset.
	formatISO = "iso"
)

// parts are the parts of a format, longest first, with how package time writes them.
var parts = []struct{ part, layout string }{
	{"yyyy", "2006"}, {"yy", "06"}, {"MM", "01"}, {"M", "1"}, {"dd", "02"}, {"d", "2"}, {"HH", "15"}, {"H", "15"},
	{"mm", "04"}, {"ss", "05"}, {"SSS", "000"},
}

// layoutOf turns a format such as "dd-MM-yyyy HH:mm" into one of package time.
func layoutOf(format string) (string, error) {
	if format == formatExcel || format == formatISO {
		return format, nil
	}
	var b strings.Builder
next:
	for rest := format; rest != ""; {
		for _, p := range parts {
			if strings.HasPrefix(rest, p.part) {
				b.WriteString(p.layout)
				rest = rest[len(p.part):]
				continue next
			}
		}
		if c := rest[0]; c >= 'a' && c <= 'z' && c != 'T' || c >= 'A' && c <= 'Z' && c != 'T' || c >= '0' && c <= '9' {
			return "", fmt.Errorf("%q: what is %q? write yyyy MM dd HH mm ss and the signs between them, excel or iso",
				format, rest[:1])
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String(), nil
}

// wall is a time as a clock on the wall shows it.
type wall struct {
	date duty.Date
	ms   duty.Instant // after midnight
	// at is the instant itself where the text has an offset.
	at duty.Opt[duty.Instant]
}

// errUnreadTime says that no format fits; the value is not repeated, since it may be anything.
var errUnreadTime = errors.New("is not written in any of the formats of the mapping")

// readWall reads a time by the first format that fits.
func (x *Field) readWall(text string) (wall, error) {
	for _, layout := range x.layouts {
		if layout == formatExcel {
			if w, ok := readExcel(text); ok {
				return w, nil
			}
			continue
		}
		if layout == formatISO {
			if t, ok := duty.ParseInstant(text); ok {
				return wall{date: t.Date(), at: duty.Some(t)}, nil
			}
			continue
		}
		if t, err := time.Parse(layout, text); err == nil {
			return wallOf(t), nil
		}
	}
	return wall{}, errUnreadTime
}

func wallOf(t time.Time) wall {
	t = t.UTC()
	midnight := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return wall{date: duty.DateOf(t.Year(), int(t.Month()), t.Day()), ms: duty.Instant(t.Sub(midnight).Milliseconds())}
}

// readExcel reads the number of a date in a workbook.
func readExcel(text string) (wall, bool) {
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || days < 1 || days > 2_958_466 { // year 9999
		return wall{}, false
	}
	ms := int64(math.Round(days * float64(duty.Day)))
	first := duty.DateOf(1899, 12, 30)
	return wall{date: first + duty.Date(ms/int64(duty.Day)), ms: duty.Instant(ms % int64(duty.Day))}, true
}

// instant is the one instant at which the clock shows a time; season says which one of two.
func (x *Field) instant(w wall, season string) (duty.Instant, error) {
	switch {
	case w.at.OK:
		return w.at.V, nil
	case x.utc:
		return duty.Instant(w.date)*duty.Day + w.ms, nil
	}
	list := w.date.Shown(w.ms)
	switch {
	case len(list) == 0:
		return 0, errors.New("this local time does not exist: the clock was set forward over it")
	case len(list) == 1:
		return list[0], nil
	case x.Season == nil:
		return 0, errors.New("this local time happens twice, and the mapping names no column (season) " +
			"that says which is meant")
	case slices.Contains(x.Season.Summer, season):
		return list[0], nil
	case slices.Contains(x.Season.Standard, season):
		return list[1], nil
	}
	return 0, fmt.Errorf("this local time happens twice, and column %s does not say which is meant", x.Season.Column)
}

// timeValue reads a time, date or clock as the contract writes it.
func (x *Field) timeValue(text, season string) (string, error) {
	w, err := x.readWall(text)
	if err != nil {
		return "", err
	}
	switch x.As {
	case asDate:
		return w.date.String(), nil
	case asLocal:
		if w.at.OK {
			return w.at.V.String(), nil
		}
		return w.date.String() + "T" + clockText(w.ms, w.ms%duty.Minute != 0), nil
	case asClock:
		return clockText(w.ms, false), nil
	}
	switch x.Day {
	case "start":
		return w.date.Start().String(), nil
	case "after":
		return (w.date + 1).Start().String(), nil
	}
	t, err := x.instant(w, season)
	return t.String(), err
}

// clockText writes a time of day.
func clockText(ms duty.Instant, seconds bool) string {
	text := fmt.Sprintf("%02d:%02d", ms/duty.Hour, ms%duty.Hour/duty.Minute)
	if seconds {
		text += fmt.Sprintf(":%02d", ms%duty.Minute/duty.Second)
	}
	return text
}
