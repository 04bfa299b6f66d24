"""The study's command: makes pictures, runs what is planned, makes a row again.

    python study.py pictures STAGE    pictures that the stage's runs need
    python study.py runs STAGE        its runs, those that are not in runs.csv yet; several processes share the work
    python study.py row NUMBER        makes a line of runs.csv again (the first below the header is 1) and compares
"""

import argparse
import os
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import perlabel
import schedules
from data import FRESH, REPORTED, TUNING, Fashion
from pictures import Setting, Store
from runs import Maker, Run, Table, run_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("pictures", "runs", "row"))
    parser.add_argument("what", nargs="+")
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--pictures", type=Path, default=Path(os.environ.get("SGID_STUDY", HERE / "out")) / "pictures")
    parser.add_argument("--models", type=Path, default=Path(os.environ.get("SGID_STUDY", HERE / "out")) / "models")
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "accuracy" / "runs.csv")
    parser.add_argument("--sgid", type=Path, default=ROOT / "sgid")
    parser.add_argument("--backwards", action="store_true", help="pictures: the last settings first, beside another process")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    fashion = Fashion(arguments.data)
    store = Store(arguments.pictures, fashion)
    maker = Maker(fashion, store, arguments.models)
    table = Table(arguments.table)
    match arguments.command:
        case "pictures":
            for stage in arguments.what:
                make_pictures(store, arguments, _planned(stage))
        case "runs":
            for stage in arguments.what:
                make_runs(maker, table, _planned(stage))
        case "row":
            for number in arguments.what:
                row = table.read()[int(number) - 1]
                run = run_of(row)
                make_pictures(store, arguments, [run])
                accuracy = maker.accuracy(run)
                same = "the same" if f"{accuracy:.2f}" == row["accuracy"] else "DIFFERENT"
                print(f"row {number}: {accuracy:.2f}, in the table {row['accuracy']}: {same}", flush=True)


def _planned(stage: str) -> list[Run]:
    import stages
    return stages.plan(stage)


def make_pictures(store: Store, arguments: argparse.Namespace, runs: list[Run]) -> None:
    """For each set and setting the largest number of copies that a run needs; a copy does not depend on how many there are."""
    wanted: dict = {}
    for run in runs:
        for name in run.sets if run.setting else []:
            wanted[name, run.setting] = max(wanted.get((name, run.setting), 0), run.copies)
    for (name, setting), copies in list(wanted.items())[::-1 if arguments.backwards else 1]:
        if not (store.root / "sets" / f"{name}.csv").exists():
            store.write_set(name, members(store.fashion, name))
        begun = time.time()
        try:
            if setting.per:
                prepare(store, arguments, name, setting)
            store.make(arguments.sgid, name, setting, copies, arguments.threads)
        except subprocess.CalledProcessError as failed:
            print(f"{name} {setting.key}: {failed}", flush=True)  # another process makes it, or it can't be made
            continue
        if time.time() - begun > 1:
            print(f"{time.strftime('%H:%M:%S')} {name} {setting.key} {copies} copies: {time.time() - begun:.0f} s", flush=True)


def prepare(store: Store, arguments: argparse.Namespace, name: str, setting: Setting) -> None:
    """Writes the labels file of settings that single images or draws have; they follow what SGID itself made, which is made first."""
    like = replace(setting, per="") if setting.per == "drawmean" else Setting(choice=setting.choice)
    store.make(arguments.sgid, name, like, 1, arguments.threads)
    if setting.per == "drawmean":
        perlabel.write(store, name, setting.labels, like, "guidance", perlabel.draw_mean(store, name, like))
    else:
        column, choose = schedules.READINGS[setting.per]
        perlabel.write(store, name, setting.labels, like, column, choose(store))


def members(fashion: Fashion, name: str) -> np.ndarray:
    """The images of a set. Those of larger draws leave out what smaller draws have."""
    def all_of(draws: range, per_class: int) -> set:
        return {int(i) for draw in draws for i in fashion.draw(draw, per_class)}
    large = range(0, 5)
    found = {
        "tuning": lambda: all_of(TUNING, 20),
        "fresh20": lambda: all_of(FRESH, 20),
        "reported20": lambda: all_of(REPORTED, 20),
        "reported50": lambda: all_of(large, 50) - all_of(large, 20),
        "reported100": lambda: all_of(large, 100) - all_of(large, 50),
    }[name]()
    return np.array(sorted(found))


def make_runs(maker: Maker, table: Table, runs: list[Run]) -> None:
    claims = table.path.parent / ".claims"
    claims.mkdir(parents=True, exist_ok=True)
    waiting = [run for run in runs if run.key not in table.done()]
    while waiting:
        later = []
        for run in waiting:
            if not maker.ready(run):
                later.append(run)
                continue
            claim = claims / f"{abs(hash_of(run)):x}"
            if run.key in table.done() or not _claim(claim):
                continue
            if run.key in table.done():  # by another process, meanwhile
                claim.unlink()
                continue
            begun = time.process_time()
            accuracy = maker.accuracy(run)
            seconds = time.process_time() - begun
            table.add(run, accuracy, seconds)
            claim.unlink()
            print(f"{time.strftime('%H:%M:%S')} {run.stage} {run.method} n={run.n} draw {run.draw}: {accuracy:.2f} ({seconds:.0f} s)", flush=True)
        waiting = later
        if waiting:
            time.sleep(10)


def hash_of(run: Run) -> int:
    import hashlib
    return int.from_bytes(hashlib.sha256(repr(run.key).encode()).digest()[:8], "big")


def _claim(path: Path) -> bool:
    """Takes a run for this process; one whose process is gone is taken over."""
    try:
        with open(path, "x") as file:
            file.write(str(os.getpid()))
        return True
    except FileExistsError:
        pid = path.read_text()
        if pid and Path(f"/proc/{pid}").exists():
            return False
        path.write_text(str(os.getpid()))
        return True


if __name__ == "__main__":
    main()
