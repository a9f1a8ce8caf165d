#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# interrupt.sh SIGNAL WORD DELAY COMMAND...   starts the command, waits until its log (standard error) holds WORD and
# DELAY seconds more, and sends the signal. Exit status: that of the command, 128 + n when a signal ended it.
set -u
signal=$1 word=$2 delay=$3
shift 3
log=$(mktemp -u)
mkfifo "$log"
trap 'rm -f "$log"' EXIT
env --default-signal "$@" >/dev/null 2>"$log" & # a shell in the background hands on that SIGINT is ignored
started=$!
exec 3<"$log"
# read, not looked for again and again: on a busy machine the command must not run ahead
while IFS= read -r line <&3; do
    case $line in *"$word"*) break ;; esac
done
[ "$delay" = 0 ] || sleep "$delay"
kill -s "$signal" $started 2>/dev/null
cat <&3 >/dev/null & # nobody is kept from writing
wait $started
