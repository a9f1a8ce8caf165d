# SPDX-License-Identifier: GPL-3.0-or-later
"""The case by numpy: Newton steps on the whole system of first-order conditions (dense), and standard deviations
from its inverse: /usr/bin/python3 answers.py >answers.csv"""
import numpy as np

FLOWS = {"returns": ("", "collection"), "scrap": ("collection", "shredder"), "fraction": ("shredder", "smelter"),
         "residue": ("shredder", ""), "cathode": ("smelter", ""), "slag": ("smelter", ""),
         "stock:collection": ("collection", "")}
GIVEN = {  # kt, sd
    2018: {("returns", "goods"): (46, 2.3), ("stock:collection", "goods"): (5.2, 0.8), ("scrap", "goods"): (40.5, 1.2),
           ("fraction", "goods"): (8.1, 1.4 / 3.919927969080108), ("residue", "goods"): (33, 1),
           ("cathode", "Cu"): (3.4, 0.15), ("cathode", "goods"): (3.5, 0.1)},
    2019: {("returns", "goods"): (47, 2.35), ("stock:collection", "goods"): (5, 0.8), ("scrap", "goods"): (52, 1.2),
           ("fraction", "goods"): (8.3, 1.4 / 3.919927969080108), ("residue", "goods"): (33.5, 1),
           ("cathode", "Cu"): (3.4, 0.15), ("cathode", "goods"): (3.45, 0.1)}}
SHARES = {"returns": (0.09, 0.01), "scrap": (0.091, 0.005), "fraction": (0.43, 0.02), "residue": None}
RECOVERY = (0.97, 0.01)

print("quantity,layer,year,value,sd")
for year, given in GIVEN.items():
    names = [(f, l) for f in FLOWS for l in ("goods", "Cu")] + [(f, "share") for f in SHARES] + [("recovery", "k")]
    at = {name: i for i, name in enumerate(names)}
    data = dict(given) | {(f, "share"): s for f, s in SHARES.items() if s} | {("recovery", "k"): RECOVERY}
    n = len(names)
    W, target, v = np.zeros((n, n)), np.zeros(n), np.full(n, 5.0)
    for name, (value, sd) in data.items():
        W[at[name], at[name]], target[at[name]], v[at[name]] = 1 / sd**2, value, value
    v[at["residue", "share"]] = 0.1

    def constraints(v):
        g, J = [], []
        for process in ("collection", "shredder", "smelter"):
            for layer in ("goods", "Cu"):
                row = np.zeros(n)
                for f, (a, b) in FLOWS.items():
                    row[at[f, layer]] = (b == process) - (a == process)
                g.append(row @ v)
                J.append(row)
        for f in SHARES:
            row = np.zeros(n)
            row[at[f, "Cu"]], row[at[f, "goods"]], row[at[f, "share"]] = 1, -v[at[f, "share"]], -v[at[f, "goods"]]
            g.append(v[at[f, "Cu"]] - v[at[f, "share"]] * v[at[f, "goods"]])
            J.append(row)
        row = np.zeros(n)
        row[at["cathode", "Cu"]], row[at["fraction", "Cu"]] = 1, -v[at["recovery", "k"]]
        row[at["recovery", "k"]] = -v[at["fraction", "Cu"]]
        g.append(v[at["cathode", "Cu"]] - v[at["recovery", "k"]] * v[at["fraction", "Cu"]])
        J.append(row)
        return np.array(g), np.array(J)

    for _ in range(60):
        g, J = constraints(v)
        m = len(g)
        K = np.block([[W, J.T], [J, np.zeros((m, m))]])
        v = v + np.linalg.solve(K, np.concatenate([W @ (target - v), -g]))[:n]
    sd = np.sqrt(np.diag(np.linalg.inv(K))[:n])
    for name, value, s in zip(names, v, sd):
        print(f"{name[0]},{name[1]},{year},{float(value)!r},{float(s)!r}")
