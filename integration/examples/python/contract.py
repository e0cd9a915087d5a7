"""Records of the contract as bytes: Avro by the .avsc files, in single-object frames, under their keys."""

import datetime as dt
import glob
import io
import json
import re

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


class Schema:
    """The schema of one topic."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.raw = json.load(f)
        # Times stay the longs that they are on the wire; the JSON form is converted here.
        plain = re.sub(r', "logicalType": "[a-z-]+"', "", json.dumps(self.raw))
        self.parsed = fastavro.parse_schema(json.loads(plain))
        # fastavro prints the fingerprint in the order of the wire: little endian.
        self.frame = b"\xc3\x01" + bytes.fromhex(fingerprint(to_parsing_canonical_form(self.raw), "CRC-64-AVRO"))
        self.topic = self.raw.get("topic")
        self.keys = re.findall(r"\w+_id", self.raw.get("key", ""))

    def key(self, record):
        """The key: the first of the fields that the schema names which has a value."""
        return next(record[name] for name in self.keys if record.get(name)).encode()

    def encode(self, record):
        """The value; record has milliseconds and days since 1970 for times and dates."""
        out = io.BytesIO(self.frame)
        out.seek(len(self.frame))
        fastavro.schemaless_writer(out, self.parsed, record)
        return out.getvalue()

    def decode(self, value):
        """The record in a value; one of another schema version has another frame and needs that version."""
        if value[:10] != self.frame:
            raise ValueError(f"{self.topic}: written with another schema than {self.raw['name']} here")
        return fastavro.schemaless_reader(io.BytesIO(value[10:]), self.parsed, None)

    def from_json(self, value):
        """A record from its JSON form, in which times are RFC 3339 and dates YYYY-MM-DD."""
        return {f["name"]: number(f["type"], value[f["name"]]) for f in self.raw["fields"] if f["name"] in value}


def number(kind, value):
    if isinstance(kind, list):
        kind = next(k for k in kind if k != "null")
    logical = kind.get("logicalType") if isinstance(kind, dict) else None
    if value is None or logical is None:
        return value
    if logical == "date":
        return (dt.date.fromisoformat(value) - EPOCH.date()).days
    return (dt.datetime.fromisoformat(value.replace("Z", "+00:00")) - EPOCH) // dt.timedelta(milliseconds=1)


def schemas(directory):
    """All schemas, by topic."""
    found = [Schema(path) for path in sorted(glob.glob(f"{directory}/*.avsc"))]
    return {s.topic: s for s in found if s.topic}


class Numbers:
    """Numbers the rows of each device from 1, in one epoch.

    A real source keeps epoch and last numbers on disk, flushed before a row is sent, and raises the epoch
    whenever they may have been set back: state lost, backup restored, another machine took over.
    """

    def __init__(self, epoch):
        self.epoch, self.last = epoch, {}

    def add(self, topic, record):
        if topic == "card-events":
            device = record["device_id"]
            self.last[device] = self.last.get(device, 0) + 1
            record |= {"source_seq": self.last[device], "source_epoch": self.epoch}
        elif topic == "heartbeats" and not record["source_id"].startswith("feed:"):
            record |= {"last_seq": self.last.get(record["source_id"], 0), "source_epoch": self.epoch}
