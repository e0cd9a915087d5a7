package topics

import "testing"

// FuzzFetchResponse: no answer, however broken, makes the reader panic, read
// beyond it or take memory that its size does not justify.
func FuzzFetchResponse(f *testing.F) {
	h := &handmade{}
	h.data(3, 5, -1, false, Snappy, []int64{3, 5})
	body := appendInt32(nil, 0)
	body = appendInt16(body, 0)
	body = appendInt32(body, 0)
	body = appendInt32(body, 1)
	body = appendString(body, "p.notices")
	body = appendInt32(body, 1)
	body = appendInt32(body, 2)
	body = appendInt16(body, 0)
	body = appendInt64(body, 10)
	body = appendInt64(body, 10)
	body = appendInt64(body, 0)
	body = appendInt32(body, 1)
	body = appendInt64(body, 77)
	body = appendInt64(body, 4)
	body = appendInt32(body, -1)
	body = appendInt32(body, int32(len(h.b)))
	f.Add(append(body, h.b...))
	ask := &fetchAsk{topics: []fetchTopic{{full: "p.notices",
		partitions: []fetchPartition{{Position: Position{Notices, 2, 3}}}}}}
	f.Fuzz(func(t *testing.T, body []byte) {
		opt := FetchOptions{}
		ask.body, ask.out = body, ask.out[:0]
		if err := opt.response(ask); err != nil {
			return
		}
		for i := range ask.out {
			p := &ask.out[i]
			if p.Next < p.From || p.Topic != Notices {
				t.Fatalf("%s: from %d to %d", p.TopicPartition, p.From, p.Next)
			}
			_ = p.Each(func(*Record) error { return nil })
		}
	})
}
