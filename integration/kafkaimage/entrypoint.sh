#!/bin/sh
# KAFKA_NODE_ID=1 becomes node.id=1: the way of the image apache/kafka.
set -e
mkdir -p /tmp/kafka
env | sed -n 's/^KAFKA_\([A-Z0-9_]*\)=\(.*\)$/\1 \2/p' | while read -r name value; do
	case $name in HEAP_OPTS | HOME) continue ;; esac
	printf '%s=%s\n' "$(echo "$name" | tr 'A-Z_' 'a-z.')" "$value"
done >/tmp/kafka/server.properties
echo log.dirs=/tmp/kafka/data >>/tmp/kafka/server.properties
run() { java ${KAFKA_HEAP_OPTS:--Xmx384m} -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties -cp "/opt/kafka/*" "$@"; }
run kafka.tools.StorageTool format -t "${CLUSTER_ID:-4L6g3nShT-eMCtK--X86sw}" -c /tmp/kafka/server.properties
exec java ${KAFKA_HEAP_OPTS:--Xmx384m} -Dlog4j2.configurationFile=/opt/kafka/log4j2.properties -cp "/opt/kafka/*" kafka.Kafka /tmp/kafka/server.properties
