#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Tests of the command line:  run.sh PROGRAM [LIST ...]   runs tests/cli/LIST.list, or all lists.
#
# A list is a text of one directive per line; # starts a comment:
#
#   test  NAME            begins a test; it runs in a fresh folder with `leie` on the PATH
#   needs COMMAND         skips the test, by name, unless the shell command succeeds
#   case  NAME            copies tests/cases/NAME into the folder
#   old   FILE            puts a result of the case tiny there
#   setup COMMAND         shell command that must succeed
#   run   COMMAND         the shell command under test; may be repeated, and what follows is about the last
#   exit  N               its exit status is N (0 when there is no such line)
#   out   TEXT            its standard output contains TEXT;     noout TEXT: it does not
#   err   TEXT            its standard error contains TEXT;      noerr TEXT: it does not
#   kept                  the old result is as it was, and nothing temporary is left in the folder
#   hurt  COMMAND         case tiny, old result.nc, setup COMMAND, run leie run tiny/study.yaml -o result.nc,
#                         exit 3 (another one may follow), kept
#   then  COMMAND         shell command that must succeed afterwards (a file exists, two are equal)
#
# Environment of every command: ROOT (top of the tree), OUT and ERR (files with what the last run wrote).
# Exit status 1 when a test failed or none ran. Last line: "N passed, N failed, N skipped".
set -u
[ $# -ge 1 ] || { sed -n '3,20s/^# \{0,1\}//p' "$0"; exit 2; }
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
shift
lists=("$@")
[ ${#lists[@]} != 0 ] || for list in "$ROOT"/tests/cli/*.list; do lists+=("$(basename "$list" .list)"); done

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$program" "$scratch/bin/leie"
unset NO_INSTALL # of the caller; tests of the installer set their own
export ROOT PATH=$scratch/bin:$PATH OUT=$scratch/out ERR=$scratch/err

passed=0 failed=0 skipped=0 name='' wrong=() reason='' status=0 want=0 pending='' old=''

# The exit status is judged when the next run or the end of the test is reached.
judge_exit() {
    if [ -n "$pending" ] && [ "$status" != "$want" ]; then
        wrong+=("exit status $status, expected $want: $pending")
    fi
    pending='' want=0
}

end_test() {
    [ -n "$name" ] || return
    judge_exit
    if [ -n "$reason" ]; then
        echo "skipped: $list: $name: $reason"
        skipped=$((skipped + 1))
    elif [ ${#wrong[@]} = 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $list: $name"
        printf '    %s\n' "${wrong[@]}"
        echo "    -- standard output, first lines --"; head -n 15 "$OUT" | sed 's/^/    /'
        echo "    -- standard error, first lines --"; head -n 15 "$ERR" | sed 's/^/    /'
        failed=$((failed + 1))
    fi
    name=''
}

begin_test() {
    end_test
    name=$1 wrong=() reason='' status=0
    : >"$OUT"
    : >"$ERR"
    rm -rf "$scratch/work"
    mkdir "$scratch/work"
}

# contains FILE TEXT WHAT yes|no
contains() {
    local found=no
    if grep -qF -- "$2" "$1"; then found=yes; fi
    [ "$found" = "$4" ] || wrong+=("$3 $([ "$4" = yes ] && echo lacks || echo has) \"$2\"")
}

# A result of the case tiny, made once.
old_result() {
    old=$1
    [ -s "$scratch/old.nc" ] || leie run "$ROOT/tests/cases/tiny/study.yaml" -q -o "$scratch/old.nc" || wrong+=("no old result")
    cp "$scratch/old.nc" "$old"
}

is_kept() {
    cmp -s "$scratch/old.nc" "$old" || wrong+=("$old is not the old result any more")
    local left
    left=$(find . -name '.*.tmp')
    [ -z "$left" ] || wrong+=("left behind: $left")
}

directive() { # word rest place
    [ -z "$reason" ] || [ "$1" = test ] || return
    case $1 in
    test) begin_test "$2" ;;
    needs) bash -c "$2" >/dev/null 2>&1 || reason="needs $2" ;;
    case) cp -R "$ROOT/tests/cases/$2" . || wrong+=("no case $2") ;;
    old) old_result "$2" ;;
    setup) bash -c "$2" >"$OUT" 2>"$ERR" || wrong+=("setup failed: $2") ;;
    run)
        judge_exit
        bash -c "$2" >"$OUT" 2>"$ERR" </dev/null
        status=$? pending=$2
        ;;
    exit) want=$2 ;;
    out) contains "$OUT" "$2" "standard output" yes ;;
    err) contains "$ERR" "$2" "standard error" yes ;;
    noout) contains "$OUT" "$2" "standard output" no ;;
    noerr) contains "$ERR" "$2" "standard error" no ;;
    kept) is_kept ;;
    hurt)
        rm -rf tiny
        directive case tiny "$3"
        directive old result.nc "$3"
        directive setup "$2" "$3"
        directive run "leie run tiny/study.yaml -o result.nc" "$3"
        directive exit 3 "$3"
        directive kept "" "$3"
        ;;
    then) bash -c "$2" >/dev/null 2>&1 || wrong+=("not so: $2") ;;
    *) echo "$3: unknown directive '$1'"; exit 2 ;;
    esac
}

for list in "${lists[@]}"; do
    file=$ROOT/tests/cli/$list.list
    [ -f "$file" ] || { echo "no list $file"; exit 2; }
    number=0
    while IFS= read -r line <&3 || [ -n "$line" ]; do
        number=$((number + 1))
        line=${line#"${line%%[![:space:]]*}"}
        case $line in '' | '#'*) continue ;; esac
        word=${line%%[[:space:]]*}
        rest=${line#"$word"}
        [ -z "$name" ] || cd "$scratch/work" || exit 2
        directive "$word" "${rest#"${rest%%[![:space:]]*}"}" "$file:$number"
    done 3<"$file"
    end_test
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
