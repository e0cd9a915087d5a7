// Package hashset remembers 64-bit hashes in constant memory, for those who read more
// than they can keep: [Filter] tells what comes twice, [Set] remembers which.
//
// Its sets may say that they have a hash that they have not, and never that they have
// not one that they have. They take their memory as it is needed, up to a constant, and are
// not for several goroutines at once. The zero values are empty and take none.
//
// Files: hashset.go.
package hashset
