package console

import (
	"reflect"
	"regexp"
	"strings"
)

// object is a JSON object.
type object = map[string]any

// openAPI describes every twin (OpenAPI 3.1). Its schemas come from the types that the pages are made of, so
// that they cannot say anything else; a test holds the answers of a running server against them.
func (c *Console) openAPI() object {
	s := &schemaBook{made: object{}}
	problem := object{"description": "What was wrong, in words.", "content": object{"application/json": object{
		"schema": s.of(reflect.TypeFor[ErrorAnswer]())}}}
	paths := object{}
	for _, v := range c.views {
		params := []any{}
		for _, m := range pathValue.FindAllStringSubmatch(v.path, -1) {
			params = append(params, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		for _, q := range append([]query{{"lang", "da (default) or en: the language of messages"}}, v.queries...) {
			params = append(params, object{"name": q.name, "in": "query", "description": q.means,
				"schema": object{"type": "string"}})
		}
		paths["/api"+v.path] = object{"get": object{
			"summary": pick("en", v.title), "parameters": params, "x-right": string(v.right),
			"responses": object{
				"200": object{"description": pick("en", v.title), "content": object{"application/json": object{
					"schema": s.of(reflect.TypeOf(v.answer))}}},
				"400": problem, "401": object{"description": "Nobody is known to ask."}, "403": problem, "404": problem,
				"429": object{"description": "Too many requests; Retry-After says when to come again."},
				"503": object{"description": "The engine is starting, or the audit topic cannot be written."}}}}
	}
	c.describeEntries(paths, s, problem)
	return object{"openapi": "3.1.0", "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info": object{"title": "tilsyn pages", "version": "1", "description": "The twins of the pages. Instants are local " +
			"time of Denmark with offset. Nothing here is a finding: a person assesses."},
		"servers":  []any{object{"url": "/"}},
		"security": []any{object{"bearer": []any{}}, object{"certificate": []any{}}},
		"paths":    paths,
		"components": object{"schemas": s.made, "securitySchemes": object{"bearer": object{"type": "http",
			"scheme": "bearer"}, "certificate": object{"type": "mutualTLS"}}}}
}

// pathValue is a name in a path.
var pathValue = regexp.MustCompile(`\{(\w+)\}`)

// schemaBook makes schemas of Go types.
type schemaBook struct{ made object }

// of is the schema of a type: structs by name, everything else in place.
func (b *schemaBook) of(t reflect.Type) object {
	switch t.Kind() {
	case reflect.Pointer:
		return object{"anyOf": []any{b.of(t.Elem()), object{"type": "null"}}}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{} // JSON as it is
		}
		return object{"type": "array", "items": b.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": b.of(t.Elem())}
	case reflect.String:
		if t.Name() == "RawFact" {
			return object{}
		}
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Interface:
		return object{}
	case reflect.Struct:
		b.name(t)
		return object{"$ref": "#/components/schemas/" + nameOf(t)}
	}
	return object{"type": "integer"}
}

func nameOf(t reflect.Type) string {
	path := t.PkgPath()
	return path[strings.LastIndexByte(path, '/')+1:] + "." + t.Name()
}

// name makes the schema of a struct once.
func (b *schemaBook) name(t reflect.Type) {
	if b.made[nameOf(t)] != nil {
		return
	}
	properties, required := object{}, []any{}
	b.made[nameOf(t)] = object{"type": "object", "additionalProperties": false, "properties": properties}
	b.fields(t, properties, &required)
	b.made[nameOf(t)].(object)["required"] = required
}

func (b *schemaBook) fields(t reflect.Type, properties object, required *[]any) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case tag == "-" || !f.IsExported():
			continue
		case f.Anonymous && tag == "":
			b.fields(f.Type, properties, required)
			continue
		case tag == "":
			tag = f.Name
		}
		properties[tag] = b.of(f.Type)
		if !strings.Contains(opts, "omitempty") {
			*required = append(*required, tag)
		}
	}
}

// describeEntries adds the entries of programs.
func (c *Console) describeEntries(paths object, s *schemaBook, problem object) {
	in := object{"type": "object", "additionalProperties": false, "required": []any{"id", "version", "received_at",
		"values"},
		"properties": object{"id": object{"type": "string"}, "version": object{"type": "integer", "minimum": 1},
			"received_at": object{"type": "string", "format": "date-time"},
			"values":      object{"type": "object", "additionalProperties": object{"type": "string"}}}}
	done := object{"description": "The fact.", "content": object{"application/json": object{
		"schema": s.of(reflect.TypeFor[Sent]())}}}
	path := paths["/api/desk/{form}"].(object)
	path["post"] = object{"summary": "Enter a fact: the values of a form, with an id by which the same sent twice is " +
		"one fact",
		"parameters":  []any{object{"name": "form", "in": "path", "required": true, "schema": object{"type": "string"}}},
		"requestBody": object{"required": true, "content": object{"application/json": object{"schema": in}}},
		"responses": object{"200": done, "201": done, "400": problem, "403": problem, "404": problem, "422": problem,
			"503": problem}}
}
