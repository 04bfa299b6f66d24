#!/bin/sh
# Runs ./sgid over a data set of good and bad files and compares what comes out with what Pillow shows of each:
#   tools/corpus.sh [PYTHON]
#
# PYTHON has what tools/reference/requirements-corpus.txt lists; cjpeg (libjpeg-turbo-progs) makes the arithmetic JPEGs.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
python=${1:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" "$home/tools/reference/corpus.py" make "$work/corpus"
code=0
SGID_JAVA_OPTS="-Xmx512m ${SGID_JAVA_OPTS:-}" "$home/sgid" augment "$work/corpus/in" "$work/out" --with-originals --unet-calls 1 \
  --captions 1 >"$work/log" 2>&1 || code=$?
tail -n 8 "$work/log" | sed "s|$work|…|g"
echo "exit code $code"
LC_ALL=C.UTF-8 "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx512m -cp "$home/sgid-cli/target/sgid.jar" "$home/tools/reference/Decode.java" "$work/corpus/files.txt" "$work/decoded"
"$python" "$home/tools/reference/corpus.py" check "$work/corpus" "$work/out" "$work/decoded"
[ "$code" = 1 ]
