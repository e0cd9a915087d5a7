r"""A Kafka client that shares no code with the program under test.

librdkafka through confluent-kafka, Avro through fastavro, from nothing but the
.avsc files and the contract: single-object frame, keys named in the schemas,
murmur2 partitions, record timestamps of backfills, read_committed, canonical
JSON (RFC 8785) and the digest chain of violations.

    client.py produce --brokers HOST:PORT --prefix P --schemas DIR  < facts.jsonl
    client.py consume --brokers HOST:PORT --prefix P --schemas DIR --topic T \
        [--begin PARTITION:OFFSET,...]

With --registry URL [--registry-ca FILE] [--registry-user NAME:PASSWORD] values are
written and read by Confluent's own serializers and a schema registry instead, the
schemas being what the registry has.

produce reads {"topic": ..., "value": {...}} a line and prints how many records
the broker acknowledged. consume prints every record up to the end of the topic
as {"partition", "offset", "key", "headers", "value", "digest"}: the value in
canonical form, the digest computed here (violations only).
"""

import argparse
import datetime as dt
import glob
import hashlib
import io
import json
import os
import re
import sys

import fastavro
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    Producer,
    TopicPartition,
)
from confluent_kafka.serialization import MessageField, SerializationContext
from fastavro.schema import fingerprint, to_parsing_canonical_form

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
EPOCH_DATE = dt.date(1970, 1, 1)


class Schema:
    """One .avsc file: how its records are keyed, framed, written and read."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.raw = json.load(f)
        self.parsed = fastavro.parse_schema(self.raw)
        # fastavro prints the eight bytes of the fingerprint in their order on
        # the wire, which is little endian.
        crc = fingerprint(to_parsing_canonical_form(self.raw), "CRC-64-AVRO")
        self.frame = b"\xc3\x01" + bytes.fromhex(crc)
        self.topic = self.raw.get("topic")
        self.key = self.raw.get("key")
        # With a registry: Confluent's serializer and deserializer.
        self.write = self.read = None
        # Types by name, for what is used a second time by name alone.
        self.named = {}
        self._collect(self.raw)

    def _collect(self, t):
        if isinstance(t, list):
            for x in t:
                self._collect(x)
        elif isinstance(t, dict):
            if t.get("type") in ("record", "enum"):
                self.named[t["name"]] = t
                for f in t.get("fields", []):
                    self._collect(f["type"])
            else:
                self._collect(t.get("items"))
                if isinstance(t.get("type"), (dict, list)):
                    self._collect(t["type"])

    def key_of(self, value):
        """The UTF-8 key: the first of the fields named as key that has a value."""
        for name in re.findall(r"[a-z_]+", self.key):
            if value.get(name):
                return value[name].encode()
        raise ValueError(f"{self.topic}: no key in a record, wanted {self.key}")

    def encode(self, topic, value):
        value = self.convert(self.raw, value, to_avro)
        if self.write:
            return self.write(value, SerializationContext(topic, MessageField.VALUE))
        out = io.BytesIO()
        out.write(self.frame)
        fastavro.schemaless_writer(out, self.parsed, value)
        return out.getvalue()

    def decode(self, topic, data):
        if self.read:
            if data[:1] != b"\0":
                raise ValueError(f"{topic}: frame {data[:5].hex()}, wanted that of a registry")
            value = self.read(data, SerializationContext(topic, MessageField.VALUE))
            return self.convert(self.raw, value, to_json)
        if data[:10] != self.frame:
            raise ValueError(f"{self.topic}: frame {data[:10].hex()}, wanted {self.frame.hex()}")
        body = io.BytesIO(data[10:])
        value = fastavro.schemaless_reader(body, self.parsed, None)
        if body.read(1):
            raise ValueError(f"{self.topic}: bytes are left over after the record")
        return self.convert(self.raw, value, to_json)

    def convert(self, t, value, leaf):
        """Walks a value along its type and converts times and dates."""
        if value is None:
            return None
        if isinstance(t, list):
            return self.convert(next(x for x in t if x != "null"), value, leaf)
        if isinstance(t, str):
            t = self.named.get(t, t)
            if isinstance(t, str):
                return value
        if t["type"] == "record":
            return {
                f["name"]: self.convert(f["type"], value[f["name"]], leaf)
                for f in t["fields"]
                if f["name"] in value
            }
        if t["type"] == "array":
            return [self.convert(t["items"], x, leaf) for x in value]
        if "logicalType" in t:
            return leaf(t["logicalType"], value)
        return value


def to_avro(logical, text):
    if logical == "timestamp-millis":
        return millis(text)
    return (dt.date.fromisoformat(text) - EPOCH_DATE).days


def millis(text):
    return (dt.datetime.fromisoformat(text) - EPOCH) // dt.timedelta(milliseconds=1)


def to_json(logical, value):
    if logical == "timestamp-millis":
        return value.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
    return value.isoformat()


def canonical(value):
    """RFC 8785 for what records hold: strings, integers, booleans, null."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def schemas(directory):
    found = {}
    for path in sorted(glob.glob(os.path.join(directory, "*.avsc"))):
        s = Schema(path)
        if s.topic:
            found[s.topic] = s
    return found


def use_registry(args, by_topic):
    # Needed here alone: they bring packages of their own.
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer

    settings = {"url": args.registry}
    if args.registry_ca:
        settings["ssl.ca.location"] = args.registry_ca
    if args.registry_user:
        settings["basic.auth.user.info"] = args.registry_user
    registry = SchemaRegistryClient(settings)
    for s in by_topic.values():
        s.write = AvroSerializer(registry, conf={"auto.register.schemas": False, "use.latest.version": True})
        s.read = AvroDeserializer(registry)


def produce(args, by_topic):
    producer = Producer(
        {
            "bootstrap.servers": args.brokers,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "compression.type": args.compression,
            "linger.ms": 20,
        }
    )
    acknowledged, failed = 0, []

    def report(error, _):
        nonlocal acknowledged
        if error is None:
            acknowledged += 1
        else:
            failed.append(str(error))

    for line in sys.stdin:
        fact = json.loads(line)
        s, value = by_topic[fact["topic"]], fact["value"]
        value.pop("logged_at", None)
        while True:
            try:
                producer.produce(
                    args.prefix + s.topic,
                    value=s.encode(args.prefix + s.topic, value),
                    key=s.key_of(value),
                    timestamp=millis(value["received_at"]),
                    on_delivery=report,
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    left = producer.flush(60)
    if left or failed:
        sys.exit(f"{left} records were not acknowledged, {len(failed)} refused: {failed[:3]}")
    print(acknowledged)


def consume(args, by_topic):
    consumer = Consumer(
        {
            "bootstrap.servers": args.brokers,
            "group.id": "foreign",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    name = args.prefix + args.topic
    partitions = consumer.list_topics(name, 30).topics[name].partitions
    begin = dict(map(int, part.split(":")) for part in args.begin.split(",") if part)
    consumer.assign([TopicPartition(name, p, begin.get(p, OFFSET_BEGINNING)) for p in partitions])
    open_partitions = set(partitions)
    s = by_topic[args.topic]
    while open_partitions:
        m = consumer.poll(30)
        if m is None:
            sys.exit(f"{name}: nothing came for 30 s and the end was not reached")
        if m.error():
            if m.error().code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(m.partition())
                continue
            sys.exit(str(m.error()))
        value = s.decode(name, m.value())
        out = {
            "partition": m.partition(),
            "offset": m.offset(),
            "key": m.key().decode(),
            "headers": {k: v.decode() for k, v in m.headers() or []},
            "value": value,
        }
        if "digest" in value:
            rest = {k: v for k, v in value.items() if k != "digest"}
            out["digest"] = hashlib.sha256(canonical(rest).encode()).hexdigest()
        print(canonical(out))
    consumer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["produce", "consume"])
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="tilsyn.")
    parser.add_argument("--schemas", required=True)
    parser.add_argument("--topic", default="violations")
    parser.add_argument("--compression", default="lz4")
    parser.add_argument("--begin", default="", help="PARTITION:OFFSET,... (default: the beginning)")
    parser.add_argument("--registry", default="", help="URL of a schema registry")
    parser.add_argument("--registry-ca", default="", help="PEM file of its authority")
    parser.add_argument("--registry-user", default="", help="NAME:PASSWORD")
    args = parser.parse_args()
    by_topic = schemas(args.schemas)
    if args.registry:
        use_registry(args, by_topic)
    (produce if args.command == "produce" else consume)(args, by_topic)


if __name__ == "__main__":
    main()
