#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Share of lines run, per source:  cover.sh OBJECT_FOLDER SOURCE ...   (after tests with BUILD=cov)
set -u
folder=$1
shift
for source; do
    gcov -n -o "$folder/$(dirname "$source")" "$source" 2>/dev/null |
        awk -v want="$source" '/^File/ { here = index($0, "\047" want "\047") > 0 }
            here && /^Lines executed/ { sub(/^Lines executed:/, ""); sub(/% of /, " "); print $1, $2, want; here = 0 }'
done | sort -n | awk '{ printf "%6.1f %%  %5d lines  %s\n", $1, $2, $3; lines += $2; run += $1 * $2 / 100 }
    END { if (lines) printf "%6.1f %%  %5d lines  all\n", 100 * run / lines, lines }'
