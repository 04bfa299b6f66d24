# Read by the scripts beside it: builds the benchmarks and defines bench MAIN-CLASS [ARGUMENT...].
home=$(CDPATH= cd "$(dirname "$0")/.." && pwd -P)
(cd "$home" && mvn -q -B -ntp -DskipTests -pl sgid-bench -am package) >&2
target=$home/sgid-bench/target
pack=${SGID_BENCH_PACK:-$home/sgid-models-mini/src/main/resources/dev/sgid/models/fashion-mini}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
"$java" --enable-native-access=ALL-UNNAMED -version 2>/dev/null && native=--enable-native-access=ALL-UNNAMED || native=

# As ./sgid does: ONNX Runtime 1.29 stores usage events as it starts, before it can be told not to.
export ORT_DISABLE_TELEMETRY=1

bench() {
  # shellcheck disable=SC2086 # options are several words
  env ${preload:+"LD_PRELOAD=$preload"} "$java" $native ${SGID_JAVA_OPTS:-} "-Dsgid.bench.pack=$pack" \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$target/classes:$(cat "$target/classpath.txt")" "$@"
}
