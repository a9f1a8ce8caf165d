#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts of this case by the inverse, independent of Leie.

    answers.py            prints answers.csv
    answers.py --compare  exits 1 unless answers.csv says the same (1e-9 relative)
"""
import csv
import pathlib
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
REGIONS = {"AA": ["AA"], "BB": ["BB"], "CC": ["CC"], "EAST": ["BB", "CC"]}
NOT_IN_FOOTPRINTS = {"away"}


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(year):
    folder = HERE / str(year)
    sector = [(r["region"], r["sector"]) for r in rows(folder / "sectors.csv")]
    y_rows = rows(folder / "Y.csv")
    order = [r["category"] for r in rows(folder / "categories.csv")]
    demand = sorted({(r["to_region"], r["category"]) for r in y_rows}, key=lambda d: (d[0], order.index(d[1])))
    at, to = {s: i for i, s in enumerate(sector)}, {d: i for i, d in enumerate(demand)}
    Z, Y = np.zeros((len(sector),) * 2), np.zeros((len(sector), len(demand)))
    for r in rows(folder / "Z.csv"):
        Z[at[r["region"], r["sector"]], at[r["to_region"], r["to_sector"]]] = float(r["value"])
    for r in y_rows:
        Y[at[r["region"], r["sector"]], to[r["to_region"], r["category"]]] = float(r["value"])
    stressor = [r["stressor"] for r in rows(folder / "stressors.csv")]
    F, F_Y = np.zeros((len(stressor), len(sector))), np.zeros((len(stressor), len(demand)))
    for r in rows(folder / "F_pressures.csv"):
        F[stressor.index(r["stressor"]), at[r["region"], r["sector"]]] = float(r["value"])
    for r in rows(folder / "F_Y_pressures.csv"):
        F_Y[stressor.index(r["stressor"]), to[r["region"], r["category"]]] = float(r["value"])
    return sector, demand, stressor, Z, Y, F, F_Y


def accounts(year):
    """Rows (year, account, region, stressor, origin, value)."""
    sector, demand, stressor, Z, Y, F, F_Y = read(year)
    x = Z.sum(1) + Y.sum(1)
    inverse = np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)
    L = np.linalg.inv(np.eye(len(x)) - Z * inverse)
    S = F * inverse
    sold_by = np.array([s[0] for s in sector])
    bought_by = np.array([d[0] for d in demand])
    counts = np.array([d[1] not in NOT_IN_FOOTPRINTS for d in demand])
    table_regions = sorted(set(sold_by))
    for region, members in REGIONS.items():
        home = np.isin(sold_by, members)
        X = L @ Y[:, np.isin(bought_by, members) & counts].sum(1)
        for k, name in enumerate(stressor):
            def row(account, value, origin=""):
                return year, account, region, name, origin, float(value)
            yield row("D_pba", F[k, home].sum())
            yield row("unallocated", F[k, home & (x == 0)].sum())
            yield row("D_cba", S[k] @ X)
            yield row("D_imp", S[k, ~home] @ X[~home])
            yield row("D_exp", S[k, home] @ (x - X)[home])
            yield row("direct", F_Y[k, np.isin(bought_by, members) & counts].sum())
            for origin in table_regions:
                here = sold_by == origin
                yield row("by_origin", S[k, here] @ X[here], origin)


def main():
    answers = [row for year in (2015, 2016) for row in accounts(year)]
    if "--compare" not in sys.argv:
        print("year,account,region,stressor,origin,value")
        for row in answers:
            print(",".join(map(str, row[:5])) + f",{row[5]:.15g}")
        return 0
    kept = rows(HERE / "answers.csv")
    same = len(kept) == len(answers) and all(
        (str(a[0]), *a[1:5]) == (k["year"], k["account"], k["region"], k["stressor"], k["origin"])
        and abs(a[5] - float(k["value"])) <= 1e-9 * max(abs(a[5]), 1e-12) for a, k in zip(answers, kept))
    print("answers.csv", "agrees" if same else "DIFFERS")
    return 0 if same else 1


sys.exit(main())
