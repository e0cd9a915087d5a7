package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/pprof"
)

// profile writes the step's CPU profile until stop, and its heap at stop.
func profile(p params) (stop func() error, err error) {
	if p.Profile == "" {
		return func() error { return nil }, nil
	}
	name := filepath.Join(p.Profile, p.Layout+"-"+p.Step)
	cpu, err := os.Create(name + ".cpu")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		heap, err := os.Create(name + ".heap")
		if err != nil {
			return errors.Join(err, cpu.Close())
		}
		return errors.Join(pprof.Lookup("allocs").WriteTo(heap, 0), heap.Close(), cpu.Close())
	}, nil
}
