"""Prints the CRC-64-AVRO of the Parsing Canonical Form of every .avsc file.

fastavro gives the eight bytes in the order of the single-object encoding
(little endian); they are turned round so that the figures read like Java's.
"""

import glob
import json
import os
import sys

from fastavro.schema import fingerprint, to_parsing_canonical_form

for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.avsc"))):
    with open(path, encoding="utf-8") as f:
        form = to_parsing_canonical_form(json.load(f))
    little = bytes.fromhex(fingerprint(form, "CRC-64-AVRO"))
    print(os.path.basename(path), little[::-1].hex())
