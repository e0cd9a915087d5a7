package topics

import "strconv"

// The topic settings that the contract fixes (contract §2, §3).
const (
	settingCleanup        = "cleanup.policy"
	settingRetentionTime  = "retention.ms"
	settingRetentionBytes = "retention.bytes"
	settingTimestamps     = "message.timestamp.type"
	settingMinISR         = "min.insync.replicas"
	settingSegment        = "segment.bytes"
	settingMessage        = "max.message.bytes"

	cleanupDelete  = "delete"
	cleanupCompact = "compact"
	unlimited      = "-1"
	// commitSegment keeps segments of the commit records small. The broker never compacts the newest
	// segment, which by default grows to 1 GB.
	commitSegment = "33554432"
	logAppendTime = "LogAppendTime"
	createTime    = "CreateTime"
)

// outputMessageBytes is the largest batch of a topic that the engine writes. A dead letter holds a
// whole input record and its origin, so it is larger than any input, and everything told of one
// person is sent together.
const outputMessageBytes = 8 << 20

// Setting is one setting of a topic, by the broker's name.
type Setting struct{ Name, Value string }

// Settings returns what [Client.Create] sets on the topic, but for min.insync.replicas, which hangs on
// the number of replicas. producerTimes is CreateTime of
// [CreateOptions].
func (s Spec) Settings(producerTimes bool) []Setting {
	out := []Setting{{settingCleanup, cleanupDelete}, {settingRetentionTime, unlimited},
		{settingRetentionBytes, unlimited}}
	if s.Compacted {
		out = []Setting{{settingCleanup, cleanupCompact}}
	}
	if s.Name == TaskCommits {
		out = append(out, Setting{settingSegment, commitSegment})
	}
	if !s.Input() {
		out = append(out, Setting{settingMessage, strconv.Itoa(outputMessageBytes)})
	}
	if s.Stamped() {
		kind := logAppendTime
		if s.Input() && producerTimes {
			kind = createTime
		}
		out = append(out, Setting{settingTimestamps, kind})
	}
	return out
}
