#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs and Leie on the same wide table, in one run: reading the text, and from the archive to footprints.

    tables.py LEIE FOLDER ARCHIVE     a folder of pymrio and the same as zip, as bench_wide.c writes them

Each case runs three times (once when it takes longer than a minute). One line per case: best and median seconds, seconds of
all processors, and how far the result is from Leie's. pandas, pyarrow and pymrio run at their best: all threads, nothing forced;
a peer that is not installed is skipped by name, and pymrio's calc_all above 4,000 sectors needs PEERS_LARGE=1 (tens of GB)."""
import io
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np


def cpu():
    return sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF),
                                                 resource.getrusage(resource.RUSAGE_CHILDREN)))


def measure(name, work, judge=None):
    seconds, used, result = [], [], None
    for _ in range(3):
        start, before = time.perf_counter(), cpu()
        result = work()
        seconds.append(time.perf_counter() - start)
        used.append(cpu() - before)
        if seconds[0] > 60:
            break
    worst = f"{judge(result):8.1e}" if judge else ""
    print(f"{'tables':10} {name:44} {min(seconds):10.4f} {sorted(seconds)[len(seconds) // 2]:10.4f} {min(used):10.4f} {worst}",
          flush=True)
    return result


def difference(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def module(name):
    try:
        return __import__(name, fromlist=["x"])
    except ImportError:
        print(f"tables     {name}: skipped, not installed")
        return None


def run(leie, source, folder, only):
    """Footprints of a study or a table file as NetCDF: D_cba by product, category and supplier, D_pba; without `only` D_imp, D_exp,
    origins and gross trade too."""
    result = f"{folder}/result.nc"
    subprocess.run([leie, "run", source, "-o", result, "-q", "--force"] + (["--set", "accounts.only=footprints"] if only else []),
                   check=True, stdout=subprocess.DEVNULL)
    return result


def study_of(archive, folder):
    path = pathlib.Path(folder) / "study.yaml"
    path.write_text(f"leie: 1\ntables: {{format: pymrio, path: {pathlib.Path(archive).resolve()}, years: [2011]}}\n")
    return str(path)


def table_of(leie, archive, folder):
    """The archive as Leie's table file by blocks."""
    table = f"{folder}/table.nc"
    subprocess.run([leie, "import", "pymrio", archive, "--year", "2011", "--layout", "block", "-o", table, "-q", "--force"],
                   check=True, stdout=subprocess.DEVNULL)
    return table


def shown(leie, result, name):
    import pandas as pd
    text = subprocess.run([leie, "show", result, name, "--format", "csv"], capture_output=True, text=True, check=True)
    return pd.read_csv(io.StringIO(text.stdout), keep_default_na=False).pivot(index="stressor", columns="region", values="value")


def readers(text):
    pandas, csv = module("pandas"), module("pyarrow.csv")
    frame = None
    if pandas:
        frame = measure("pandas.read_csv", lambda: pandas.read_csv(text, sep="\t", header=[0, 1], index_col=[0, 1]))
    if csv:
        options = {"read_options": csv.ReadOptions(skip_rows=3, autogenerate_column_names=True, block_size=1 << 28), # ten times faster than 1 MB
                   "parse_options": csv.ParseOptions(delimiter="\t")}
        measure("pyarrow.csv.read_csv", lambda: csv.read_csv(text, **options),
                (lambda t: difference(t.column(2).to_numpy(), frame.iloc[:, 0].to_numpy())) if frame is not None else None)


def chains(leie, archive, n):
    pymrio = module("pymrio")
    with tempfile.TemporaryDirectory() as folder:
        study = study_of(archive, folder)
        result = measure("leie, zip to footprints", lambda: run(leie, study, folder, True))
        measure("leie, zip to all accounts", lambda: run(leie, study, folder, False))
        table = measure("leie, zip to table file", lambda: table_of(leie, archive, folder))
        measure("leie, table file to footprints", lambda: run(leie, table, folder, True))
        measure("leie, table file to all accounts", lambda: run(leie, table, folder, False))
        if not pymrio:
            return
        if n > 4000 and not os.environ.get("PEERS_LARGE"):
            print("tables     pymrio: skipped above 4,000 sectors without PEERS_LARGE=1")
            return
        ours = shown(leie, result, "D_cba")

        def judge(system):
            extension = next(e for e in system.get_extensions(data=True) if e.F.index.name == "stressor")
            theirs = extension.D_cba_reg
            return difference(ours.loc[theirs.index, theirs.columns], theirs)

        measure("pymrio, zip to footprints", lambda: pymrio.load_all(archive).calc_all(), judge)


def main(leie, folder, archive):
    folder = pathlib.Path(folder)
    n = sum(1 for _ in open(folder / "x.txt")) - 1
    print(f"{'tables':10} n = {n}, {(folder / 'Z.txt').stat().st_size / 1e6:.0f} MB of text: best, median, processor seconds, difference")
    readers(folder / "Z.txt")
    chains(leie, archive, n)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        print(__doc__)
        sys.exit(2)
    main(*sys.argv[1:])
