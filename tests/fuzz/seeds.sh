#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Seeds of the fuzz targets, from the small cases of the tests:  seeds.sh FOLDER [LEIE]   makes FOLDER/TARGET/*. LEIE, the program, makes
# the seeds that are written by it.
set -eu
out=$1 leie=${2:-}
cd "$(dirname "$0")/../.."
put() { mkdir -p "$out/$1"; cat >"$out/$1/$2"; }
# bundle FILE...: several files in one text
bundle() {
    local file
    for file; do
        [ -f "$file" ] || continue
        printf '#### %s\n' "${file##*/}"
        cat "$file"
    done
}

i=0
for number in 0 -0 1.5 2.385e-7 1e308 1e-320 9007199254740993 0.1234567890123456789 123456789012345678901234567890 " 7 " nan 1,5 .5e+3; do
    printf '%s' "$number" | put number "$i"
    i=$((i + 1))
done
printf '\x08\x051\t0\t2.5e-3\t\t0.0' | put numbers tabs
printf '\x01\x031,22,-333.25' | put numbers commas
printf '\x0e\x021,5;2' | put numbers decimal_comma
printf '\x14\x02\x03region\t\tA\tB\tC\nA\tx\t1\t0\t2.5\nB\ty\t\t7\t1e-9\n' | put scan tabs
printf '\x29\x01\x02"a ""q""",1,2\n\r\nb,3,4\r\n' | put scan commas
printf 'a,b\n1,2\n"x, ""y""",3\n' | put csv plain
printf 'a,b\n1,2\n' | gzip -n | put csv gzip
printf 'a: 1\nb: [1, {c: "d"}]\ne: |\n  text\n' | put yaml small
for study in tests/cases/*/study.yaml tests/cases/*/*.yaml tests/studies/*.yaml datasets/flanders-2011/study.yaml; do
    name=$(echo "$study" | tr / _)
    put study "$name" <"$study"
    put yaml "$name" <"$study"
done
printf '\x00freq,unit,geo\\TIME_PERIOD\t2019 \t2020 \nA,T,BE\t1.5 b\t: \nA,T,NL\t2\t3 e\n' | put eurostat tsv
printf '\x01{"class":"dataset","version":"2.0","id":["geo","time"],"size":[2,1],"dimension":{"geo":{"category":{"index":{"BE":0,"NL":1}}},"time":{"category":{"index":{"2020":0}}}},"value":{"0":1.5,"1":2},"status":{"1":"e"}}' | put eurostat json
printf '\x02DATAFLOW,LAST UPDATE,freq,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\nX,now,A,BE,2020,1.5,\nX,now,A,NL,2020,2,e\n' | put eurostat sdmx

printf 'freq,unit,stk_flow,prd_use,prd_ava,geo\\TIME_PERIOD\t2011 \nA,MIO_EUR,DOM,CPA_A01,CPA_A01,BE\t1.5 \nA,MIO_EUR,DOM,P3_S14,CPA_A01,BE\t7 b\nA,MIO_EUR,IMP,CPA_A01,CPA_A01,BE\t2 \nA,MIO_EUR,TOTAL,CPA_A01,P1,BE\t9 \n' | put symmetric tsv

# a study beside its tables, in one folder
study() { printf '#### study.yaml\nleie: 1\nstudy: fuzz\n%s\n' "$1"; }
{ study 'tables:
  - {year: 2015, format: csv, path: .}
accounts: {by: [category]}'; bundle tests/cases/tiny/2015/*; } | put tables csv
{ study 'tables:
  - {year: 2015, format: csv, path: .}
aggregate: {regions: regions_map.csv, sectors: sectors_map.csv}
extensions:
  - {name: pressures, characterise: {groups: groups.csv, factors: factors.csv}}
population: population.csv'; bundle tests/cases/tiny/2015/* tests/cases/tiny/population.csv
printf '#### regions_map.csv\nfrom,to\nA,W\nB,W\n#### sectors_map.csv\nfrom,to,weight\na,s,1\n'
printf '#### groups.csv\ngroup,name,unit,kind\nG,group,t,material\n#### factors.csv\nstressor,group,value,unit\nmaterial,G,1,t/t\n'; } | put tables aggregated
{ study 'tables:
  - year: 2011
    format: triplets
    path: .
    labels: labels.csv
    Z: Z.csv
    Y: Y.csv
    unit: MUSD
    demand: {hh: household, gfcf: gfcf}'
printf '#### labels.csv\nregion,sector\nA,a\nA,b\n#### Z.csv\nrow,col,value\n0,0,1.5\n1,0,2\n#### Y.csv\nrow,col,value\n0,0,3\n1,1,4\n'; } | put tables triplets
{ study 'tables:
  - year: 2015
    format: matrix
    Z: Z.csv
    region: A
    unit: MEUR
    demand: {hh: household}
    inputs: [VA]'
printf '#### Z.csv\n,,a,b,hh\n,,A name,B name,households\na,first,1,2,3\nb,second,,4,5.5\nVA,value added,6,7,\n'; } | put tables matrix
{ study 'tables:
  - {year: 2021, format: figaro, path: .}'
printf '#### matrix_eu-ic-io_ind-by-ind_24ed_2021.csv\nrowLabels,BE_A01,DE_A01,BE_P3_S14\nBE_A01,1,2,3\nDE_A01,4,0,6\nW2_D1,1,1,0\n'; } | put tables figaro
{ study 'tables:
  - {year: 2021, format: figaro, path: ., regions: [BE], rest: ROW}'
printf '#### flatfile_eu-ic-io_ind-by-ind_24ed_2021.csv\na,b,c,d,e,f,obsValue\n.,.,BE,A01,DE,A01,1\n.,.,DE,A01,BE,A01,2\n.,.,BE,A01,BE,P3_S14,3\n'; } | put tables figaro_flat
{ printf '#### layout.yaml\nleie_layout: 1\nname: x\nunit: MEUR\ndemand: {FD: household}\nlists:\n  T: {values: [a, b]}\nparts:\n  - name: Z\n    files: ["Z.csv"]\n    row_list: T\n    col_list: T\n    rows: [{to: sector, match: ["{code}"], region: R}]\n    cols: [{to: sector, match: ["{code}"], region: R}]\n'
printf '  - name: Y\n    files: ["Y.csv"]\n    header: 1\n    index: 1\n    rows: [{to: sector, match: ["{code}"], region: R}]\n    cols: [{to: demand, match: ["{code}"], region: R}]\n#### Z.csv\n1,2\n3,4\n#### Y.csv\n,FD\na,5\nb,6\n'; } | put layout small
if command -v python3 >/dev/null; then
    mkdir -p "$out/zip" "$out/workbook" "$out/database"
    python3 - "$out" <<'PYTHON'
import sys, zipfile
def pack(path, packed, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as z:
        for name, text in parts: z.writestr(zipfile.ZipInfo(name), text)
book = [("xl/workbook.xml", '<workbook><sheets><sheet name="S" id="r"/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="r" Type="x/worksheet" Target="s.xml"/>'
         '<Relationship Id="t" Type="x/sharedStrings" Target="t.xml"/></Relationships>'),
        ("xl/s.xml", '<w><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1"><v>2.5</v></c></row></sheetData></w>'),
        ("xl/t.xml", "<sst><si><r><t>rich</t></r></si></sst>")]
head = "region\t\tBE\nsector\t\tfood\nregion\tsector\t\n"
exio = [("d/file_parameters.json", "{}"), ("d/A.txt", head + "BE\tfood\t0.1\n"), ("d/unit.txt", "a\tb\tc\nBE\tfood\tM.EUR\n"),
        ("d/Y.txt", "region\t\tBE\ncategory\t\tExport\nregion\tsector\t\nBE\tfood\t5\n"),
        ("d/satellite/F.txt", "region\tBE\nsector\tfood\nstressor\t\nCO2\t1\n"), ("d/satellite/unit.txt", "a\tb\nCO2\tkg\n")]
for packed in (0, 1):
    pack("%s/workbook/%d" % (sys.argv[1], packed), packed, book)
    pack("%s/zip/%d" % (sys.argv[1], packed), packed, exio)
    pack("%s/database/%d" % (sys.argv[1], packed), packed, exio)
PYTHON
fi
bundle tests/cases/national/* | put tables national
bundle tests/cases/ewmfa/* | put tables ewmfa
bundle tests/cases/sut_un2018/*.csv tests/cases/sut_un2018/*.yaml | put sut un2018
bundle tests/cases/stan/* | put flow_system stan
bundle tests/cases/copper/* | put flow_system copper
bundle tests/cases/houses/* | put stock houses
{ printf '#### prior.csv\nrow,col,value\na,x,1\na,y,2\nb,x,-3\nb,y,4\n#### rows.csv\nlabel,value,sd\na,4,0\nb,2,1\n#### cols.csv\nlabel,value\nx,-1\ny,7\n'
printf '#### blocks.csv\nblock,row,col,value\nk,a,*,3.5\n#### fixed.csv\nrow,col\nb,y\n#### bounds.csv\nrow,col,lower,upper\n*,x,,9\n#### sd.csv\nrow,col,sd,relative\n*,*,,0.1\n'; } | put balance long
printf '#### prior.csv\ntable,row,col,value\nuse,a,i,1\nsupply,a,i,2\nimports,a,i,1\n#### rows.csv\ntable,label,value\nuse,i,2\nsupply,i,2\nimports,,1\n' | put balance sut
if [ -n "$leie" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    "$leie" run tests/cases/tiny/study.yaml -q -o "$scratch/result.nc" >/dev/null
    "$leie" import csv tests/cases/tiny/2015 -q -o "$scratch/table.nc" >/dev/null
    for file in result table; do
        put netcdf sealed_$file <"$scratch/$file.nc"
        # without its seal: what other programs write
        head -c -48 "$scratch/$file.nc" | put netcdf open_$file
    done
    command -v ncdump >/dev/null && command -v python3 >/dev/null || exit 0
    mkdir -p "$out/table_file"
    for layout in dense csr block single; do
        "$leie" import csv tests/cases/tiny/2015 -q --force --layout $layout -o "$scratch/table.nc" >/dev/null
        ncdump "$scratch/table.nc" | python3 tests/fuzz/table_text.py >"$out/table_file/$layout"
    done
fi
