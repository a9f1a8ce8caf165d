// SPDX-License-Identifier: GPL-3.0-or-later
/* What fuzzing has found so far, and what it begins with: every file of tests/fuzz/kept/TARGET goes through its target. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_MOST = 1 << 22 };

static bool run_file(fuzz_target target, const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = leie_new(FILE_MOST, 1);
    size_t size = file && data ? fread(data, 1, FILE_MOST, file) : 0;
    if (file)
        fclose(file);
    // a block of its own size, so that the sanitizers see one byte too many
    uint8_t *exact = malloc(size ? size : 1);
    if (data && exact) {
        memcpy(exact, data, size);
        target(exact, size);
    }
    free(exact);
    leie_free(data);
    return file != NULL;
}

static void test_kept(void)
{
    leie_size targets = 0, files = 0;
    for (int i = 0; fuzz_name(i); i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/../fuzz/kept/%s", check_cases(), fuzz_name(i));
        DIR *folder = opendir(path);
        size_t length = strlen(path);
        targets++;
        for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path + length, sizeof path - length, "/%s", entry->d_name);
            files += check_true(run_file(fuzz_find(fuzz_name(i)), path));
        }
        if (folder)
            closedir(folder);
    }
    check_true(targets >= 13 && files > 0);
}

CHECK_SUITE(fuzz, {"what was found", test_kept, NULL})
