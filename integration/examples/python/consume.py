"""Follows the violations, as a case system does: the newest revision of a unit counts, WITHDRAWN takes it back,
and every revision that is written down is acknowledged.

    consume.py --brokers HOST:PORT --schemas DIR --consumer case-management --db cases.sqlite

--until-end ends at the present end of the topic and prints the cases.
"""

import argparse
import json
import sqlite3
import sys

from confluent_kafka import Consumer, KafkaError, Producer

from contract import schemas

TABLE = """CREATE TABLE IF NOT EXISTS cases
    (unit_id TEXT PRIMARY KEY, revision INTEGER, status TEXT, person_id TEXT, kind TEXT, unit_date INTEGER)"""
# A revision that was read before, or an older one, changes nothing.
NEWEST = """INSERT INTO cases VALUES (:unit_id, :revision, :status, :person_id, :kind, :unit_date)
    ON CONFLICT (unit_id) DO UPDATE SET revision = excluded.revision, status = excluded.status
    WHERE excluded.revision > cases.revision"""


def acknowledgement(consumer, violation, written_at):
    """The same bytes however often it is sent, so that it counts once."""
    return {
        "id": f"{consumer}:{violation['unit_id']}:{violation['revision']}", "received_at": written_at,
        "consumer": consumer, "unit_id": violation["unit_id"], "revision": violation["revision"],
        "person_id": violation["person_id"], "at": written_at,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--prefix", default="tilsyn.")
    parser.add_argument("--schemas", required=True, help="directory of the .avsc files")
    parser.add_argument("--consumer", required=True, help="name in recall.consumers of the policy")
    parser.add_argument("--db", required=True)
    parser.add_argument("--until-end", action="store_true")
    args = parser.parse_args()

    by_topic = schemas(args.schemas)
    db = sqlite3.connect(args.db)
    db.execute(TABLE)
    producer = Producer({
        "bootstrap.servers": args.brokers,
        "partitioner": "murmur2_random",  # as the Java client; librdkafka's default is another one
        "enable.idempotence": True,
    })
    consumer = Consumer({
        "bootstrap.servers": args.brokers,
        "group.id": args.consumer,
        "isolation.level": "read_committed",  # revisions are written in transactions
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,  # only what is written down is committed
        "enable.partition.eof": True,
    })
    topic = args.prefix + "violations"
    partitions = set(consumer.list_topics(topic, 60).topics[topic].partitions)
    consumer.subscribe([topic])
    ended = set()
    while not (args.until_end and ended == partitions):
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                sys.exit(str(message.error()))
            ended.add(message.partition())
            continue
        violation = by_topic["violations"].decode(message.value())
        with db:  # a transaction
            db.execute(NEWEST, violation)
        ack = acknowledgement(args.consumer, violation, message.timestamp()[1])
        schema = by_topic["acknowledgements"]
        producer.produce(args.prefix + schema.topic, schema.encode(ack), schema.key(ack))
        if producer.flush(120):
            sys.exit("the acknowledgement got no answer; start again, it is sent again")
        consumer.commit(message, asynchronous=False)
    consumer.close()
    for unit, revision, status in db.execute("SELECT unit_id, revision, status FROM cases ORDER BY unit_id"):
        print(json.dumps({"unit_id": unit, "revision": revision, "status": status}))


if __name__ == "__main__":
    main()
