//go:build race

package topics

// raceDetector is true where pools lose a part of what they keep.
const raceDetector = true
