//go:build !linux

package integration

import (
	"errors"
	"testing"
	"time"
)

// Small disks are made on Linux only.

func (e *instance) mount(*testing.T) error { return errors.ErrUnsupported }

func (e *instance) fill(time.Duration) error { return errors.ErrUnsupported }

func (e *instance) unmount() error { return errors.ErrUnsupported }
