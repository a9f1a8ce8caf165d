#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Warnings and analysis of the sources given as arguments: clang with (nearly) everything on, clang's
# static analyser, shellcheck for the scripts. Tools that are not there are left out by name; without
# clang there is nothing to do and the exit status is 2.
set -u
command -v clang >/dev/null || { echo "lint: clang is not there (apt-get install clang)" >&2; exit 2; }

# Left out: what contradicts our style (declarations among statements, padding, covered switches with a
# last return), is noise for numerical code (comparing doubles with zero on purpose), or is decided better
# by the analyser below (what is set when a status is good).
flags=(-std=c17 -I. -D_POSIX_C_SOURCE=200809L -isystem /usr/include/suitesparse -Weverything -Werror
    -Wno-declaration-after-statement -Wno-padded -Wno-float-equal -Wno-switch-enum -Wno-covered-switch-default
    -Wno-disabled-macro-expansion -Wno-double-promotion -Wno-unknown-pragmas -Wno-source-uses-openmp
    -Wno-reserved-identifier -Wno-reserved-macro-identifier -Wno-documentation -Wno-vla -Wno-format-nonliteral
    -Wno-unsafe-buffer-usage -Wno-conditional-uninitialized -Wno-bad-function-cast -Wno-cast-align
    -Wno-tautological-unsigned-enum-zero-compare -Wno-missing-noreturn -Wno-unknown-warning-option)

# What the Makefile passes to single files.
defines=(-DLEIE_D3='"/dev/null"' -DLEIE_D3_SANKEY='"/dev/null"')

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
status=0
check() { # name, command ...: files by xargs, two at a time
    local name=$1
    shift
    if printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 4 "$@" >"$scratch/log" 2>&1; then
        echo "lint: $name: nothing"
    else
        cat "$scratch/log"
        echo "lint: $name: see above"
        status=1
    fi
}
sources=("$@")
check "clang -Weverything" clang "${flags[@]}" "${defines[@]}" -fsyntax-only
check "clang --analyze" clang --analyze "${defines[@]}" -Xanalyzer -analyzer-output=text -Werror -I. -D_POSIX_C_SOURCE=200809L \
    -isystem /usr/include/suitesparse -std=c17 -Wno-unknown-pragmas

shopt -s globstar nullglob
if command -v shellcheck >/dev/null; then
    sources=(.build/*.sh .ci/run tests/**/*.sh perf/**/*.sh)
    check shellcheck shellcheck
else
    echo "lint: shellcheck is not there: scripts left out"
fi
exit $status
