#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Are pymrio's accounts of WIOD 2011 ours?  Compares D_cba, D_imp, D_exp, D_pba less unallocated, and M.

    LEIE_DATA=FOLDER accounts.py LEIE

LEIE is the program; FOLDER holds wiod2013/ and wiod2011_materials/. Needs pymrio. One line per account with the
largest difference relative to the stressor's largest value; exit status 1 when one exceeds 1e-9.

Both drop the pressure of industries without output. pymrio divides by a negative output (two industries of
Luxembourg, -1 MUSD), which Leie counts as none: those columns are cleared before pymrio sees them."""
import io
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import pymrio

STUDY = "tests/studies/wiod-2011.yaml"
CATEGORIES = ["households", "npish", "government", "gfcf", "inventories"]


def triplets(path, rows, columns):
    cells = pd.read_csv(path)
    dense = np.zeros((rows, columns))
    dense[cells["row"], cells["col"]] = cells["value"]
    return dense


def pymrio_accounts(data):
    labels = pd.read_csv(data / "wiod2013/labels.csv")
    sectors = pd.MultiIndex.from_frame(labels[["country", "industry"]], names=["region", "sector"])
    regions = sectors.get_level_values(0).unique()
    columns = pd.MultiIndex.from_product([regions, CATEGORIES], names=["region", "category"])
    Z = pd.DataFrame(triplets(data / "wiod2013/Z_2011.csv.gz", len(sectors), len(sectors)), sectors, sectors)
    Y = pd.DataFrame(triplets(data / "wiod2013/Y_2011.csv.gz", len(sectors), len(columns)), sectors, columns)
    F = pd.read_csv(data / "wiod2011_materials/F_materials.csv.gz")
    F = F.pivot_table(values="value", index="stressor", columns=["region", "sector"], sort=False, aggfunc="sum")
    F = F.reindex(columns=sectors).fillna(0.0)
    x = Z.sum(axis=1) + Y.sum(axis=1)
    idle = (x <= 0).to_numpy()
    unallocated = F.loc[:, idle].T.groupby(level=0).sum().T.reindex(columns=regions).fillna(0.0)
    Z.loc[:, idle] = 0.0
    F.loc[:, idle] = 0.0
    system = pymrio.IOSystem(Z=Z, Y=Y, x=pd.DataFrame({"indout": x}))
    system.ext = pymrio.Extension("ext", F=F)
    system.calc_all()
    by_region = {name: getattr(system.ext, f"{name}_reg") for name in ("D_cba", "D_imp", "D_exp", "D_pba")}
    return by_region, system.ext.M, unallocated


def leie_account(leie, result, name, column):
    text = subprocess.run([leie, "show", result, name, "--format", "csv"], capture_output=True, text=True, check=True)
    table = pd.read_csv(io.StringIO(text.stdout), keep_default_na=False)
    return table.pivot(index="stressor", columns=column, values="value")


def difference(name, ours, theirs):
    theirs = theirs.loc[ours.index, ours.columns]
    scale = np.abs(theirs).max(axis=1).to_numpy()[:, None]
    worst = (np.abs(ours.to_numpy() - theirs.to_numpy()) / np.where(scale > 0, scale, 1)).max()
    print(f"{name:20} {ours.shape[0]} stressors x {ours.shape[1]}: {worst:.1e}")
    return worst


def main(leie):
    theirs, M, unallocated = pymrio_accounts(pathlib.Path(os.environ["LEIE_DATA"]))
    M.columns = [f"{region}/{sector}" for region, sector in M.columns]
    print(f"pymrio {pymrio.__version__}, largest difference relative to the stressor's largest value")
    with tempfile.TemporaryDirectory() as folder:
        result = f"{folder}/wiod.nc"
        subprocess.run([leie, "run", STUDY, "-o", result, "--set", "accounts.by=[multiplier]"], check=True,
                       capture_output=True)
        ours = {name: leie_account(leie, result, name, "region") for name in (*theirs, "unallocated")}
        worst = [difference("M", leie_account(leie, result, "multiplier", "sector"), M)]
    ours["D_pba"] -= ours["unallocated"]
    worst += [difference(name, ours[name], theirs[name]) for name in theirs]
    worst.append(difference("unallocated", ours["unallocated"], unallocated))
    return 0 if max(worst) <= 1e-9 else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
