package policy

import "testing"

// TestOneAlternative: a parameter that sets nothing has only the value that the
// engine acts on, so that no file can ask for anything else.
func TestOneAlternative(t *testing.T) {
	for i := range parameters {
		p := &parameters[i]
		if p.set != nil {
			continue
		}
		switch k := p.kind.(type) {
		case word:
			if len(k) != 1 || k[0] != p.initial {
				t.Errorf("%s sets nothing and takes %v", p.name, k)
			}
		case count:
			if k.least != 1 || k.most != 1 {
				t.Errorf("%s sets nothing and takes %+v", p.name, k)
			}
		default:
			t.Errorf("%s sets nothing and takes any %T", p.name, k)
		}
	}
}
