#!/usr/bin/env bash
# Builds the program twice, the second time from a copy of the sources elsewhere and with nothing compiled
# before, and wants the same bytes and the same bill of materials, which must have every module of the
# program. Where buildah is there it makes the image twice as well, and wants one digest.
#
#   integration/engineimage/same.sh WORK
set -euo pipefail
work=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p "$work/elsewhere"
git ls-files -z -co --exclude-standard | xargs -0 cp --parents -t "$work/elsewhere"
integration/engineimage/compile.sh "$work/first"
GOCACHE=$work/cache "$work/elsewhere/integration/engineimage/compile.sh" "$work/second"
for file in tilsyn tilsyn.cdx.json; do
	cmp "$work/first/$file" "$work/second/$file" || { echo "two builds of $file differ"; exit 1; }
done
echo "two builds, one program: sha256 $(sha256sum <"$work/first/tilsyn" | cut -c1-64)"

go version -m "$work/first/tilsyn" | awk '$1 == "dep" { print $2 "@" $3 }' | sort >"$work/modules"
python3 - "$work/first/tilsyn.cdx.json" >"$work/listed" <<'PYTHON'
import json, sys
for c in json.load(open(sys.argv[1]))["components"]:
    print(f'{c["name"]}@{c["version"]}')
PYTHON
sort -o "$work/listed" "$work/listed"
diff "$work/modules" "$work/listed" || { echo 'the bill of materials does not have the modules of the program'; exit 1; }
grep -q "$(sha256sum <"$work/first/tilsyn" | cut -c1-64)" "$work/first/tilsyn.cdx.json" ||
	{ echo "the bill of materials is of another program"; exit 1; }
echo "the bill of materials has its $(wc -l <"$work/modules") modules"

if ! command -v buildah >/dev/null; then
	echo 'NOT CHECKED: buildah is not there to build the image twice'
	exit
fi
# In OCI format there is no health check; it says so each time.
store=(--log-level error --root "$work/store" --runroot "$work/runroot" --storage-driver vfs)
for way in first second; do
	integration/engineimage/stage.sh "$work/$way"
	buildah "${store[@]}" build -q --isolation chroot --no-cache --timestamp 0 -t "tilsyn:$way" "$work/$way" >/dev/null
	buildah "${store[@]}" push -q "tilsyn:$way" "oci:$work/image-$way"
	python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["manifests"][0]["digest"])' \
		"$work/image-$way/index.json" >"$work/digest-$way"
done
cmp "$work/digest-first" "$work/digest-second" || { echo 'two builds of the image differ'; exit 1; }
echo "two builds, one image: $(cat "$work/digest-first")"
