package topics

// Codes by which a broker refuses a user.
const (
	codeTopicRefused   Code = 29
	codeGroupRefused   Code = 30
	codeClusterRefused Code = 31
	codeTxnRefused     Code = 53
)

// needs is the operation that a request needs, by the code that refuses it. Read, Write, Delete and
// Alter include Describe.
var needs = map[Code]map[string]Operation{
	codeTopicRefused: {"Metadata": OpDescribe, "ListOffsets": OpDescribe, "OffsetFetch": OpDescribe, "Fetch": OpRead,
		"TxnOffsetCommit": OpRead, "Produce": OpWrite, "AddPartitionsToTxn": OpWrite,
		"DescribeConfigs": OpDescribeConfigs, "IncrementalAlterConfigs": OpAlterConfigs, "CreateTopics": OpCreate},
	codeGroupRefused: {"FindCoordinator": OpDescribe, "DescribeGroups": OpDescribe, "OffsetFetch": OpDescribe,
		"DeleteGroups": OpDelete},
	codeClusterRefused: {"CreateTopics": OpCreate, "InitProducerId": OpIdempotentWrite, "Produce": OpIdempotentWrite,
		"CreateAcls": OpAlter, "DescribeAcls": OpDescribe},
	codeTxnRefused: {"FindCoordinator": OpDescribe},
}

// needed returns the operation that a refused request needed. Where a request is not known, it is what
// most requests of its kind need.
func needed(e *CodeError) Operation {
	if op, ok := needs[e.Code][e.Op]; ok {
		return op
	}
	switch e.Code {
	case codeTxnRefused:
		return OpWrite
	case codeClusterRefused:
		return OpDescribe
	}
	return OpRead
}
