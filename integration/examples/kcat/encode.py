"""Writes facts as kcat reads them: key, K, value, D for each line of standard input; K and D are given.

kcat sends bytes and knows no Avro without a registry, so something else encodes: here the Python example. Any program
that writes single-object frames will do.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))

from contract import Numbers, schemas  # noqa: E402


def main():
    directory, topic, epoch, key_end, value_end = sys.argv[1:]
    by_topic, numbers = schemas(directory), Numbers(int(epoch))
    for line in sys.stdin:
        fact = json.loads(line)
        schema = by_topic[fact["topic"]]
        record = schema.from_json(fact["value"])
        numbers.add(fact["topic"], record)
        if fact["topic"] == topic:
            sys.stdout.buffer.write(schema.key(record) + key_end.encode() + schema.encode(record) + value_end.encode())


if __name__ == "__main__":
    main()
