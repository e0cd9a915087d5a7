package replay

import (
	"fmt"
	"os"
	"slices"

	"tilsyn/engine/outfile"
)

// place is a file as the user named it, and what it is.
type place struct {
	name string
	id   outfile.ID
}

// text is what messages call the place; what says what it is for Stdio.
func (p *place) text(what string) string {
	if p.name == Stdio {
		return "standard " + what + " (-)"
	}
	return p.name
}

// checkFiles refuses an output that would take the place of an input or of
// another output, however their names are spelled.
func (o *Options) checkFiles() error {
	fail := func(format string, args ...any) error { return &InputError{Err: fmt.Errorf(format, args...)} }
	var inputs, outputs []place
	for _, f := range append(slices.Clone(o.Facts), o.Reads...) {
		if f == Stdio {
			inputs = append(inputs, place{f, outfile.IdentifyOpen(o.Stdin)})
			continue
		}
		inputs = append(inputs, place{f, outfile.Identify(f)})
	}
	if o.Said != "" {
		inputs = append(inputs, place{o.Said, outfile.Identify(o.Said)})
	}
	null := outfile.Identify(os.DevNull)
	for _, f := range []string{o.Violations, o.Outcomes, o.DataQuality, o.Observations, o.Summaries,
		o.Recalls, o.Incidents, o.SkipBad} {
		if f == "" {
			continue
		}
		p := place{f, outfile.Identify(f)}
		if f == Stdio {
			p.id = outfile.IdentifyOpen(o.Stdout)
		} else if p.id.Same(null) {
			continue
		}
		for i := range outputs {
			if other := &outputs[i]; other.name == f || p.id.Same(other.id) {
				return fail("%s is named for two outputs%s: give each its own file", p.text("output"), also(&p, other, "output"))
			}
		}
		for i := range inputs {
			in := &inputs[i]
			if in.name == f && f != Stdio || p.id.Regular() && p.id.Same(in.id) {
				return fail("%s is both input and output%s: write somewhere else", p.text("output"), also(&p, in, "input"))
			}
		}
		outputs = append(outputs, p)
	}
	return nil
}

// also names the other spelling of a place, where there is one.
func also(p, other *place, what string) string {
	if a, b := p.text("output"), other.text(what); a != b {
		return ", also as " + b
	}
	return ""
}
