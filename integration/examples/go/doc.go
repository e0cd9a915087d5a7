// Command go is a producer in Go, as a centre may write one with package topics/producer: facts come as JSON on
// standard input, are kept on disk, and go to the brokers when there is a link.
//
//	go run ./integration/examples/go -brokers HOST:PORT -dir buffer < integration/examples/facts.jsonl
//
// It guarantees that it ends with 0 only when everything is acknowledged; what is not waits in the directory and is
// sent by the next run. It never sends a fact twice with other bytes.
//
// Files: main.go.
package main
