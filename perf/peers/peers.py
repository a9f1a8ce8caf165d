#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""numpy, scipy and pymrio on the tables that perf/generate.c exports, at their best: all threads, no core type forced;
beside them the engine's own back ends on the same table and from its table file (answers.json, M_*, D_* and O_*.f64). Prints
one line per case, the core type that OpenBLAS chose, and for each table how many times slower than the engine a peer is:
for the multipliers alone, and with the footprints of all regions by product and the origins of three of them. A peer whose
answers differ from the engine's by more than 1e-9 of the largest gets no speed, and the exit status is 1.

    peers.py FOLDER [FOLDER ...]     each holds Z.f64, Y.f64, x.f64, F.f64 and table.json
"""
import json
import pathlib
import sys
import time

import numpy as np

try:
    import scipy
    import scipy.linalg
    import scipy.sparse
    import scipy.sparse.linalg
except ImportError:
    scipy = None
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


def differs(m, reference):
    """The largest difference of two sets of numbers, relative to the largest value."""
    return np.abs(m - reference).max() / np.abs(reference).max()


# At n = 9,800: how many times the engine's time, from Z in memory and from its table file, a peer should take.
GOALS = {
    (False, "numpy inverse"): (70, 100), (False, "numpy solve"): (16, 24),
    (True, "numpy inverse"): (45, 65), (True, "LU"): (11, 15),
}


class Ratios:
    """Seconds of each way to the answers for one table, kept when they agree with the first ones."""

    def __init__(self, shape, footprints):
        self.shape, self.footprints, self.rows, self.wrong, self.reference = shape, footprints, [], False, None

    def add(self, name, seconds, *answers):
        if self.reference is None:
            self.reference = answers
        difference = max(differs(a, r) for a, r in zip(answers, self.reference))
        if difference > 1e-9:
            print(f"peers      {name}: DIFFERS by {difference:.1e}: no speed")
            self.wrong = True
        else:
            self.rows.append((name, seconds, difference))

    def show(self):
        if not self.rows:
            return
        what = ", footprints of all regions by product, origins of three regions" if self.footprints else ""
        print(f"\nmultipliers{what}, n={self.shape['n']} density {self.shape['density']:.2g}, {self.shape['stressors']} stressors")
        ours = [row for row in self.rows if row[0].startswith("leie") and "file" not in row[0]]
        memory = min(ours, key=lambda row: row[1]) if ours else None
        file = next((row for row in self.rows if row[0].startswith("leie file")), None)
        for name, seconds, difference in self.rows:
            goals = GOALS.get((self.footprints, name), (None, None)) if self.shape["n"] == 9800 else (None, None)
            text = "".join(self.ratio(seconds, base, goal) for base, goal in zip((memory, file), goals) if base)
            print(f"  {name:34} {seconds:10.5f} s {text} differs {difference:.1e}")
        self.extrapolate()
        print(flush=True)

    @staticmethod
    def ratio(seconds, base, goal):
        times = seconds / base[1]
        verdict = f" (goal {goal} {'good' if times >= goal else 'MISSED'})" if goal else ""
        return f"{times:8.1f} x {base[0]}{verdict}"

    def extrapolate(self):
        """What the dense peers would take for GLORIA's size, where they are not run."""
        if self.shape["n"] == 9800:
            for name, seconds, _ in self.rows:
                if name in ("numpy inverse", "numpy solve", "LU"):
                    print(f"  {name}: {seconds * (19680 / 9800) ** 3:.0f} s at n = 19,680, EXTRAPOLATED as n^3")


def engine_cases(folder, shape, ratios, footprints):
    answers = folder / "answers.json"
    n, k, regions = shape["n"], shape["stressors"], shape["regions"]
    for a in json.loads(answers.read_text()) if answers.exists() else []:
        name = a["name"]
        m = np.fromfile(folder / f"M_{name}.f64").reshape(n, k)
        if a["footprints"]:
            footprints.add(f"leie {name}", a["median"], m, np.fromfile(folder / f"D_{name}.f64").reshape(k, regions, -1),
                           np.fromfile(folder / f"O_{name}.f64").reshape(k, regions, -1))
        else:
            ratios.add(f"leie {name}", a["median"], m)


def footprints_of(shape, m, S, Y, origins):
    """D [k, regions, products] from multipliers m [n, k], and O [k, regions, 3] from outputs origins [n, 3]."""
    regions = shape["regions"]
    products = shape["n"] // regions
    M, Yr = m.reshape(regions, products, -1), Y.reshape(regions, products, -1)
    D = np.matmul(M.transpose(1, 2, 0), Yr.transpose(1, 0, 2)).transpose(1, 2, 0)
    O = np.matmul(S.reshape(len(S), regions, products).transpose(1, 0, 2), origins.reshape(regions, products, -1))
    return D, O.transpose(1, 0, 2)


def footprint_cases(shape, system, S, Y, inverse, L, footprints):
    """The same by the inverse that is there (its seconds added) and by one LU factorization, both ways."""
    if not footprints.rows:
        return
    best, median, (m, D, O) = measure(lambda: (m := (S @ L).T, *footprints_of(shape, m, S, Y, L @ Y[:, :3])))
    footprints.add("numpy inverse", inverse + median, m, D, O)
    if not scipy:
        return

    def by_lu():
        factors = scipy.linalg.lu_factor(system, check_finite=False)
        m = scipy.linalg.lu_solve(factors, S.T, trans=1, check_finite=False)
        return m, *footprints_of(shape, m, S, Y, scipy.linalg.lu_solve(factors, Y[:, :3], check_finite=False))

    best, median, (m, D, O) = measure(by_lu)
    report("LU, multipliers and footprints", shape, best, median, residual_of(system, m, S))
    footprints.add("LU", median, m, D, O)


def residual_of(system, m, S):
    r = np.abs(S.T - system.T @ m).sum(0)
    return (r / (np.abs(S.T).sum(0) + np.abs(system.T).sum(0).max() * np.abs(m).sum(0))).max()


def numpy_cases(shape, Z, Y, x, F, ratios, footprints):
    scale = np.divide(1, x, out=np.zeros_like(x), where=x > 0)  # no output: no column, as the engine has it
    A, S = Z * scale, F * scale
    system = np.eye(len(A)) - A
    best, median, m = measure(lambda: np.linalg.solve(system.T, S.T))
    report(f"numpy solve, {len(S)} transposed", shape, best, median, residual(A.T, m, S.T))
    ratios.add("numpy solve", median, m)
    best, median, X = measure(lambda: np.linalg.solve(system, Y))
    report(f"numpy solve, {Y.shape[1]} plain", shape, best, median, residual(A, X, Y))
    best, median, L = measure(lambda: np.linalg.inv(system))
    report("numpy inverse", shape, best, median, residual(A, L @ Y, Y))
    ratios.add("numpy inverse", median, (S @ L).T)
    footprint_cases(shape, system, S, Y, median, L, footprints)


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


def scipy_case(shape, Z, Y, x, F, ratios):
    """Sparse LU (SuperLU); a table as full as a third fills in completely and is left out when it is large."""
    if shape["n"] > 4000 and shape["density"] > 0.05:
        print(f"peers      scipy splu: skipped for n = {shape['n']} at density {shape['density']:.2f}: factors fill in")
        return
    scale = np.divide(1, x, out=np.zeros_like(x), where=x > 0)
    S = F * scale
    system = scipy.sparse.csc_matrix(np.eye(len(Z)) - Z * scale)
    best, median, m = measure(lambda: scipy.sparse.linalg.splu(system).solve(np.ascontiguousarray(S.T), trans="T"))
    report(f"scipy splu, {len(S)} transposed", shape, best, median, residual((Z * scale).T, m, S.T))
    ratios.add("scipy splu", median, m)


def pymrio_case(shape, Z, Y, x, F, ratios):
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
    if np.all(x > 0):  # else its multipliers of empty sectors are its own
        ratios.add("pymrio calc_all (all accounts)", median, done.ext.M.to_numpy().T)


def main():
    print(f"numpy {np.__version__}", end="")
    if threadpoolctl:
        for pool in threadpoolctl.threadpool_info():
            print(f", {pool['internal_api']} {pool.get('version')} {pool.get('architecture', '')}"
                  f" {pool['num_threads']} threads", end="")
    print(f", scipy {scipy.__version__}" if scipy else ", scipy skipped: not installed", end="")
    print(f", pymrio {pymrio.__version__}" if pymrio else ", pymrio skipped: not installed")
    wrong = False
    for folder in map(pathlib.Path, sys.argv[1:]):
        table = load(folder)
        ratios, footprints = Ratios(table[0], False), Ratios(table[0], True)
        engine_cases(folder, table[0], ratios, footprints)
        numpy_cases(*table, ratios, footprints)
        numpy_scenarios(*table)
        if scipy:
            scipy_case(*table, ratios)
        if pymrio and table[0]["n"] <= 10000:
            pymrio_case(*table, ratios)
        elif pymrio:
            print("peers      pymrio calc_all: skipped for n > 10,000 (several times the inverse, and tens of GB)")
        ratios.show()
        footprints.show()
        wrong |= ratios.wrong | footprints.wrong
    return 1 if wrong else 0


sys.exit(main())
