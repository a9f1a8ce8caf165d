#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does pymrio give Leie's accounts from the folder that Leie exports?

    check_pymrio.py LEIE TABLE      LEIE is the program, TABLE a table file or folder of one year

Exports, opens by pymrio.load_all, lets pymrio calculate and compares D_cba, D_imp, D_exp, D_pba and M with those of `leie run`,
relative to the largest value of each stressor: 1e-9. The table has no columns of exports and discrepancies, which pymrio
takes for demand. Direct pressures of final demand, which pymrio adds, are taken off; pressures of sectors without output,
which Leie lists apart as unallocated, are cleared after loading."""
import io
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import pymrio


def show(leie, result, name, column):
    text = subprocess.run([leie, "show", result, name, "--format", "csv"], capture_output=True, text=True, check=True)
    table = pd.read_csv(io.StringIO(text.stdout), keep_default_na=False)
    return table.pivot(index="stressor", columns=column, values="value")


def difference(name, ours, theirs):
    theirs = theirs.loc[ours.index, ours.columns]
    scale = np.abs(theirs).max(axis=1).to_numpy()[:, None]
    worst = (np.abs(ours.to_numpy() - theirs.to_numpy()) / np.where(scale > 0, scale, 1)).max()
    print(f"{name:8} {ours.shape[0]} stressors x {ours.shape[1]}: {worst:.1e}")
    return worst


def main(leie, table):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([leie, "export", table, "--to", "pymrio", "-o", f"{folder}/pymrio", "-q"], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([leie, "run", table, "-o", f"{folder}/result.nc", "-q", "--set", "accounts.by=[multiplier]"],
                       check=True, stdout=subprocess.DEVNULL)
        system = pymrio.load_all(f"{folder}/pymrio")
        idle = (system.x["indout"] <= 0).to_numpy()
        extensions = [e for e in system.get_extensions(data=True) if e.F.index.name == "stressor"]
        for extension in extensions:
            extension.F.loc[:, idle] = 0.0
        system.calc_all()
        result = f"{folder}/result.nc"
        ours = {name: show(leie, result, name, "region") for name in ("D_cba", "D_imp", "D_exp", "D_pba", "direct", "unallocated")}
        ours["D_pba"] -= ours["unallocated"]
        M = show(leie, result, "multiplier", "sector")
    worst = []
    for extension in extensions:
        rows, regions = extension.F.index, extension.D_cba_reg.columns
        extension.M.columns = [f"{region}/{sector}" for region, sector in extension.M.columns]
        worst.append(difference("M", M.loc[rows], extension.M))
        for name in ("D_cba", "D_imp", "D_exp", "D_pba"):
            theirs = getattr(extension, f"{name}_reg")
            if name in ("D_cba", "D_pba") and extension.F_Y is not None:
                theirs = theirs - ours["direct"].loc[rows, regions]
            worst.append(difference(name, ours[name].loc[rows, regions], theirs))
    return 0 if worst and max(worst) <= 1e-9 else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
