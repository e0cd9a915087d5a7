// Package spare says when memory that is kept to be used again is too much. A backlog needs buffers many
// times as large as what follows it, and what they hold is then missing where everybody falls due at once.
//
// It holds no memory itself, and knows nothing of what it is asked about. There is no other file than spare.go.
package spare
