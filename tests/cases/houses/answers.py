# SPDX-License-Identifier: GPL-3.0-or-later
"""Stocks of this case by numpy and SciPy: python3 answers.py >answers.csv"""
import csv
import numpy as np
from scipy import stats
from scipy.integrate import quad

FIRST, T, A = 2000, 11, 12
TO_KT = {"kt": 1, "Mt": 1000}


def read(name, key):
    out = {}
    for row in csv.DictReader(open(name)):
        item = "/".join((row["product"], row["material"], row["region"]))
        out.setdefault(item, {})[int(row[key])] = float(row["value"]) * TO_KT[row["unit"]]
    return out


def survival(item, cohort):
    """sf of the lifetime of a cohort, without the spread over the year."""
    if item.startswith("houses/concrete"):
        whole = stats.norm(60, 18)
        low, high = whole.sf(0), whole.sf(120)
        return lambda a: (whole.sf(a) - high) / (low - high) if a < 120 else 0.0
    if item.startswith("houses/brick"):
        return stats.weibull_min(3.2, scale=85 if cohort >= 2005 else 70).sf
    variance = np.log(1 + (4 / 12) ** 2)
    return stats.lognorm(np.sqrt(variance), scale=12 / np.sqrt(1 + (4 / 12) ** 2)).sf


def spread(item, cohort, age):
    return quad(survival(item, cohort), age, age + 1, epsabs=1e-13, epsrel=1e-13)[0]


inflow, stock, initial = read("inflow.csv", "year"), read("stock.csv", "year"), read("initial.csv", "age")
print("item,year,inflow,outflow,stock")
for item in sorted(set(inflow) | set(stock)):
    cohorts = np.arange(FIRST - A, FIRST + T)
    sf = {c: np.array([spread(item, c, a) for a in range(A + T)]) for c in cohorts}
    left = {c: initial.get(item, {}).get(FIRST - 1 - c, 0.0) for c in cohorts if c < FIRST}
    for year in range(FIRST, FIRST + T):
        before = sum(left.values())
        for c in left:
            left[c] *= sf[c][year - c] / sf[c][year - c - 1]
        there = sum(left.values())
        if item in inflow:
            new = inflow[item][year]
        else:
            wanted = stock[item][year]
            new = max(0.0, (wanted - there) / sf[year][0])
            if wanted < there:
                left = {c: v * wanted / there for c, v in left.items()}
        left[year] = new * sf[year][0]
        total = sum(left.values())
        print(f"{item},{year},{float(new)!r},{float(before + new - total)!r},{float(total)!r}")
