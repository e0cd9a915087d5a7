package topics

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
)

// TestCodeNames: each code that this package distinguishes has the name that the protocol gives it, in words.
func TestCodeNames(t *testing.T) {
	for code, want := range map[Code]string{
		codeUnknownServerError: "Unknown Server Error", codeUnknownTopic: "Unknown Topic Or Partition",
		codeCoordinatorNotAvailable: "Coordinator Not Available", codeMemberIDRequired: "Member ID Required",
		codeOperationNotAttempted: "Operation Not Attempted", codeUnstableOffsetCommit: "Unstable Offset Commit",
		58: "SASL Authentication Failed", 29: "Topic Authorization Failed", codeNone: "Error 0", 9999: "Error 9999",
	} {
		if got := code.String(); got != want {
			t.Errorf("code %d is %q, want %q", int16(code), got, want)
		}
	}
	for code := codeUnknownServerError; code <= codeProducerFenced; code++ {
		if code != codeNone && kerr.TypedErrorForCode(int16(code)).Code != int16(code) {
			t.Errorf("code %d has no name", int16(code))
		}
	}
}
