// Package netfault stands between Kafka clients and a broker on loopback and
// does to their connections what a network does: delay, be slow, cut in the middle
// of an answer, lose the answer to a request that was carried out, go silent, keep
// a request and deliver it late. Without standing between, [Deafen] loses the packets of
// connections, which the kernel then sends late by itself.
//
// It guarantees that what it passes on is passed on unchanged and in order, that
// every fault is counted when it happens, that [Proxy.Restore] ends all of them,
// and that the places where it cuts come from a seed: the same seed and the same
// traffic give the same cuts (the order in which connections come is the
// system's). It understands of Kafka's protocol only frames, API keys and
// correlation ids, and nothing behind TLS.
//
// A broker must advertise the proxy's address, or clients go past it: see
// kafkaproc.ClusterConfig.Proxies.
//
// Files:
//
//	proxy.go      listening, passing on, Close
//	faults.go     which faults are on, and what was done
//	keep.go       requests that arrive late
//	deaf_*.go     packets that are lost on the way to a process
//	conn.go       one connection: requests up, answers down
package netfault
