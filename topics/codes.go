package topics

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kerr"
)

// Code is an error code of the Kafka protocol.
type Code int16

// The codes that this package distinguishes.
const (
	codeUnknownServerError      Code = -1
	codeNone                    Code = 0
	codeOffsetOutOfRange        Code = 1
	codeCorruptMessage          Code = 2
	codeUnknownTopic            Code = 3
	codeLeaderNotAvailable      Code = 5
	codeNotLeader               Code = 6
	codeRequestTimedOut         Code = 7
	codeBrokerNotAvailable      Code = 8
	codeReplicaNotAvailable     Code = 9
	codeNetworkException        Code = 13
	codeCoordinatorLoading      Code = 14
	codeCoordinatorNotAvailable Code = 15
	codeNotCoordinator          Code = 16
	codeNotEnoughReplicas       Code = 19
	codeNotEnoughAfterAppend    Code = 20
	codeIllegalGeneration       Code = 22
	codeInconsistentProtocol    Code = 23
	codeUnknownMember           Code = 25
	codeRebalanceInProgress     Code = 27
	codeTopicExists             Code = 36
	codeNotController           Code = 41
	codeOutOfOrderSequence      Code = 45
	codeDuplicateSequence       Code = 46
	codeInvalidProducerEpoch    Code = 47
	codeInvalidTxnState         Code = 48
	codeInvalidProducerMapping  Code = 49
	codeConcurrentTransactions  Code = 51
	codeCoordinatorFenced       Code = 52
	codeOperationNotAttempted   Code = 55
	codeStorageError            Code = 56
	codeUnknownProducerID       Code = 59
	codeFencedLeaderEpoch       Code = 74
	codeUnknownLeaderEpoch      Code = 75
	codeOffsetNotAvailable      Code = 78
	codeMemberIDRequired        Code = 79
	codeFencedInstance          Code = 82
	codeUnstableOffsetCommit    Code = 88
	codeThrottlingQuota         Code = 89
	codeGroupNotFound           Code = 69
	codeProducerFenced          Code = 90
)

// String returns the protocol's name of the code in words: Not Leader For Partition.
func (c Code) String() string {
	known := kerr.TypedErrorForCode(int16(c))
	if known == nil || Code(known.Code) != c { // kerr has one error for all that it does not know
		return fmt.Sprintf("Error %d", int16(c))
	}
	words := strings.Split(known.Message, "_")
	for i, w := range words {
		if w != "ID" && w != "SASL" {
			words[i] = w[:1] + strings.ToLower(w[1:])
		}
	}
	return strings.Join(words, " ")
}

// retriable reports whether the same request may succeed later, perhaps at another broker.
// UNKNOWN_SERVER_ERROR is among them: a coordinator returns it to a producer that ends its
// transaction just as a successor fences it, and the repeated request gets the answer that counts.
func (c Code) retriable() bool {
	switch c {
	case codeUnknownServerError, codeUnknownTopic, codeLeaderNotAvailable, codeNotLeader, codeRequestTimedOut,
		codeBrokerNotAvailable, codeReplicaNotAvailable, codeNetworkException,
		codeCoordinatorLoading, codeCoordinatorNotAvailable, codeNotCoordinator,
		codeNotEnoughReplicas, codeNotEnoughAfterAppend, codeNotController,
		codeConcurrentTransactions, codeStorageError, codeFencedLeaderEpoch,
		codeUnknownLeaderEpoch, codeOffsetNotAvailable, codeUnstableOffsetCommit,
		codeThrottlingQuota, codeMemberIDRequired:
		return true
	}
	return false
}

// moved reports whether another broker is in charge, so that it must be looked up again.
func (c Code) moved() bool {
	switch c {
	case codeUnknownTopic, codeLeaderNotAvailable, codeNotLeader, codeBrokerNotAvailable,
		codeReplicaNotAvailable, codeStorageError, codeFencedLeaderEpoch, codeUnknownLeaderEpoch,
		codeCoordinatorNotAvailable, codeNotCoordinator, codeNotController:
		return true
	}
	return false
}
