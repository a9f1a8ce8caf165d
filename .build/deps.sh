#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The libraries that Leie needs: finds them by compiling and linking, installs on Debian what is
# missing, and writes the flags for make.
#
#   .build/deps.sh probe  FILE [test]    looks only; exits 2 when a library is missing
#   .build/deps.sh ensure FILE [test]    installs what is missing first (never with NO_INSTALL=1)
#
# With `test` the libraries and tools of the tests are looked for too. FILE receives DEP_CPPFLAGS and
# DEP_LIBS. CC, CPPFLAGS and LDFLAGS are those of the build, so libraries built by hand are found. When
# nothing is missing nothing is installed and no network is used. Optional packages come along with
# a missing required one and are never a reason to install by themselves.
set -u
mode=$1 file=$2 set=${3:-run}
CC=${CC:-gcc}

# what | packages | header | function | link | for | need | flag when absent
libraries=(
    "UMFPACK and KLU (SuiteSparse)|libsuitesparse-dev|umfpack.h klu.h|umfpack_dl_symbolic klu_l_factor|-lumfpack -lklu -lbtf -lcholmod -lamd -lsuitesparseconfig|run|must|"
    "OpenBLAS|libopenblas-dev||dgemm_|-lopenblas|run|must|"
    "netCDF|libnetcdf-dev|netcdf.h netcdf_mem.h|nc_close_memio|-lnetcdf|run|must|"
    "libyaml|libyaml-dev|yaml.h|yaml_parser_initialize|-lyaml|run|must|"
    "ISA-L|libisal-dev|isa-l/igzip_lib.h|isal_inflate_init|-lisal|run|may|-DLEIE_NO_ISAL"
    "libzip|libzip-dev|zip.h|zip_open_from_source|-lzip|run|must|"
    "expat|libexpat1-dev|expat.h|XML_ParserCreate|-lexpat|run|must|"
    "zlib|zlib1g-dev|zlib.h|inflateInit2_|-lz|run|must|"
    "nettle|nettle-dev|nettle/sha2.h|nettle_sha256_init|-lnettle|run|must|"
    "UDUNITS-2|libudunits2-dev|udunits2.h|ut_read_xml|-ludunits2|run|must|"
    "jansson|libjansson-dev|jansson.h|json_loadb|-ljansson|run|must|"
    "libxlsxwriter|libxlsxwriter-dev|xlsxwriter.h|workbook_new_opt|-lxlsxwriter|run|must|"
    "GLPK|libglpk-dev|glpk.h|glp_simplex|-lglpk|run|must|"
    "CUnit|libcunit1-dev|CUnit/Basic.h|CU_basic_run_tests|-lcunit|test|must|"
)
# what | packages | command that succeeds when it is there
tools=(
    "xarray and netCDF4 for Python|python3-xarray python3-netcdf4|/usr/bin/python3 -c \"import sys, importlib.util as u; sys.exit(not (u.find_spec('xarray') and u.find_spec('netCDF4')))\""
    "ncdump|netcdf-bin|command -v ncdump"
    "Chromium|chromium|command -v chromium"
)

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

say() { echo "leie: $*" >&2; }

# Debian keeps the headers of SuiteSparse in a folder of their own.
include_flags() {
    local folder
    for folder in /usr/local/include/suitesparse /usr/include/suitesparse; do
        [ -f "$folder/umfpack.h" ] && echo "-isystem $folder" && return
    done
}

# Files that are built into the program: D3 and d3-sankey, minified, under D3_FOLDER or where Debian has them.
d3_file() {
    local folder
    for folder in ${D3_FOLDER:-} /usr/local/share/nodejs /usr/share/nodejs; do
        [ -f "$folder/$1/dist/$1.min.js" ] && echo "$folder/$1/dist/$1.min.js" && return
        [ -f "$folder/$1.min.js" ] && echo "$folder/$1.min.js" && return
    done
    return 1
}

# links "headers" "functions" "libraries": a program that refers to the functions compiles and links.
links() {
    local header function
    {
        echo '#include <stdio.h>'
        for header in $1; do echo "#include <$header>"; done
        case " $2 " in *" dgemm_ "*) echo 'extern void dgemm_(void);' ;; esac
        echo 'typedef void (*any)(void);'
        echo 'int main(void) { volatile any at[] = {(any)puts'
        for function in $2; do echo ", (any)$function"; done
        echo '}; return at[0] == 0; }'
    } >"$scratch/probe.c"
    # shellcheck disable=SC2086,SC2046 # flags are lists
    $CC ${CPPFLAGS:-} $(include_flags) "$scratch/probe.c" ${LDFLAGS:-} $3 -lm -o "$scratch/probe" >/dev/null 2>&1
}

wanted() { [ "$1" = run ] || [ "$set" = test ]; }

# Fills missing (names), required and optional (packages), libs and flags.
look() {
    local row what packages header function link for need absent headers='' functions=''
    missing=() required=() optional=() libs='' flags=''
    for row in "${libraries[@]}"; do
        IFS='|' read -r what packages header function link for need absent <<<"$row"
        wanted "$for" || continue
        headers+=" $header" functions+=" $function" libs+=" $link"
    done
    if ! links "$headers" "$functions" "$libs"; then
        look_one_by_one
    fi
    if ! d3_file d3 >/dev/null || ! d3_file d3-sankey >/dev/null; then
        missing+=("D3 with d3-sankey") required+=(node-d3)
    fi
    [ "$set" = test ] || return 0
    for row in "${tools[@]}"; do
        IFS='|' read -r what packages function <<<"$row"
        # shellcheck disable=SC2206 # packages are a list
        eval "$function" >/dev/null 2>&1 || optional+=($packages)
    done
}

look_one_by_one() {
    local row what packages header function link for need absent
    libs=''
    if ! links '' '' ''; then
        missing+=("a C compiler ($CC)")
        case $CC in *clang*) required+=(clang libc6-dev) ;; *) required+=(gcc libc6-dev) ;; esac
    fi
    for row in "${libraries[@]}"; do
        IFS='|' read -r what packages header function link for need absent <<<"$row"
        wanted "$for" || continue
        # shellcheck disable=SC2206 # packages are a list
        if links "$header" "$function" "$link"; then
            libs+=" $link"
        elif [ "$need" = may ]; then
            optional+=($packages) flags+=" $absent"
        else
            missing+=("$what") required+=($packages)
        fi
    done
}

# Says what is missing and the one command that helps, and leaves.
give_up() {
    local IFS=,
    say "missing: ${missing[*]}"
    IFS=' '
    say "not installed: $1. On Debian 12 run, as root:"
    echo "    apt-get update && apt-get install --no-install-recommends ${required[*]} ${optional[*]}" >&2
    exit 2
}

known() {
    local package
    for package; do
        apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [^(]' || return 1
    done
}

install_missing() {
    local root=() package packages=("${required[@]}")
    [ "${NO_INSTALL:-0}" = 0 ] || give_up "NO_INSTALL=$NO_INSTALL"
    if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then give_up "this is not Debian"; fi
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || give_up "not root, and there is no sudo"
        if sudo -n true 2>/dev/null; then
            root=(sudo -n)
        elif [ -t 0 ] && [ -t 2 ]; then
            root=(sudo)
        else
            give_up "not root, and sudo asks for a password"
        fi
    fi
    apt() { # ${root[@]+...}: an empty list is no error under set -u
        ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Acquire::Retries=2 \
            -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=120 "$@" >&2
    }
    known "${required[@]}" ${optional[@]+"${optional[@]}"} || apt update || say "apt-get update failed"
    for package in ${optional[@]+"${optional[@]}"}; do
        known "$package" && packages+=("$package")
    done
    say "installing ${packages[*]}"
    apt install --no-install-recommends "${packages[@]}" && return
    apt update && apt install --no-install-recommends "${packages[@]}" && return
    give_up "apt-get failed (no network?)"
}

write_flags() {
    mkdir -p "$(dirname "$file")"
    {
        echo "DEP_CPPFLAGS := $(include_flags)$flags"
        echo "DEP_LIBS := ${libs/ -lcunit/}"
        echo "DEP_D3 := $(d3_file d3)"
        echo "DEP_D3_SANKEY := $(d3_file d3-sankey)"
    } >"$file.new"
    if cmp -s "$file.new" "$file"; then rm "$file.new"; touch "$file"; else mv "$file.new" "$file"; fi
}

look
if [ ${#missing[@]} != 0 ]; then
    [ "$mode" = ensure ] || give_up "only looked; \`make deps\` installs"
    install_missing
    look
    [ ${#missing[@]} = 0 ] || give_up "still missing after the installation"
fi
case $flags in *NO_ISAL*) say "ISA-L is not there: gzip files are read through zlib, at a third of the speed" ;; esac
write_flags
