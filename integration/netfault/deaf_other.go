//go:build !linux

package netfault

import (
	"context"
	"errors"
)

// Deaf is not possible here.
type Deaf struct{}

// Deafen is not possible here.
func Deafen(int, int) (*Deaf, error) { return nil, errors.ErrUnsupported }

// Connections is none.
func (d *Deaf) Connections() int { return 0 }

// Hear does nothing.
func (d *Deaf) Hear() error { return nil }

// Arrived does nothing.
func (d *Deaf) Arrived(context.Context) error { return nil }
