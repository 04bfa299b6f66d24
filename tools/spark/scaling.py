"""Weak scaling out of two event logs of Spark and the seconds of CPU of the executors:

    scaling.py ONE_WORKER_EVENTS CPU TWO_WORKERS_EVENTS CPU

The stage that made the pictures is the one whose tasks told of pictures. Time counts from the launch of its first task to
the end of its last. On a machine that others use, too, the clock says little; the seconds of CPU that a picture takes wait
for nobody, the start of the executors' JVMs counted.
"""

import json
import sys


def read(path):
    pictures, first, last, busy, tasks, executors = 0, None, 0, 0.0, 0, set()
    for line in open(path, encoding="utf-8"):
        event = json.loads(line)
        if event.get("Event") != "SparkListenerTaskEnd" or event["Task End Reason"]["Reason"] != "Success":
            continue
        info = event["Task Info"]
        made = [int(a["Update"]) for a in info["Accumulables"] if a.get("Name") == "sgid pictures made"]
        if not made or not made[0]:
            continue
        pictures += made[0]
        tasks += 1
        executors.add(info["Executor ID"])
        first = min(first or info["Launch Time"], info["Launch Time"])
        last = max(last, info["Finish Time"])
        busy += (info["Finish Time"] - info["Launch Time"]) / 1e3
    return pictures, (last - first) / 1e3, busy, tasks, len(executors)


def main():
    runs = [(*read(path), float(cpu)) for path, cpu in zip(sys.argv[1::2], sys.argv[2::2])]
    for pictures, seconds, busy, tasks, executors, cpu in runs:
        print(
            f"{executors} worker(s): {pictures} pictures in {seconds:.1f} s, {pictures / seconds:.2f}/s, {tasks} tasks, "
            f"busy {busy / seconds / executors:.0%}; {cpu:.0f} s of CPU, {cpu / pictures:.3f} a picture"
        )
    (p1, s1, *_, c1), (p2, s2, *_, c2) = runs
    print(f"weak scaling by the clock: {(p2 / s2) / (p1 / s1):.2f}; by CPU: {2 * (p2 / c2) / (p1 / c1):.2f}")


main()
