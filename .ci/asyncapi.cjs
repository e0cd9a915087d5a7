// Reads an AsyncAPI document with the official parser and ends with 1 if the parser finds an error or
// a warning, if a payload is no Avro schema, or if a topic has no channel with the schema of its record.
"use strict";

const fs = require("fs");
const path = require("path");
const { Parser } = require("@asyncapi/parser");
const { AvroSchemaParser } = require("@asyncapi/avro-schema-parser");

async function main(file) {
  const parser = new Parser();
  const avro = AvroSchemaParser();
  parser.registerSchemaParser(avro);
  const text = fs.readFileSync(file, "utf8");
  const { document, diagnostics } = await parser.parse(text, { source: file });
  const said = diagnostics.filter((d) => d.severity <= 1); // 0 error, 1 warning, then hints
  for (const d of said) {
    console.log(`${file}:${d.range.start.line + 1}: ${d.code}: ${d.message} (${d.path.join(".")})`);
  }
  if (document === undefined || said.length > 0) {
    return 1;
  }
  let bad = 0;
  for (const [name, message] of Object.entries(JSON.parse(text).components.messages)) {
    // The parser turns payloads of AsyncAPI 3 into JSON Schema without looking whether they are valid.
    const faults = message.payload === undefined ? [] : await avro.validate({ data: message.payload.schema, path: [] });
    for (const fault of faults) {
      console.log(`${file}: the payload of ${name} is no Avro schema: ${fault.message}`);
      bad++;
    }
  }
  const dir = path.dirname(file);
  const records = fs.readdirSync(dir).filter((f) => f.endsWith(".avsc"));
  for (const record of records) {
    const schema = JSON.parse(fs.readFileSync(path.join(dir, record), "utf8"));
    const channel = document.channels().get(schema.topic);
    if (channel === undefined || channel.messages().get(schema.name)?.payload() === undefined) {
      console.log(`${file}: no channel ${schema.topic} with the payload ${schema.name} of ${record}`);
      bad++;
    }
  }
  const hints = diagnostics.length - said.length;
  console.log(
    `    AsyncAPI ${document.version()}: ${document.channels().length} channels, ` +
      `${document.operations().length} operations, ${records.length} payloads in Avro, ${hints} hints`,
  );
  return bad > 0 ? 1 : 0;
}

main(process.argv[2]).then(
  (status) => process.exit(status),
  (err) => {
    console.error(err);
    process.exit(1);
  },
);
