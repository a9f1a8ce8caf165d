# SPDX-License-Identifier: GPL-3.0-or-later
"""What ncdump prints, as the text of the fuzz target table_file (fuzz_netcdf.c)."""
import re
import sys

TYPES = {"string": "t", "double": "d", "int": "i", "int64": "i", "float": "f", "ubyte": "b", "ushort": "s"}
head, _, data = sys.stdin.read().partition("\ndata:\n")
values = {}
for name, given in re.findall(r"^ (\w+) =\s+(.*?) ;$", data, re.M | re.S):
    given = re.sub(r'"([^"]*)"', lambda m: m[1].replace(" ", "-").replace(",", "") or "_", given)
    values[name] = " ".join(given.replace(",", " ").split()).replace("NaN", "nan")
for line in head.splitlines():
    line = line.strip()
    if m := re.match(r"(\w+) = (\d+) ;", line):
        print("n", m[1], m[2])
    elif (m := re.match(r"(\w+) (\w+)\((.*)\) ;", line)) and m[1] in TYPES:
        print(f"{TYPES[m[1]]} {m[2]}({m[3].replace(',', '')}) {values.get(m[2], '')}")
    elif m := re.match(r':(\w+) = "(.*)" ;', line):
        print("a", m[1], m[2])
    elif m := re.match(r"(\w+):(norm_\w+) = (\S+)", line):
        print("w", m[1], m[2], m[3])
    elif m := re.match(r":(\w+) = (\d+)", line):
        print("k", m[1], m[2])
