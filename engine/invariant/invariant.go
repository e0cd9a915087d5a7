package invariant

import "fmt"

// Failure is the value that a broken invariant panics with.
type Failure struct {
	// Name is the invariant, What says how it was found broken, without personal data.
	Name, What string
}

// Error implements error, so that the runtime prints the text of a panic.
func (f *Failure) Error() string {
	return fmt.Sprintf("invariant %q does not hold: %s; this is a fault of the program", f.Name, f.What)
}

// Hold panics with a [Failure] unless ok. name is the invariant, format and args say how it was
// found broken. They must not contain personal data: no person, card, unit, key or payload.
func Hold(ok bool, name, format string, args ...any) {
	if !ok {
		panic(&Failure{Name: name, What: fmt.Sprintf(format, args...)})
	}
}

// Pass panics again if what was recovered is a [Failure]. Code that recovers from panics calls it
// first, so that no failure is swallowed.
func Pass(recovered any) {
	if f, ok := recovered.(*Failure); ok {
		panic(f)
	}
}
