#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# places_case.sh FILE   keys of two places, up and down, in region AA of the case tiny; made-up numbers.
set -eu
{
    echo region,variable,list,sector,year,value,unit,source
    for sector in farm mine fab serv; do
        echo "up,employment,tiny,$sector,2015,30,person,made up"
        echo "down,employment,tiny,$sector,2015,70,person,made up"
    done
    echo 'up,income,,,2015,25,MEUR,made up'
    echo 'down,income,,,2015,75,MEUR,made up'
    echo 'up,population,,,2015,40,person,made up'
    echo 'down,population,,,2015,60,person,made up'
    echo 'up,gfcf,,,2015,1,MEUR,made up'
    echo 'down,gfcf,,,2015,4,MEUR,made up'
    [ "${2:-}" = none ] || printf 'up,floor_area,,,2015,1,ha,made up\ndown,floor_area,,,2015,3,ha,made up\n'
} >"$1"
