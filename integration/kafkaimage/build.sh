#!/usr/bin/env bash
# Builds an image of Apache Kafka for the container suite where none can be
# pulled:
#
#   integration/kafkaimage/build.sh IMAGE JARS
#
# JARS is a directory with the broker's jars (.ci/run kafka fetches them). Needs a
# JDK with jlink, Debian's busybox-static and a Docker engine.
set -euo pipefail
image=$1 jars=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/bin" "$root/opt/kafka" "$root/tmp" "$root/etc"
chmod 1777 "$root/tmp"
echo 'root:x:0:0::/:/bin/sh' >"$root/etc/passwd"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

jlink --no-header-files --no-man-pages --strip-debug --output "$root/opt/java" \
	--add-modules java.base,java.desktop,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.management,jdk.net,jdk.unsupported,jdk.security.auth
# What the runtime is linked with, at the paths where its loader looks.
find "$root/opt/java" -type f \( -name '*.so' -o -path '*/bin/java' \) -exec ldd {} + 2>/dev/null |
	grep -oE '/[^ ]+\.so[^ ]*' | grep -v "^$root" | sort -u |
	while read -r lib; do
		[ -e "$lib" ] || continue
		mkdir -p "$root$(dirname "$lib")"
		cp -L "$lib" "$root$lib"
	done
busybox=$(command -v busybox)
cp "$busybox" "$root/bin/busybox"
for tool in sh env sed tr mkdir printf cat; do ln -s busybox "$root/bin/$tool"; done
cp "$jars"/*.jar "$root/opt/kafka/"
cp "$here/../kafkaproc/log4j2.properties" "$root/opt/kafka/"
cp "$here/entrypoint.sh" "$root/entrypoint.sh"
cp "$here/Dockerfile" "$work/Dockerfile"
DOCKER_BUILDKIT=0 docker build -q -t "$image" "$work"
