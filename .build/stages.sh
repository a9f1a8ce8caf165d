#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs commands one after the other and adds up their closing lines "N passed, N failed, N skipped".
#
#   .build/stages.sh NAME COMMAND [NAME COMMAND ...]
#
# A stage that fails does not keep the others from running. Ends with the sum and exits 1 when a stage
# failed or a test did. A stage without a closing line (lint, rooms) counts by its exit status alone.
set -u
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0 broken=() lines=()

while [ $# -ge 2 ]; do
    name=$1 command=$2
    shift 2
    printf '\n== %s: %s\n' "$name" "$command"
    start=$SECONDS
    bash -c "$command" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    counts=$(grep -aE '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
    if [ -n "$counts" ]; then
        read -r p _ f _ s _ <<<"$counts"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    fi
    [ "$status" = 0 ] || broken+=("$name")
    verdict=$([ "$status" = 0 ] && echo ok || echo "FAILED ($status)")
    lines+=("$(printf '%-10s %-12s %4d s  %s' "$name" "$verdict" $((SECONDS - start)) "$counts")")
done

printf '\n'
printf '%s\n' "${lines[@]}"
if [ ${#broken[@]} != 0 ] && [ "$failed" = 0 ]; then failed=${#broken[@]}; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ ${#broken[@]} = 0 ] && [ "$failed" = 0 ]
