package recalls

import (
	"slices"

	"tilsyn/engine/stream/deadletter"
)

// No task reads acknowledgements, since they change no verdict. So whoever reads them for the recalls finds those
// that nobody can use, and the task that writes the recalls sends them to the dead letters (contract §1).

// maxUnusable is how many bytes of them wait for the task, or a fetch more; then nothing more is read.
const maxUnusable = 1 << 20

// unusable notes an acknowledgement that nobody can use.
func (r *Reader) unusable(bad *deadletter.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.letters = append(r.letters, bad)
}

// crowded reports whether so many wait that nothing more is to be read.
func (r *Reader) crowded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	bytes := 0
	for _, bad := range r.letters {
		bytes += bad.Size()
	}
	return bytes >= maxUnusable
}

// Unusable returns the acknowledgements that nobody can use and that were not sent yet, in the order in which they
// were read. After a restart all that the logs still have are among them again.
func (r *Reader) Unusable() []*deadletter.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.letters)
}

// Sent says that the first n of them are on the dead letters for certain.
func (r *Reader) Sent(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.letters = slices.Delete(r.letters, 0, min(n, len(r.letters)))
}
