// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700
#include "tests/check.h"

#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool check_true_at(bool condition, const char *what, const char *file, int line)
{
    return CU_assertImplementation(condition, (unsigned)line, what, file, "", CU_FALSE);
}

bool check_near_at(double got, double expected, double relative, double absolute, const char *what, const char *file, int line)
{
    bool both_nan = isnan(got) && isnan(expected);
    double allowed = relative * fmax(fabs(expected), 1e-300) + absolute;
    bool good = both_nan || fabs(got - expected) <= allowed;
    char text[512];
    snprintf(text, sizeof text, "%s = %.17g, expected %.17g (off by %.3g, allowed %.3g)", what, got, expected,
             fabs(got - expected), allowed);
    return CU_assertImplementation(good, (unsigned)line, text, file, "", CU_FALSE);
}

bool check_size_at(leie_size got, leie_size expected, const char *what, const char *file, int line)
{
    char text[512];
    snprintf(text, sizeof text, "%s = %lld, expected %lld", what, (long long)got, (long long)expected);
    return CU_assertImplementation(got == expected, (unsigned)line, text, file, "", CU_FALSE);
}

bool check_text_at(const char *got, const char *expected, const char *what, const char *file, int line)
{
    char text[2048];
    snprintf(text, sizeof text, "%s = \"%s\", expected \"%s\"", what, got ? got : "(null)", expected);
    return CU_assertImplementation(got && strcmp(got, expected) == 0, (unsigned)line, text, file, "", CU_FALSE);
}

bool check_has_at(const char *got, const char *piece, const char *what, const char *file, int line)
{
    char text[2048];
    snprintf(text, sizeof text, "%s = \"%s\", expected to contain \"%s\"", what, got ? got : "(null)", piece);
    return CU_assertImplementation(got && strstr(got, piece), (unsigned)line, text, file, "", CU_FALSE);
}

bool check_status_at(leie_status got, leie_status expected, const leie_error *err, const char *what, const char *file, int line)
{
    char text[2048];
    snprintf(text, sizeof text, "%s = %d, expected %d; %s", what, (int)got, (int)expected,
             err && err->code ? err->text : "no message");
    return CU_assertImplementation(got == expected, (unsigned)line, text, file, "", CU_FALSE);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// The absolute path, since paths of a study are relative to its file and not to the working folder.
const char *check_data(void)
{
    static char path[PATH_MAX];
    if (path[0])
        return path;
    const char *env = getenv("LEIE_DATA");
    const char *given = env && env[0] ? env : "../shared/data";
    return is_folder(given) && realpath(given, path) ? path : NULL;
}

const char *check_needs_data(void)
{
    return check_data() ? NULL : "no shared data (LEIE_DATA)";
}

const char *check_program(void)
{
    static char path[1024];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    strcpy(strrchr(path, '/') + 1, "leie");
    return access(path, X_OK) ? NULL : path;
}

const char *check_needs_program(void)
{
    return check_program() ? NULL : "the program is not built (make)";
}

const char *check_cases(void)
{
    return "tests/cases";
}

static char scratch[256];
static int folders;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_scratch(void)
{
    nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *check_folder(void)
{
    static char path[512];
    if (!scratch[0]) {
        const char *base = getenv("TMPDIR");
        snprintf(scratch, sizeof scratch, "%s/leie-test-XXXXXX", base && base[0] ? base : "/tmp");
        if (!mkdtemp(scratch)) {
            perror(scratch);
            exit(2);
        }
        atexit(remove_scratch);
    }
    snprintf(path, sizeof path, "%s/%d", scratch, folders++);
    if (mkdir(path, 0777)) {
        perror(path);
        exit(2);
    }
    return path;
}

leie_size check_bytes_read(void)
{
    char line[128];
    long long bytes = -1;
    FILE *f = fopen("/proc/self/io", "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "rchar: %lld", &bytes);
    if (f)
        fclose(f);
    return (leie_size)bytes;
}

int check_effort(void)
{
    const char *env = getenv("LEIE_TEST_EFFORT");
    int effort = env ? atoi(env) : 1;
    return effort > 0 ? effort : 1;
}

double check_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15u; // splitmix64
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}
