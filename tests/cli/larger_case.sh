#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# larger_case.sh FOLDER [LAST]   makes a study of the years 2001 to LAST (2006), 10 regions, 200 sectors and 50
# stressors, made-up numbers: six years take part of a second to compute and to write.
set -eu
last=${2:-2006}
mkdir -p "$1/2001"
awk -v folder="$1/2001/" 'function noise() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN {
    seed = 2385
    Z = folder "Z.csv"; Y = folder "Y.csv"; F = folder "F_m.csv"
    print "region,sector,to_region,to_sector,value" >Z
    print "region,sector,to_region,category,value" >Y
    print "stressor,region,sector,value,unit" >F
    for (i = 0; i < 200; i++) {
        from = "R" int(i / 20) ",s" i % 20
        for (j = 0; j < 12; j++) {
            to = (i * 7 + j * 17) % 200
            printf "%s,R%d,s%d,%.6f\n", from, to / 20, to % 20, noise() >Z
        }
        for (r = 0; r < 10; r++)
            printf "%s,R%d,household,%.6f\n", from, r, 1 + noise() >Y
        for (s = 0; s < 50; s++)
            printf "m%d,%s,%.6f,t\n", s, from, noise() >F
    }
    print "unit: MEUR" >(folder "table.yaml")
}'
for ((year = 2002; year <= last; year++)); do ln -s 2001 "$1/$year"; done
cat >"$1/study.yaml" <<STUDY
leie: 1
tables: [{years: 2001-$last, path: "{year}"}]
accounts: {by: [product, sector, origin, origin_sector, supplier, trade, multiplier]}
STUDY
