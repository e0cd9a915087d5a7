package avro

import "encoding/json"

// Kind is the kind of an Avro type.
type Kind uint8

// The kinds of the Avro specification.
const (
	Null Kind = iota
	Boolean
	Int
	Long
	Float
	Double
	Bytes
	String
	Array
	Map
	Union
	Enum
	Fixed
	Record
)

var kindNames = [...]string{
	"null", "boolean", "int", "long", "float", "double", "bytes", "string",
	"array", "map", "union", "enum", "fixed", "record",
}

// String returns the name that the specification uses.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "invalid"
}

// Schema is one parsed type. Named types that occur several times are one
// value that is shared, so a schema may refer to itself.
type Schema struct {
	Kind Kind
	// Name is the full name of an enum, fixed or record.
	Name string
	Doc  string
	// Logical is the logical type; it has no part in the binary form. One that the
	// specification does not have, or not for this kind, is none: it stands in
	// Ignored, and values are those of the kind ("Logical Types": must be ignored).
	Logical string
	Ignored string
	// Symbols of an enum, and its default symbol, empty where it has none.
	Symbols []string
	Default string
	// Size of a fixed, in bytes.
	Size int
	// Items of an array, or values of a map.
	Items *Schema
	// Branches of a union.
	Branches []*Schema
	// Fields of a record.
	Fields []*Field
	// Props are the attributes that Avro does not define and whose value is a
	// string, such as topic and key.
	Props map[string]string
}

// Field is a field of a record.
type Field struct {
	Name string
	Doc  string
	Type *Schema
	// Default is the JSON of the default value; nil where there is none.
	Default json.RawMessage
	// Props are as in Schema.
	Props map[string]string
}

// Field returns the field of that name, or nil.
func (s *Schema) Field(name string) *Field {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// SymbolIndex returns the position of a symbol of an enum, or −1.
func (s *Schema) SymbolIndex(symbol string) int {
	for i, x := range s.Symbols {
		if x == symbol {
			return i
		}
	}
	return -1
}
