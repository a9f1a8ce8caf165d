#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""numpy and pymrio on the tables that perf/generate.c exports, at their best: all threads, no core type
forced. Prints one line per case and the core type that OpenBLAS chose.

    peers.py FOLDER [FOLDER ...]     each holds Z.f64, Y.f64, x.f64, F.f64 and table.json
"""
import json
import pathlib
import sys
import time

import numpy as np

try:
    import pymrio
except ImportError:
    pymrio = None
try:
    import threadpoolctl
except ImportError:
    threadpoolctl = None


def load(folder):
    shape = json.loads((folder / "table.json").read_text())
    n, regions, stressors = shape["n"], shape["regions"], shape["stressors"]

    def array(name, *dims):
        return np.fromfile(folder / f"{name}.f64").reshape(dims)

    return shape, array("Z", n, n), array("Y", n, regions), array("x", n), array("F", stressors, n)


def measure(work, runs=3):
    """Best and median seconds, and the last result; a first run over ten seconds is the only one."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
        if seconds[0] > 10:
            break
    return min(seconds), sorted(seconds)[len(seconds) // 2], result


def residual(A, x, b):
    """|b - (I - A) x|_1 / (|b|_1 + |I - A|_1 |x|_1), the worst column."""
    norm = np.abs(np.eye(len(A)) - A).sum(0).max()
    r = np.abs(b - x + A @ x).sum(0)
    return (r / (np.abs(b).sum(0) + norm * np.abs(x).sum(0))).max()


def report(name, shape, best, median, worst):
    sizes = f"n={shape['n']} d={shape['density']:.2f}"
    print(f"{'peers':10} {name:34} {sizes:30} {'':2}  {best:10.5f} {median:10.5f}  {'':22} {'':20} {worst:8.1e}", flush=True)


def numpy_cases(shape, Z, Y, x, F):
    scale = np.divide(1, x, out=np.zeros_like(x), where=x > 0)  # no output: no column, as the engine has it
    A, S = Z * scale, F * scale
    system = np.eye(len(A)) - A
    best, median, m = measure(lambda: np.linalg.solve(system.T, S.T))
    report(f"numpy solve, {len(S)} transposed", shape, best, median, residual(A.T, m, S.T))
    best, median, X = measure(lambda: np.linalg.solve(system, Y))
    report(f"numpy solve, {Y.shape[1]} plain", shape, best, median, residual(A, X, Y))
    best, median, L = measure(lambda: np.linalg.inv(system))
    report("numpy inverse", shape, best, median, residual(A, L @ Y, Y))


def numpy_scenarios(shape, Z, Y, x, F, runs=2):
    """A scenario as it is done today: 20 columns of A edited, the full inverse, multipliers, footprints. A few are
    measured, and a thousand are extrapolated from the best."""
    scale = np.divide(1, x, out=np.zeros_like(x), where=x > 0)
    A, S = Z * scale, F * scale
    step = shape["n"] // 20

    def scenario(kt=-0.1):
        changed = A.copy()
        changed[:98, ::step] *= 1 + kt
        L = np.linalg.inv(np.eye(len(A)) - changed)
        M = S @ L
        return M, M @ Y, changed

    best, median, (M, _, changed) = measure(scenario, runs)
    report("numpy scenario, full inverse", shape, best, median, residual(changed.T, M.T, S.T))
    print(f"peers      a thousand of these: {1000 * best:.0f} s, EXTRAPOLATED from {runs} measured")


def pymrio_case(shape, Z, Y, x, F):
    import pandas as pd
    n, regions = shape["n"], shape["regions"]
    names = [f"R{r:03d}" for r in range(regions)]
    index = pd.MultiIndex.from_product([names, [f"s{s:03d}" for s in range(n // regions)]], names=["region", "sector"])
    columns = pd.MultiIndex.from_product([names, ["household"]], names=["region", "category"])
    rows = pd.Index([f"f{k:02d}" for k in range(len(F))], name="stressor")

    def accounts():
        system = pymrio.IOSystem(Z=pd.DataFrame(Z, index, index), Y=pd.DataFrame(Y, index, columns))
        system.ext = pymrio.Extension("ext", F=pd.DataFrame(F, rows, index))
        return system.calc_all()

    best, median, done = measure(accounts)
    world = done.ext.D_cba.to_numpy().sum(1)
    report("pymrio calc_all", shape, best, median, np.abs(world / F.sum(1) - 1).max())


def main():
    print(f"numpy {np.__version__}", end="")
    if threadpoolctl:
        for pool in threadpoolctl.threadpool_info():
            print(f", {pool['internal_api']} {pool.get('version')} {pool.get('architecture', '')}"
                  f" {pool['num_threads']} threads", end="")
    print(f", pymrio {pymrio.__version__}" if pymrio else ", pymrio skipped: not installed")
    for folder in map(pathlib.Path, sys.argv[1:]):
        table = load(folder)
        numpy_cases(*table)
        numpy_scenarios(*table)
        if pymrio and table[0]["n"] <= 4000:
            pymrio_case(*table)
        elif pymrio:
            print("peers      pymrio calc_all: skipped for n > 4000 (several times the inverse, and tens of GB)")


main()
