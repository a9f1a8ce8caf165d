#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures:  run.sh PROGRAM [QUESTION ...]   all questions of PROGRAM, then the peers on the same tables; the
# question "peers" asks for them alone.
#
# BENCH_LARGE=1 adds n = 9,800; PEERS=0 leaves the peers out. build/bench.tsv keeps every line with commit,
# compiler, flags and processor.
set -u
program=$1
shift
# Threads stay where they are, and OpenBLAS chooses its kernels itself.
export OMP_PROC_BIND=true BENCH_TABLE=build/bench.tsv
unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS OMP_NUM_THREADS MKL_NUM_THREADS
asked=()
peers=$([ $# = 0 ] && echo 1 || echo 0)
for question in "$@"; do [ "$question" = peers ] && peers=1 || asked+=("$question"); done
status=0
if [ $# = 0 ] || [ ${#asked[@]} != 0 ]; then
    "$program" "${asked[@]}"
    status=$?
fi
[ "$peers" = 1 ] && [ "${PEERS:-1}" != 0 ] || exit $status

# The peers live in a virtual environment; without network they are skipped.
venv=build/peers
if [ ! -x $venv/bin/python3 ] || ! $venv/bin/python3 -c 'import numpy, scipy' 2>/dev/null; then
    if ! { python3 -m venv $venv && $venv/bin/pip install --quiet numpy scipy pandas pyarrow pymrio threadpoolctl; } >build/peers.log 2>&1; then
        echo "peers      skipped: no virtual environment with numpy and pymrio (build/peers.log says why)"
        exit $status
    fi
fi
tables=("41 35" "49 80" "49 80 0.5")
[ "${BENCH_LARGE:-0}" = 1 ] && tables+=("49 200")
folders=()
for table in "${tables[@]}"; do
    folder=build/peers/table-${table// /x}
    # shellcheck disable=SC2086 # two or three numbers
    [ -f "$folder/table.json" ] || "$program" --export "$folder" $table || exit 1
    # shellcheck disable=SC2086
    "$program" --answers "$folder" $table || exit 1
    folders+=("$folder")
done
if [ -n "${LEIE_DATA:-}" ]; then
    [ -f build/peers/wiod-2011/table.json ] || "$program" --export build/peers/wiod-2011 tests/studies/wiod-2011.yaml || exit 1
    "$program" --answers build/peers/wiod-2011 tests/studies/wiod-2011.yaml || exit 1
    folders+=(build/peers/wiod-2011)
fi
env -u OMP_PROC_BIND $venv/bin/python3 perf/peers/peers.py "${folders[@]}" || status=1
wide=build/bench-wide/49x40
[ "${BENCH_LARGE:-0}" = 1 ] && wide=build/bench-wide/49x200
if [ -f $wide.zip ]; then
    env -u OMP_PROC_BIND $venv/bin/python3 perf/peers/tables.py "$(dirname "$program")/leie" $wide $wide.zip || status=1
fi
exit $status
