#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a result file is what its readers expect:  check_netcdf.py FILE [FILE ...]

It opens in xarray without options; every variable has long_name, every numeric one units that UDUNITS
reads (currencies and persons beside its own); coordinates are strings or ordered numbers; Conventions and
title are there; ncdump parses it. One line per fault; exit status 1 when there is any, 77 when xarray or
netCDF4 is missing."""
import ctypes
import ctypes.util
import re
import shutil
import subprocess
import sys
import warnings

try:
    import netCDF4
    import numpy as np
    import xarray
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

# words that UDUNITS takes for something else than an environmental account means
MISREAD = {"kt": "knots", "kton": "kilo-short-tons", "Mm3": "cubic megametres", "PT": "petateslas"}
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")


class Units:
    """UDUNITS-2 through ctypes, with base units for currencies (three capitals) and persons."""

    def __init__(self):
        path = ctypes.util.find_library("udunits2")
        self.lib = ctypes.CDLL(path) if path else None
        if not self.lib:
            return
        for function in ("ut_read_xml", "ut_parse", "ut_new_base_unit"):
            getattr(self.lib, function).restype = ctypes.c_void_p
        self.lib.ut_set_error_message_handler(self.lib.ut_ignore)
        self.system = ctypes.c_void_p(self.lib.ut_read_xml(None))
        self.known = set()
        self.add("person")

    def add(self, word):
        if word in self.known:
            return
        self.known.add(word)
        unit = ctypes.c_void_p(self.lib.ut_new_base_unit(self.system))
        self.lib.ut_map_name_to_unit(word.encode(), 2, unit)

    def reads(self, text):
        if not self.lib:
            return True
        for word in re.findall(r"\b[kMG]?([A-Z]{3})\b", text):
            self.add(word)
        return bool(self.lib.ut_parse(self.system, text.encode(), 2))


def variable_faults(name, var, units):
    numeric = var.dtype is not str
    if not NAME.match(name):
        yield "its name is not letters, digits and _"
    if not getattr(var, "long_name", "").strip():
        yield "no long_name"
    if numeric:
        text = getattr(var, "units", None)
        if not isinstance(text, str) or not text:
            yield "no units"
        elif not units.reads(text):
            yield f"UDUNITS does not read the units '{text}'"
        else:
            for word in re.findall(r"[A-Za-z]+[0-9]?", text):
                if word in MISREAD:
                    yield f"UDUNITS takes '{word}' in the units '{text}' for {MISREAD[word]}"
    for other in filter(None, re.split("[/ ]+", getattr(var, "units_by", ""))):
        if other not in var.group().variables:
            yield f"units_by names '{other}', which is no variable"
        elif not set(var.group().variables[other].dimensions) <= set(var.dimensions):
            yield f"units_by names '{other}', which has other dimensions"
    coordinate = var.dimensions == (name,)
    filled = "_FillValue" in var.ncattrs()
    if coordinate and filled:
        yield "a coordinate with _FillValue"
    if coordinate and numeric and len(var) > 1 and not (np.diff(var[:]) > 0).all():
        yield "a numeric coordinate that does not increase"
    if numeric and var.dtype.kind == "f" and not coordinate and not (filled and np.isnan(var._FillValue)):
        yield "_FillValue is not NaN"
    if name in var.dimensions and not coordinate:
        yield "it has the name of one of its dimensions"


def file_faults(path, units):
    with netCDF4.Dataset(path) as nc:
        nc.set_auto_mask(False)
        if nc.data_model != "NETCDF4":
            yield f"{nc.data_model}, expected NETCDF4"
        if "CF-1.10" not in getattr(nc, "Conventions", ""):
            yield "Conventions does not name CF-1.10"
        if not getattr(nc, "title", ""):
            yield "no title"
        for name, var in nc.variables.items():
            for fault in variable_faults(name, var, units):
                yield f"{name}: {fault}"
            for other in getattr(var, "coordinates", "").split():
                if other not in nc.variables:
                    yield f"{name}: no variable '{other}', which it names as coordinate"
                elif not set(nc.variables[other].dimensions) <= set(var.dimensions):
                    yield f"{name}: coordinate '{other}' has other dimensions"
        for name in nc.dimensions:
            if name not in nc.variables and not any(v.startswith(name + "_") for v in nc.variables):
                yield f"dimension {name} has no labels"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", xarray.SerializationWarning)
        with xarray.open_dataset(path) as ds:
            ds.load()
            for name, c in ds.coords.items():
                texts = c.dtype.kind == "O" and all(isinstance(s, str) for s in c.values.flat)
                if not texts and c.dtype.kind not in "Uif":
                    yield f"{name}: xarray sees {c.dtype}, expected texts or numbers"
        for w in caught:
            if issubclass(w.category, xarray.SerializationWarning):
                yield f"xarray warns: {w.message}"
    if shutil.which("ncdump"):
        done = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True, check=False)
        if done.returncode or not done.stdout.startswith("netcdf "):
            yield f"ncdump -h fails: {done.stderr.strip()}"


def main(paths):
    units = Units()
    faults = 0
    for path in paths:
        for fault in file_faults(path, units):
            print(f"{path}: {fault}")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
