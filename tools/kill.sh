#!/bin/sh
# Kills runs of ./sgid at random moments and compares what the next run makes of it with an undisturbed run:
#   tools/kill.sh [KILLS] [SEED]
#
# Every third run is killed twice before it may end; folders and tar shards take turns. A full disk and a second process
# are tried at the end, the former where a small file system can be mounted (as root, on Linux).
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
kills=${1:-50}
seed=${2:-8}
in=$home/sgid-examples/data/fashion
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT

augment() { # OUT FORMAT [OPTION...]
  out=$1
  format=$2
  shift 2
  "$home/sgid" augment "$in" "$out" --copies 3 --with-originals --quiet --format "$format" "$@"
}

same() { # OUT FORMAT
  diff -r "$work/whole-${2%%:*}" "$1" >"$work/diff" 2>&1
}

pictures() { find "$1" -type f \( -name '*.png' -o -name '*.tar*' \) 2>/dev/null | wc -l; }

augment "$work/whole-folders" folders
start=$(date +%s%N)
augment "$work/whole-webdataset" webdataset:images=25
all=$((($(date +%s%N) - start) / 1000000)) # milliseconds, with the start of Java
echo "undisturbed: $all ms, $(pictures "$work/whole-folders") pictures"

killed=0
bad=0
round=0
while [ "$killed" -lt "$kills" ]; do
  round=$((round + 1))
  format=folders
  [ $((round % 2)) = 0 ] && format=webdataset:images=25
  times=1
  [ $((round % 3)) = 0 ] && times=2
  out=$work/out
  rm -rf "$out"
  seen=
  i=0
  while [ "$i" -lt "$times" ]; do
    i=$((i + 1))
    delay=$(awk -v seed="$seed$round$i" -v all="$all" 'BEGIN { srand(seed); printf "%.3f", (0.15 + 0.85 * rand()) * all / 1000 }')
    setsid "$home/sgid" augment "$in" "$out" --copies 3 --with-originals --quiet --format "$format" &
    process=$!
    sleep "$delay"
    kill -9 -"$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
    killed=$((killed + 1))
    seen="$seen $(pictures "$out")"
  done
  code=0
  augment "$out" "$format" || code=$?
  if [ "$code" != 0 ] || ! same "$out" "$format"; then
    bad=$((bad + 1))
    echo "round $round ($format), pictures when killed:$seen, exit code $code:"
    head -n 5 "$work/diff"
  else
    echo "round $round ($format), pictures when killed:$seen, then the same bytes"
  fi
done
echo "$killed kills in $round runs, $bad with other bytes than an undisturbed run"

if mkdir "$work/small" && mount -t tmpfs -o size=150k tmpfs "$work/small" 2>/dev/null; then
  code=0
  augment "$work/small/out" folders >"$work/full.log" 2>&1 || code=$?
  echo "too small a disk: exit code $code: $(sed "s|$work|…|" "$work/full.log")"
  mount -o remount,size=2m "$work/small"
  augment "$work/small/out" folders >"$work/full.log" 2>&1 &
  process=$!
  until [ "$(pictures "$work/small/out")" -gt 60 ]; do sleep 0.1; done
  cat /dev/zero >"$work/small/filler" 2>/dev/null || true
  code=0
  wait "$process" || code=$?
  echo "disk filled by another: exit code $code, $(pictures "$work/small/out") pictures: $(sed "s|$work|…|" "$work/full.log")"
  rm "$work/small/filler"
  augment "$work/small/out" folders
  if same "$work/small/out" folders; then
    echo "disk filled by another: after room was made, the same bytes"
  else
    bad=$((bad + 1))
    head -n 5 "$work/diff"
  fi
fi

rm -rf "$work/out"
setsid "$home/sgid" augment "$in" "$work/out" --copies 40 --quiet &
first=$!
until [ -s "$work/out/sgid.lock" ]; do sleep 0.1; done
code=0
"$home/sgid" augment "$in" "$work/out" --copies 40 --quiet >"$work/second.log" 2>&1 || code=$?
kill -9 -"$first" 2>/dev/null || true
wait "$first" 2>/dev/null || true
echo "second process: exit code $code: $(sed "s|$work|…|" "$work/second.log")"
[ "$bad" = 0 ] && [ "$code" = 2 ]
