//go:build !unix

package cli

// isReadOnly cannot be told apart from what is not permitted.
func isReadOnly(error) bool { return false }
