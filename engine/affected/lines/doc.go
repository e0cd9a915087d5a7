// Package lines writes the lists of a suspected loss as JSON Lines (contract-case 9): a header, and of every
// person one line, one for each unit, and one for each consumer that was told of it. The running engine and
// the command share it, so that an answer is the same bytes wherever it was found. It sorts nothing and
// writes nowhere.
//
//	Of(Share)              what one person has to do with the loss
//	Header(Header, digest) the first line
//	List                   which lines somebody asked for
package lines
