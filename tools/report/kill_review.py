"""Kills apply-review at random moments (kill -9, twice in a run), lets it end, and compares every byte with an undisturbed one.

usage: python kill_review.py OUT SCRATCH [--runs N] [--seed S]

OUT is a folder that sgid augment wrote; it is copied, and two in five of its copies are rejected. SCRATCH is a folder to work in, which
must not be there. Ends with code 1 at the first difference.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import time

SGID = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "sgid")


def files(folder):
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            if name != "sgid.lock":  # a dead process's
                path = os.path.join(above, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


def review(out, file, draws):
    with open(os.path.join(out, "metadata.jsonl"), encoding="utf-8") as manifest:
        lines = [json.loads(line) for line in manifest]
    with open(os.path.join(out, "sgid-job.json"), encoding="utf-8") as job:
        marks = [
            {"file_name": line["file_name"], "file_sha256": line["file_sha256"], "mark": "reject"}
            for line in lines
            if line.get("copy") is not None and draws.random() < 0.4
        ]
        content = {"kind": "sgid-review", "format": 1, "job": json.load(job), "marks": marks}
    with open(file, "w", encoding="utf-8") as written:
        json.dump(content, written)
    return len(marks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT")
    parser.add_argument("scratch", metavar="SCRATCH")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draws = random.Random(options.seed)
    os.makedirs(options.scratch)
    file = os.path.join(options.scratch, "review.json")
    rejected = review(options.out, file, draws)

    def begin(out):
        return subprocess.Popen([SGID, "apply-review", out, file], stdout=subprocess.DEVNULL)

    whole = os.path.join(options.scratch, "whole")
    shutil.copytree(options.out, whole)
    subprocess.run([SGID, "apply-review", "--help"], stdout=subprocess.DEVNULL, check=True)  # builds it
    start = time.monotonic()
    assert begin(whole).wait() == 0
    seconds = time.monotonic() - start
    kills = 0
    for run in range(options.runs):
        out = os.path.join(options.scratch, f"run-{run}")
        shutil.copytree(options.out, out)
        for _ in range(2):
            process = begin(out)
            time.sleep(seconds * draws.uniform(0.1, 1))
            if process.poll() is None:
                process.kill()
                kills += 1
            process.wait()
        assert begin(out).wait() == 0
        for end in ["", "-rejected"]:
            different = set(files(out + end).items()) ^ set(files(whole + end).items())
            assert not different, f"{out + end}: {sorted(different)[:3]}"
        shutil.rmtree(out)
        shutil.rmtree(out + "-rejected")
    print(f"{rejected} pictures rejected, {kills} kills in {options.runs} runs, none ended with other bytes than the undisturbed one")


main()
