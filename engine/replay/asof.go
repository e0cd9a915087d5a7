package replay

import (
	"errors"
	"fmt"

	"tilsyn/engine/duty"
)

// An as-of instant further than this after the input's latest instant is more
// likely a typing error than a wish (contract §4).
const horizon = 400 * duty.Day

// asOfs returns the instants to judge at, given the latest
// logged_at or received_at in the input, Beginning where there is none.
func asOfs(o *Options, last duty.Instant) ([]duty.Instant, error) {
	if len(o.AsOf) == 0 {
		if last == duty.Beginning {
			return nil, &InputError{Err: errors.New("the input has no logged_at or received_at to take " +
				"the default as-of from: give --as-of")}
		}
		return []duty.Instant{nextMorning(last)}, nil
	}
	for i, t := range o.AsOf {
		if i > 0 && t <= o.AsOf[i-1] {
			return nil, &InputError{Err: fmt.Errorf("--as-of %s is not after %s: "+
				"give the instants in ascending order", formatInstant(t), formatInstant(o.AsOf[i-1]))}
		}
		if last != duty.Beginning && t > nextMorning(last)+horizon && !o.Yes {
			return nil, &InputError{Err: fmt.Errorf("--as-of %s is more than 400 days after the end of "+
				"the input (%s): correct it, or say --yes", formatInstant(t), formatInstant(nextMorning(last)))}
		}
	}
	return o.AsOf, nil
}

// checkReference refuses a reference instant that an as-of does not reach
// (contract-case 7.5).
func checkReference(reference duty.Opt[duty.Instant], asOf []duty.Instant) error {
	if !reference.OK || len(asOf) == 0 || reference.V <= asOf[0] {
		return nil
	}
	return &InputError{Err: fmt.Errorf("--reference %s is after --as-of %s, when nobody could know it: "+
		"give an earlier instant, or a later --as-of", formatInstant(reference.V), formatInstant(asOf[0]))}
}

// nextMorning returns the first local 08:00 that is not before t.
func nextMorning(t duty.Instant) duty.Instant {
	d := t.Date()
	if at := d.Clock(8, 0); at >= t {
		return at
	}
	return (d + 1).Clock(8, 0)
}

func formatInstant(t duty.Instant) string { return string(t.Append(nil)) }
