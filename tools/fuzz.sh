#!/bin/sh
# Opens packs that are damaged at random, and makes a picture with each: tools/fuzz.sh [FIRST] [LAST]
#
# A pack of random weights loses the end of a file, or some of its bytes are changed or zero; the seed says which. Each must
# be refused in an SgidException or work: no crash, nothing that hangs for a minute, no plain picture. 500 seeds unless told
# otherwise; what is bad is listed with its seed, and ends with 1. A seed's damage is the same on every machine.
set -eu
cd "$(dirname "$0")/.."
mvn -o -q -B -pl sgid-onnx -am test-compile dependency:build-classpath \
  -Dmdep.outputFile=target/fuzz.classpath -Dmdep.includeScope=test
cd sgid-onnx
exec java -cp "target/classes:target/test-classes:$(cat target/fuzz.classpath)" \
  dev.sgid.onnx.fuzz.FuzzRun "${1:-0}" "${2:-500}"
