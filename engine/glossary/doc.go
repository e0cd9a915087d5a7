// Package glossary says in Danish and in English what the codes of the contract mean: the symbols of the
// schemas, caveats, findings, and the fields of a record. It is pure and knows no other package.
//
// It guarantees that every symbol of a schema has words in both languages; a test reads the schemas. It never
// explains what a code does to a verdict: package explain does.
//
// Files:
//
//	glossary.go  looking a code up
//	codes.go     symbols and fields of records
//	findings.go  caveats, data quality and observations
package glossary
