package topics

// classify sets what a code means to the caller, unless a request gives it another meaning.
func classify(e *CodeError) *CodeError {
	switch {
	case e.Code.retriable():
		e.class = nil
	case e.Code == codeFencedInstance || fencing(e.Code):
		e.class = ErrFenced
	case e.Code == codeIllegalGeneration || e.Code == codeUnknownMember || e.Code == codeRebalanceInProgress ||
		e.Code == codeGroupNotFound:
		e.class = ErrRebalance
	default:
		e.class = ErrFatal
	}
	return e
}

// fencing reports whether a code says that the coordinator no longer knows the producer's id or
// epoch: another producer took over, or the transaction exceeded its timeout and the broker ended
// it.
func fencing(c Code) bool {
	switch c {
	case codeInvalidProducerEpoch, codeProducerFenced, codeCoordinatorFenced, codeInvalidProducerMapping:
		return true
	}
	return false
}

// inTransaction sets what a code means inside an open transaction. An error that neither passes
// nor fences requires an abort, except for settings and permissions, which an abort does not
// repair.
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
