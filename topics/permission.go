package topics

// Codes by which a broker refuses a user.
const (
	codeTopicRefused   Code = 29
	codeGroupRefused   Code = 30
	codeClusterRefused Code = 31
	codeTxnRefused     Code = 53
)

// grant says what an administrator has to allow the user; empty for codes that are no refusal.
func (c Code) grant() string {
	switch c {
	case codeTopicRefused:
		return "allow the user DESCRIBE and DESCRIBE_CONFIGS on the topics of the prefix, " +
			"READ on all and WRITE on those that it writes"
	case codeGroupRefused:
		return "allow the user READ and DESCRIBE on the consumer group"
	case codeClusterRefused:
		return "allow the user this on the cluster: CREATE for `topics create`, IDEMPOTENT_WRITE for writing"
	case codeTxnRefused:
		return "allow the user WRITE and DESCRIBE on the transactional ids that begin with topic prefix and group"
	}
	return ""
}
