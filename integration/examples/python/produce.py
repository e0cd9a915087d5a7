"""Sends facts, one JSON object a line on standard input: {"topic": "card-events", "value": {...}}

    produce.py --brokers HOST:PORT --schemas DIR < ../facts.jsonl

Ends with 0 when the brokers have acknowledged all of them. After any other end send the same lines again, with the same
--epoch: ids and numbers are the same, so nothing counts twice.
"""

import argparse
import json
import sys
import time

from confluent_kafka import Producer

from contract import Numbers, schemas


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="tilsyn.")
    parser.add_argument("--schemas", required=True, help="directory of the .avsc files")
    parser.add_argument("--epoch", type=int, default=time.time_ns() // 1_000_000, help="numbering epoch")
    args = parser.parse_args()

    by_topic, numbers, refused = schemas(args.schemas), Numbers(args.epoch), []
    producer = Producer({
        "bootstrap.servers": args.brokers,
        "partitioner": "murmur2_random",  # as the Java client; librdkafka's default is another one
        "enable.idempotence": True,  # acks=all, and no duplicates from retries
    })

    def sent(error, _):
        if error is not None:
            refused.append(error)

    def flush():
        left = producer.flush(120)
        if left or refused:
            sys.exit(f"{left} records without an answer, {len(refused)} refused: {refused[:1]}")

    for line in sys.stdin:
        fact = json.loads(line)
        topic, schema = fact["topic"], by_topic[fact["topic"]]
        record = schema.from_json(fact["value"])
        numbers.add(topic, record)
        if topic == "heartbeats":
            flush()  # a heartbeat promises that everything before it was produced
        producer.produce(args.prefix + topic, schema.encode(record), schema.key(record),
                         timestamp=record["received_at"], on_delivery=sent)
        producer.poll(0)
    flush()


if __name__ == "__main__":
    main()
