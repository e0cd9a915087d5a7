// Package schemas is the data contract: one .avsc file per record, and
// everything that turns records into bytes and back.
package schemas

//go:generate go run ./internal/gen
