package duty

// Opt is a value that may be missing (null in the schemas). The zero value is
// missing.
type Opt[T any] struct {
	V  T
	OK bool
}

// Some returns a value that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{V: v, OK: true} }

// None returns a missing value.
func None[T any]() Opt[T] { return Opt[T]{} }

// Or returns the value, or other where it is missing.
func (o Opt[T]) Or(other T) T {
	if o.OK {
		return o.V
	}
	return other
}
