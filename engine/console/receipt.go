package console

import (
	"encoding/json"
	"strconv"

	"tilsyn/engine/console/access"
	"tilsyn/engine/duty"
	"tilsyn/schemas"
)

// Receipt is an entry with its versions.
type Receipt struct {
	Form FormInfo `json:"form"`
	ID   string   `json:"id"`
	// Key is the person or the centre.
	Key      string         `json:"key"`
	Versions []EntryVersion `json:"versions"`
	// Wanted is the version that was just sent; it is not among Versions before the pages have read it.
	Wanted  int64  `json:"wanted"`
	Seen    bool   `json:"seen"`
	Lines   []Line `json:"-"`
	Correct bool   `json:"-"`
	Person  string `json:"-"`
}

// EntryVersion is one version of an entry.
type EntryVersion struct {
	Version   int64           `json:"version"`
	Retracted bool            `json:"retracted"`
	Known     string          `json:"known_at"`
	Fact      json.RawMessage `json:"fact"`
}

func receiptView() *view {
	return &view{path: "/desk/{form}/entries/{id}", right: access.SeeCentres, title: "Indtastning|Entry",
		template: "receipt.html",
		answer:   Receipt{}, data: receipt, queries: []query{{"key", "its person, or its centre"},
			{"version", "the version that was sent"}}}
}

// receipt shows an entry as the topics have it.
func receipt(q *request) (any, error) {
	f, err := q.formOf()
	if err != nil {
		return nil, err
	}
	out := &Receipt{Form: q.info(f), ID: q.PathValue("id"), Key: q.value("key"), Versions: []EntryVersion{}}
	out.Wanted, _ = strconv.ParseInt(q.value("version"), 10, 64)
	list, err := q.versions(f, out.Key, out.ID)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		schema, _ := schemas.Of(v.Record)
		out.Versions = append(out.Versions, EntryVersion{v.Version, v.Retracted, v.Known.Local(), schema.AppendJSON(nil,
			v.Record)})
		out.Seen = out.Seen || v.Version >= out.Wanted
		out.Person = personOf(v.Record)
		if f.fill != nil {
			out.Lines = q.lines(f, f.fill(v.Record))
			out.Correct = !v.Retracted
		}
	}
	if len(list) == 0 && out.Wanted == 0 {
		return nil, notFound("Den indtastning findes ikke.|There is no such entry.")
	}
	spec, _ := duty.TopicOf(f.topic)
	if len(list) == 0 && spec.Class == duty.ClassPersonInput {
		out.Person = out.Key
	}
	if out.Person == "" {
		return out, nil
	}
	return out, q.viewed(f.slug, out.Person, "")
}
