#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks the shape of the tree and prints one line per fault:
#   - a room includes only rooms to its left:  kernels <- solver <- io <- tests, perf
#   - the program (io/cli) reaches the library through solver/leie.h and io/leie_io.h only
#   - no two sources share a file name; includes are written from the root
#   - OpenMP stays in kernels/
#   - every source carries an SPDX line, every folder of datasets/ names its licence
#   - the README of each room lists every source in it, once, and nothing that is not there
# Run from the top of the tree; another tree may be given for the test of this script.
set -u
cd "${1:-.}" || exit 2
faults=0
fault() { echo "rooms: $*"; faults=$((faults + 1)); }

shopt -s nullglob globstar
rooms=(kernels solver io tests perf)
sources=()
for room in "${rooms[@]}"; do
    for file in "$room"/**/*.[ch]; do sources+=("$file"); done
done

# Position of a room from the left; tests and perf stand beside each other.
rank() {
    case $1 in kernels) echo 0 ;; solver) echo 1 ;; io) echo 2 ;; tests) echo 3 ;; perf) echo 4 ;; *) echo 9 ;; esac
}

check_include() { # file line header
    local from=${1%%/*} to=${3%%/*}
    if [ ! -f "$3" ]; then
        fault "$1:$2: \"$3\" is not a path from the root of the tree"
    elif [ "$from" = perf ] && [ "$to" = tests ]; then
        fault "$1:$2: perf does not include tests"
    elif [ "$(rank "$to")" -gt "$(rank "$from")" ]; then
        fault "$1:$2: $from does not include $to (\"$3\")"
    elif [[ $1 == io/cli/* && $3 != io/cli/* && $3 != solver/leie.h && $3 != io/leie_io.h ]]; then
        fault "$1:$2: the program includes solver/leie.h and io/leie_io.h only, not \"$3\""
    fi
}

while IFS=: read -r file line text; do
    header=${text#*\"}
    check_include "$file" "$line" "${header%%\"*}"
done < <(grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "${sources[@]}" /dev/null)

while IFS=: read -r file line _; do
    [[ $file == kernels/* ]] || fault "$file:$line: OpenMP belongs in kernels/ (use kernels/parallel.h)"
done < <(grep -nHE '^[[:space:]]*#[[:space:]]*(pragma[[:space:]]+omp|include[[:space:]]*<omp\.h>)' "${sources[@]}" /dev/null)

while read -r name; do
    twins=()
    for file in "${sources[@]}"; do [ "${file##*/}" = "$name" ] && twins+=("$file"); done
    fault "one file name, several files: ${twins[*]}"
done < <(printf '%s\n' "${sources[@]##*/}" | sort | uniq -d)

scripts=(Makefile .ci/* .build/* tests/**/*.sh tests/**/*.py perf/**/*.sh perf/**/*.py datasets/**/*.py)
for file in "${sources[@]}" "${scripts[@]}"; do
    [ -f "$file" ] || continue
    head -n 60 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || fault "$file: no SPDX line"
done

for folder in datasets/*/; do
    grep -qis 'licence' "$folder/README.md" || fault "$folder: no README.md that names the licence"
done

# A README lists a file in the first cell of a table row:  | `csr.c` `csr.h` | compressed sparse rows |
listed() { awk -F '|' '/^\|/ { n = split($2, word, "`"); for (i = 2; i <= n; i += 2) print word[i] }' "$1"; }

for room in "${rooms[@]}"; do
    [ -d "$room" ] || continue
    readme=$room/README.md
    [ -f "$readme" ] || { fault "$readme is missing"; continue; }
    names=$(listed "$readme")
    for file in "$room"/**/*.[ch] "$room"/**/*.sh "$room"/**/*.py; do
        count=$(grep -cxF "${file#"$room"/}" <<<"$names")
        [ "$count" = 1 ] || fault "$readme lists ${file#"$room"/} $count times, not once"
    done
    while read -r name; do
        [ -z "$name" ] || [ -e "$room/$name" ] || fault "$readme lists $name, which is not there"
    done <<<"$names"
done

[ "$faults" = 0 ] && echo "rooms: ${#sources[@]} sources, no fault"
[ "$faults" = 0 ]
