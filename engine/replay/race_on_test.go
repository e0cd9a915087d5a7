//go:build race

package replay

// raceDetector is true where pools lose a part of what they keep.
const raceDetector = true
