"""Writes what a client that is not ours makes of testdata/records.jsonl:

fastavro.jsonl            every record as a single object, in hex
card-events.*.avro        container files of the card events, one per codec

Run in schemas/ with fastavro 1.13.1 and its codecs:

    python3 -m pip install fastavro==1.13.1 cramjam==2.14.0 backports.zstd==1.8.0
    python3 testdata/fastavro_make.py
"""

import binascii
import datetime
import io
import json
import os

import fastavro

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = {}
for name in sorted(os.listdir(os.path.dirname(HERE))):
    if name.endswith(".avsc"):
        with open(os.path.join(os.path.dirname(HERE), name), encoding="utf-8") as f:
            raw = json.load(f)
        SCHEMAS[raw["topic"]] = raw


def convert(schema, value, named):
    """Turns the JSON form into what fastavro takes."""
    if isinstance(schema, str) and schema in named:
        schema = named[schema]
    if isinstance(schema, list):
        return None if value is None else convert(schema[1], value, named)
    if not isinstance(schema, dict):
        return value
    kind = schema["type"]
    if kind == "enum":
        named[schema["name"]] = schema
    elif kind == "array":
        return [convert(schema["items"], x, named) for x in value]
    elif kind == "record":
        named[schema["name"]] = schema
        return {
            f["name"]: convert(f["type"], value[f["name"]], named)
            for f in schema["fields"]
            if f["name"] in value
        }
    elif schema.get("logicalType") == "timestamp-millis":
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    elif schema.get("logicalType") == "date":
        return datetime.date.fromisoformat(value)
    return value


def single_object(schema, value):
    parsed = fastavro.parse_schema(schema)
    form = fastavro.schema.to_parsing_canonical_form(schema)
    head = b"\xc3\x01" + bytes.fromhex(fastavro.schema.fingerprint(form, "CRC-64-AVRO"))
    out = io.BytesIO(head)
    out.seek(0, io.SEEK_END)
    fastavro.schemaless_writer(out, parsed, convert(schema, value, {}))
    return out.getvalue()


def main():
    events = []
    with open(os.path.join(HERE, "records.jsonl"), encoding="utf-8") as lines, open(
        os.path.join(HERE, "fastavro.jsonl"), "w", encoding="utf-8"
    ) as out:
        for line in lines:
            record = json.loads(line)
            schema = SCHEMAS[record["topic"]]
            data = single_object(schema, record["value"])
            out.write(json.dumps({"topic": record["topic"], "hex": binascii.hexlify(data).decode()}) + "\n")
            if record["topic"] == "card-events":
                events.append(convert(schema, record["value"], {}))
    schema = SCHEMAS["card-events"]
    schema["fields"].append(
        {
            "name": "logged_at",
            "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}],
            "default": None,
        }
    )
    events[0]["logged_at"] = datetime.datetime(2026, 2, 3, 16, 2, 12, tzinfo=datetime.timezone.utc)
    for codec in ("null", "deflate", "snappy", "bzip2", "zstandard"):
        with open(os.path.join(HERE, f"card-events.{codec}.avro"), "wb") as f:
            fastavro.writer(f, fastavro.parse_schema(schema), events, codec=codec, sync_marker=b"tilsyn test sync")


main()
