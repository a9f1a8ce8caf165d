// SPDX-License-Identifier: GPL-3.0-or-later
/* libFuzzer's entry: LEIE_FUZZ names the target. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static fuzz_target target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("LEIE_FUZZ");
    (void)argc;
    (void)argv;
    target = fuzz_find(name ? name : "");
    if (target)
        return 0;
    for (int i = 0; fuzz_name(i); i++)
        printf("%s\n", fuzz_name(i));
    exit(name && name[0] ? 2 : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    target(data, size);
    return 0;
}
