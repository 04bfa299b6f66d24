#!/bin/bash
# Runs sgid on a real standalone cluster of Apache Spark, on the loopback interface: a master and two workers of one core,
# each a JVM of its own.
#
#   SPARK_HOME=... tools/spark/cluster.sh [COPIES]
#
# 1. The pictures, manifest and failures are held against those of ./sgid augment on this machine, byte by byte.
# 2. One worker and its executor are killed (-9) in mid-job: nothing may be lost or be there twice.
# 3. One worker makes N pictures, two make 2 N: what a picture costs must stay the same.
#
# Spark's distribution, with bin/spark-class and jars, is found by SPARK_HOME: PyPI's pyspark has all of it. The module is
# built before: mvn -DskipTests -pl sgid-spark -am package
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${SPARK_HOME:?set SPARK_HOME to the folder of a Spark distribution, with bin/spark-class}"
copies=${1:-6}
sgid=${SGID:-$home/sgid}
in=$home/sgid-examples/data/fashion
work=$(mktemp -d)
port=17077
export SPARK_LOCAL_IP=127.0.0.1 SPARK_DAEMON_MEMORY=256m ORT_DISABLE_TELEMETRY=1
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

say() { printf '%s\n' "$*"; }
fail() { say "FAILED: $*"; tail -n 5 "$work"/*.log; exit 1; }

jars=$(ls "$home"/sgid-spark/target/lib/*.jar | paste -sd,)
jar=$(ls "$home"/sgid-spark/target/sgid-spark-*.jar | grep -v sources | head -n 1)

master() {
  "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master \
    --host 127.0.0.1 --port $port --webui-port 18080 >"$work/master.log" 2>&1 &
  pids+=($!)
  waitFor 300 grep -q "Starting Spark master" "$work/master.log"
}

worker() { # NAME
  "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker \
    --host 127.0.0.1 --cores 1 --memory 1g --webui-port 0 --work-dir "$work/$1" \
    spark://127.0.0.1:$port >"$work/$1.log" 2>&1 &
  eval "$1=$!"
  pids+=($!)
  waitFor 300 grep -q "Successfully registered" "$work/$1.log"
}

waitFor() { # SECONDS COMMAND...
  local left=$(($1 * 5))
  shift
  until "$@" 2>/dev/null; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "waited in vain for: $*"
    sleep 0.2
  done
}

submit() { # OUT [OPTION...]
  local out=$1
  shift
  "$SPARK_HOME/bin/spark-submit" --master spark://127.0.0.1:$port --driver-memory 512m \
    --conf spark.executor.memory=768m --conf spark.ui.enabled=false --conf spark.log.level=WARN \
    --conf spark.eventLog.enabled=true --conf spark.eventLog.rolling.enabled=false --conf spark.eventLog.compress=false --conf "spark.eventLog.dir=file:$work/events" \
    --conf spark.scheduler.minRegisteredResourcesRatio=1 --conf spark.sql.shuffle.partitions=8 \
    --jars "$jars" --class dev.sgid.spark.SparkAugment "$jar" "$@" "$out"
}

same() { # OUT
  diff -r -x report.html -x sgid-job.json "$work/one" "$1"
}

mkdir -p "$work/events"
cores=$(nproc)
say "$("$SPARK_HOME/bin/spark-submit" --version 2>&1 | sed -n 's/.*version \([0-9.]*\)$/Spark \1/p' | head -n 1)," \
  "$(java -version 2>&1 | head -n 1), $cores cores, $(date -u +%Y-%m-%d)"

"$sgid" augment "$in" "$work/one" --copies "$copies" --quiet --no-report
pictures=$(wc -l <"$work/one/metadata.jsonl")
say "one machine: $pictures pictures"

master
worker first
worker second

submit "$work/two" "$in" --copies "$copies" --partitions 8 >"$work/submit.log" 2>&1 || { tail -n 30 "$work/submit.log"; fail "spark-submit"; }
same "$work/two" || fail "other files than on one machine"
say "two workers: $(wc -l <"$work/two/metadata.jsonl") pictures, every file equal to one machine's"

submit "$work/killed" "$in" --copies "$copies" --partitions 12 >"$work/submit.log" 2>&1 &
submission=$!
committed() { [ "$(ls "$work/killed/.sgid-spark" 2>/dev/null | grep -c jsonl)" -ge 3 ]; }
waitFor 900 committed
before=$(ls "$work/killed/.sgid-spark" | grep -c jsonl)
executor=$(pgrep -P "$second" | head -n 1)
kill -9 "$second" ${executor:+"$executor"}
say "killed -9: a worker and its executor, after $before of 12 tasks"
wait "$submission" || { tail -n 30 "$work/submit.log"; fail "the job did not survive"; }
same "$work/killed" || fail "other files after the kill"
lost=$(grep -c "Lost task\|Lost executor" "$work/submit.log" || true)
twice=$(sed 's/.*"file_name":"\([^"]*\)".*/\1/' "$work/killed/metadata.jsonl" | sort | uniq -d | wc -l)
say "after the kill: $(wc -l <"$work/killed/metadata.jsonl") pictures, $twice there twice, every file equal; Spark's log tells of $lost losses"

# Seconds of CPU of all executors, looked at until a file is gone: on a machine that others use, too, they say more than a
# clock does.
watchCpu() { # FILE WORKER...
  local file=$1 pid
  shift
  declare -A ticks
  while [ -e "$file.on" ]; do
    for pid in $(printf '%s\n' "$@" | xargs -n 1 pgrep -P); do
      ticks[$pid]=$(awk '{ print $14 + $15 }' "/proc/$pid/stat" 2>/dev/null || echo "${ticks[$pid]:-0}")
    done
    sleep 0.3
  done
  local sum=0
  for pid in "${!ticks[@]}"; do sum=$((sum + ${ticks[$pid]:-0})); done
  echo $((sum / $(getconf CLK_TCK))) >"$file"
}

scaled() { # NAME COPIES PARTITIONS WORKER...
  local name=$1 of=$2 partitions=$3
  shift 3
  touch "$work/$name.cpu.on"
  watchCpu "$work/$name.cpu" "$@" &
  local watching=$!
  submit "$work/$name" "$in" --copies "$of" --partitions "$partitions" >"$work/submit.log" 2>&1 || fail "scaling"
  rm "$work/$name.cpu.on"
  wait "$watching"
  cp "$(ls -td "$work"/events/* | head -n 1)" "$work/$name.events" -r
}

scaled one1 "$copies" 8 "$first"
worker second
scaled two2 $((2 * copies)) 16 "$first" "$second"
python3 "$home/tools/spark/scaling.py" "$work/one1.events" "$(cat "$work/one1.cpu")" "$work/two2.events" "$(cat "$work/two2.cpu")"
