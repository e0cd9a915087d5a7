package atrest

import (
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Recipients are those who can read what is encrypted to them, each by himself.
type Recipients struct{ list []age.Recipient }

// ParseRecipients reads public keys (age1…), as [NewKey] and age-keygen print them; nil for none. An
// error is ErrKey.
func ParseRecipients(keys []string) (*Recipients, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	list, err := age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
	if err != nil || len(list) != len(keys) {
		return nil, fmt.Errorf("%w: a recipient is a public key of age (age1…), as `tilsyn state key --public FILE` "+
			"prints it", ErrKey)
	}
	return &Recipients{list}, nil
}

// Writer encrypts what is written; Close ends it and leaves w open.
func (r *Recipients) Writer(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, r.list...) }
