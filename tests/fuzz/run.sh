#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Fuzzes every target in turn:  run.sh PROGRAM SECONDS [TARGET ...]
#
# The seconds are shared by the targets. Inputs found on the way stay in build/fuzz/corpus/TARGET; what crashes, leaks, takes
# more than 60 seconds or 2 GB ends the run and lies in build/fuzz/found: put it into tests/fuzz/kept/TARGET when it
# is mended. LEIE, a program leie, makes seeds of its own files.
set -u
program=$1 seconds=$2
shift 2
corpus=build/fuzz/corpus found=build/fuzz/found
mkdir -p $corpus $found
printf 'leak:libhdf5\nleak:libnetcdf\n' >build/fuzz/leaks # both lose some of their own memory when a damaged file is not opened
export LSAN_OPTIONS=suppressions=$PWD/build/fuzz/leaks:print_suppressions=0
tests/fuzz/seeds.sh $corpus "${LEIE:-}" || exit 1
if [ $# -gt 0 ]; then targets=("$@"); else mapfile -t targets < <("$program"); fi
each=$(((seconds + ${#targets[@]} - 1) / ${#targets[@]}))
status=0
for target in "${targets[@]}"; do
    log=build/fuzz/$target.log
    mkdir -p "$corpus/$target" "tests/fuzz/kept/$target"
    longest=20000
    [ "$target" != netcdf ] || longest=150000 # HDF5 files are never small
    if LEIE_FUZZ=$target OMP_NUM_THREADS=1 nice -n 19 "$program" -max_total_time=$each -timeout=60 -rss_limit_mb=2048 -max_len=$longest \
        -print_final_stats=1 -artifact_prefix="$found/$target-" -close_fd_mask=1 "$corpus/$target" "tests/fuzz/kept/$target" >"$log" 2>&1; then
        echo "fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $each s, $(find "$corpus/$target" -type f | wc -l) kept"
    else
        echo "fuzz $target: FAILED ($log)"
        grep -aE 'ERROR|fuzz:|runtime error|SUMMARY|Test unit written' "$log" | head -5
        status=1
    fi
    rmdir "tests/fuzz/kept/$target" 2>/dev/null
done
exit $status
