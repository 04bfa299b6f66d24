#!/bin/sh
# Kills runs of ./sgid at random moments and compares what the next run makes of it with an undisturbed run:
#   tools/kill.sh [KILLS] [SEED]
#
# Every third run is killed twice before it may end. Folders and tar shards take turns, and so do copies that are
# recorded, dropped and made again; every fifth run goes on by small budgets of time. A full disk is tried at the end
# where a small file system can be mounted (as root, on Linux).
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
kills=${1:-50}
seed=${2:-8}
in=$home/sgid-examples/data/fashion
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT

modes=4
format_of() { case $1 in 1 | 3) echo webdataset:images=25 ;; *) echo folders ;; esac; }
policy_of() { case $1 in 0) echo record ;; 1) echo drop ;; *) echo retry:2 ;; esac; }

augment() { # OUT MODE [OPTION...]
  out=$1
  mode=$2
  shift 2
  "$home/sgid" augment "$in" "$out" --copies 3 --with-originals --quiet --format "$(format_of "$mode")" \
    --keep consistent:consistency=0.88 --when-rejected "$(policy_of "$mode")" "$@"
}

same() { # OUT MODE
  diff -r "$work/whole-$2" "$1" >"$work/diff" 2>&1
}

pictures() { find "$1" -type f \( -name '*.png' -o -name '*.tar*' \) 2>/dev/null | wc -l; }

all=0 # milliseconds of an undisturbed run, with the start of Java
mode=0
while [ "$mode" -lt "$modes" ]; do
  start=$(date +%s%N)
  augment "$work/whole-$mode" "$mode"
  all=$((($(date +%s%N) - start) / 1000000))
  dropped=0
  [ ! -e "$work/whole-$mode/dropped.jsonl" ] || dropped=$(wc -l <"$work/whole-$mode/dropped.jsonl")
  echo "undisturbed, $(format_of $mode), $(policy_of $mode): $all ms, $(pictures "$work/whole-$mode") files, $dropped tries dropped"
  mode=$((mode + 1))
done

killed=0
bad=0
round=0
while [ "$killed" -lt "$kills" ]; do
  round=$((round + 1))
  mode=$((round % modes))
  name="$(format_of "$mode"), $(policy_of "$mode")"
  times=1
  [ $((round % 3)) = 0 ] && times=2
  out=$work/out
  rm -rf "$out"
  seen=
  i=0
  while [ "$i" -lt "$times" ]; do
    i=$((i + 1))
    delay=$(awk -v seed="$seed$round$i" -v all="$all" 'BEGIN { srand(seed); printf "%.3f", (0.15 + 0.85 * rand()) * all / 1000 }')
    setsid "$home/sgid" augment "$in" "$out" --copies 3 --with-originals --quiet --format "$(format_of "$mode")" \
      --keep consistent:consistency=0.88 --when-rejected "$(policy_of "$mode")" &
    process=$!
    sleep "$delay"
    kill -9 -"$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
    killed=$((killed + 1))
    seen="$seen $(pictures "$out")"
  done
  if [ $((round % 5)) = 0 ]; then
    name="$name, then budgets"
    budgets=0
    while [ "$budgets" -lt 3 ] && { [ ! -e "$out/metadata.jsonl" ] || [ -e "$out/sgid-journal.jsonl" ]; }; do
      budgets=$((budgets + 1))
      augment "$out" "$mode" --budget 4s 2>/dev/null || true
    done
  fi
  code=0
  augment "$out" "$mode" || code=$?
  if [ "$code" != 0 ] || ! same "$out" "$mode"; then
    bad=$((bad + 1))
    echo "round $round ($name), files when killed:$seen, exit code $code:"
    head -n 5 "$work/diff"
  else
    echo "round $round ($name), files when killed:$seen, then the same bytes"
  fi
done
echo "$killed kills in $round runs, $bad with other bytes than an undisturbed run"

if mkdir "$work/small" && mount -t tmpfs -o size=150k tmpfs "$work/small" 2>/dev/null; then
  code=0
  augment "$work/small/out" 0 >"$work/full.log" 2>&1 || code=$?
  echo "too small a disk: exit code $code: $(sed "s|$work|…|" "$work/full.log")"
  mount -o remount,size=2m "$work/small"
  augment "$work/small/out" 0 >"$work/full.log" 2>&1 &
  process=$!
  until [ "$(pictures "$work/small/out")" -gt 60 ]; do sleep 0.1; done
  cat /dev/zero >"$work/small/filler" 2>/dev/null || true
  code=0
  wait "$process" || code=$?
  echo "disk filled by another: exit code $code, $(pictures "$work/small/out") pictures: $(sed "s|$work|…|" "$work/full.log")"
  rm "$work/small/filler"
  augment "$work/small/out" 0
  if same "$work/small/out" 0; then
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
