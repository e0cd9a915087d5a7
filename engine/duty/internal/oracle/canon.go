package oracle

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"tilsyn/engine/duty"
)

// canonical writes a record as contract §1 says: every field, sorted names,
// null for what is missing. It only serves to break ties.
func canonical(v any) string {
	var b strings.Builder
	writeValue(&b, reflect.ValueOf(v))
	return b.String()
}

func writeValue(b *strings.Builder, v reflect.Value) {
	switch x := v.Interface().(type) {
	case duty.Instant:
		fmt.Fprintf(b, "%q", time.UnixMilli(int64(x)).UTC().Format("2006-01-02T15:04:05.000Z"))
		return
	case duty.Date:
		fmt.Fprintf(b, "%q", time.Unix(int64(x)*86400, 0).UTC().Format("2006-01-02"))
		return
	case fmt.Stringer:
		fmt.Fprintf(b, "%q", x.String())
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		writeStruct(b, v)
	case reflect.Slice:
		b.WriteByte('[')
		for i := 0; i < v.Len(); i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			writeValue(b, v.Index(i))
		}
		b.WriteByte(']')
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func writeStruct(b *strings.Builder, v reflect.Value) {
	t := v.Type()
	if t.NumField() == 2 && t.Field(0).Name == "V" && t.Field(1).Name == "OK" {
		if v.Field(1).Bool() {
			writeValue(b, v.Field(0))
		} else {
			b.WriteString("null")
		}
		return
	}
	index := make([]int, t.NumField())
	for i := range index {
		index[i] = i
	}
	sort.Slice(index, func(i, j int) bool { return snake(t.Field(index[i]).Name) < snake(t.Field(index[j]).Name) })
	b.WriteByte('{')
	for n, i := range index {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:", snake(t.Field(i).Name))
		writeValue(b, v.Field(i))
	}
	b.WriteByte('}')
}

// snake turns CentreID into centre_id.
func snake(name string) string {
	name = strings.ReplaceAll(name, "IDs", "Ids")
	name = strings.ReplaceAll(name, "ID", "Id")
	name = strings.ReplaceAll(name, "APB", "Apb")
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
