package schemas

import (
	"io/fs"
	"sync"

	"tilsyn/schemas/internal/avro"
)

// past are the schemas that earlier versions of this program wrote with, one
// file each in the directory past, named after the schema of today and numbered
// from the oldest. Values with their fingerprints lie in topics and in states,
// where no registry says what they are: without these files they could not be
// read any more. A file is added, never changed, whenever the canonical form of
// a schema changes.
var past = sync.OnceValue(func() []*avro.Schema {
	names, err := fs.Glob(files, "past/*.avsc")
	if err != nil {
		panic("schemas: " + err.Error())
	}
	var out []*avro.Schema
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic("schemas: " + err.Error())
		}
		p, err := avro.Parse(text)
		if err != nil {
			panic("schemas: " + name + ": " + err.Error())
		}
		out = append(out, p)
	}
	return out
})
