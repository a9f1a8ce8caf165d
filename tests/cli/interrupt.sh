#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# interrupt.sh SIGNAL WORD DELAY COMMAND...   starts the command, waits until its log (standard error) holds WORD and
# DELAY seconds more, and sends the signal. Exit status: that of the command, 128 + n when a signal ended it.
set -um # job control: what is started here does not ignore SIGINT
signal=$1 word=$2 delay=$3
shift 3
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >/dev/null 2>"$log" &
started=$!
for ((i = 0; i < 2000; i++)); do
    grep -qF -- "$word" "$log" && break
    kill -0 $started 2>/dev/null || break
    sleep 0.005
done
sleep "$delay"
kill -s "$signal" $started 2>/dev/null
wait $started
