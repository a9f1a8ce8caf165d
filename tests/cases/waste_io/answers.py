#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closed system of this case by numpy, independent of Leie.

    answers.py            prints answers.csv
    answers.py --compare  exits 1 unless answers.csv says the same (1e-9 relative)
"""
import csv
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
S = [("AA", "goods"), ("AA", "services"), ("BB", "goods"), ("BB", "services")]
R, W, T = ["AA", "BB"], ["plastics", "mixed", "ash"], ["burn", "sort", "tip"]


def rows(name):
    with open(HERE / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    Z, f = np.zeros((4, 4)), np.zeros(4)
    for r in rows("table/Z.csv"):
        Z[S.index((r["region"], r["sector"])), S.index((r["to_region"], r["to_sector"]))] = float(r["value"])
    for r in rows("table/Y.csv"):
        f[S.index((r["region"], r["sector"]))] += float(r["value"])
    x = Z.sum(1) + f
    G = np.array([[5200, 900, 7300, 1100], [8100, 2600, 9900, 3700], [0, 0, 0, 0]]) / x
    w = {"AA": np.array([3100, 11800.5, 0]), "BB": np.array([2700, 10400, 0])}
    C = {r: np.array([[0.4, 0.75, 0], [0.6, 0, 0], [0, 0.25, 1]]) for r in R}
    C["AA"] = np.array([[0.4, 0.9, 0], [0.6, 0, 0], [0, 0.1, 1]])
    GT = np.array([[0, 0, 0], [0, 0.31, 0], [0.22, 0, 0]])
    M = np.zeros((10, 10))
    M[:4, :4] = Z / x
    b = np.concatenate([f, C["AA"] @ w["AA"], C["BB"] @ w["BB"]])
    st = np.zeros(10)
    st[:4] = np.array([21.5, 6.2, 44.9, 9.7]) / x  # kt per MEUR
    for k, r in enumerate(R):
        z = 4 + 3 * k
        M[z:z + 3, 2 * k:2 * k + 2] = C[r] @ G[:, 2 * k:2 * k + 2]
        M[z:z + 3, z:z + 3] = C[r] @ GT
        M[2 * k, z] += 18e-6
        M[2 * k + 1, z] += 42e-6
        M[2 * k + 1, z + 1] += 95e-6
        M[2 * k + 1, z + 2] += 12e-6
        st[z], st[z + 2] = 0.95e-3, 0.12e-3
    M[2, 4 + 1] += 11e-6
    v = np.linalg.solve(np.eye(10) - M, b)
    L = np.linalg.inv(np.eye(10) - M)
    out = [("closed_output", f"closed_sector={a}/{c}", v[i]) for i, (a, c) in enumerate(S)]
    out += [("closed_activity", f"region={r}|treatment={t}", v[4 + 3 * k + j]) for k, r in enumerate(R) for j, t in enumerate(T)]
    for j, t in enumerate(T):
        e = np.zeros(10)
        e[[4 + j, 7 + j]] = 1
        out += [("waste_embodied", f"treatment={t}|closed_sector={a}/{c}", (e @ L)[i]) for i, (a, c) in enumerate(S)]
    out += [("closed_multiplier", f"stressor=co2|closed_sector={a}/{c}", (st @ L)[i]) for i, (a, c) in enumerate(S)]
    out += [("treatment_pressure", f"stressor=co2|region={r}", st[4:7] @ v[4 + 3 * k:7 + 3 * k]) for k, r in enumerate(R)]
    return out


if __name__ == "__main__":
    found = main()
    if "--compare" in sys.argv:
        old = [(r["variable"], r["where"], float(r["value"])) for r in rows("answers.csv")]
        same = [a[:2] == b[:2] and abs(a[2] - b[2]) <= 1e-9 * abs(a[2]) for a, b in zip(found, old)]
        sys.exit(0 if len(found) == len(old) and all(same) else 1)
    print("variable,where,value")
    for a in found:
        print(f"{a[0]},{a[1]},{float(a[2])!r}")
