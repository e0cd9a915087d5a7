package state

// WithDropped calls fn when a merge has deleted what it replaced. The merge fails with its error.
func (o Options) WithDropped(fn func() error) Options {
	o.dropped = fn
	return o
}
