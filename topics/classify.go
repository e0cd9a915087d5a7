package topics

// classify says what a code means to the caller where no request gives it
// another meaning.
func classify(e *CodeError) *CodeError {
	switch {
	case e.Code.retriable():
		e.class = nil
	case e.Code == codeFencedInstance || fencing(e.Code):
		e.class = ErrFenced
	case e.Code == codeIllegalGeneration || e.Code == codeUnknownMember || e.Code == codeRebalanceInProgress || e.Code == codeGroupNotFound:
		e.class = ErrRebalance
	default:
		e.class = ErrFatal
	}
	return e
}

// fencing codes say that the producer's id or epoch is no longer the one that
// the coordinator knows: another producer took over, or the transaction lasted
// longer than its timeout and the broker ended it.
func fencing(c Code) bool {
	switch c {
	case codeInvalidProducerEpoch, codeProducerFenced, codeCoordinatorFenced, codeInvalidProducerMapping:
		return true
	}
	return false
}

// inTransaction says what a code means inside an open transaction: what does
// not pass and is no fencing makes the transaction one that must be aborted,
// but for settings and permissions, which an abort does not mend.
func inTransaction(e *CodeError) *CodeError {
	switch e.Code {
	case codeOutOfOrderSequence, codeUnknownProducerID, codeDuplicateSequence, codeInvalidTxnState,
		codeIllegalGeneration, codeUnknownMember, codeRebalanceInProgress, codeFencedInstance,
		codeOperationNotAttempted, codeCorruptMessage:
		e.class = ErrAbortable
		return e
	}
	return classify(e)
}
