//go:build !unix

package child

import "errors"

// Pause is not possible here.
func (p *Process) Pause() error { return errors.ErrUnsupported }

// Continue is not possible here.
func (p *Process) Continue() error { return errors.ErrUnsupported }
