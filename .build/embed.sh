#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the layouts of datasets/formats as C texts:  .build/embed.sh FILE.yaml ... >formats.c
set -u
echo '#include "io/read/formats.h"'
echo '#include <stddef.h>'
echo 'const char *const leie_formats_name[] = {'
for file; do name=${file##*/}; echo "    \"${name%.yaml}\","; done
echo '    NULL};'
echo 'const char *const leie_formats_text[] = {'
for file; do
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo '    ,'
done
echo '    NULL};'
