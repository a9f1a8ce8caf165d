// SPDX-License-Identifier: GPL-3.0-or-later
/* The test program:  run [-l] [suite ...]  runs the suites whose names begin so, or all. It ends with
 * "N passed, N failed, N skipped" and exits 1 when an assertion, a set-up or a registration failed or
 * no test ran. */
#include <CUnit/Automated.h>
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

enum { SUITES_MAX = 256 };

static struct {
    const char *name;
    const check_test *tests;
    size_t count;
} suites[SUITES_MAX];
static size_t suite_count;

void check_register(const char *suite, const check_test *tests, size_t count)
{
    if (suite_count == SUITES_MAX) {
        fprintf(stderr, "more than %d suites\n", SUITES_MAX);
        exit(2);
    }
    suites[suite_count].name = suite;
    suites[suite_count].tests = tests;
    suites[suite_count++].count = count;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool wanted(const char *suite, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(suite, argv[i], strlen(argv[i])) == 0)
            return true;
    return argc <= 1;
}

int main(int argc, char **argv)
{
    qsort(suites, suite_count, sizeof suites[0], by_name);
    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        for (size_t s = 0; s < suite_count; s++)
            for (size_t i = 0; i < suites[s].count; i++)
                printf("%s %s\n", suites[s].name, suites[s].tests[i].name);
        return 0;
    }
    if (CU_initialize_registry() != CUE_SUCCESS) {
        fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
        return 1;
    }
    unsigned skipped = 0;
    bool broken = false;
    for (size_t s = 0; s < suite_count; s++) {
        if (!wanted(suites[s].name, argc, argv))
            continue;
        CU_pSuite suite = CU_add_suite(suites[s].name, NULL, NULL);
        broken |= !suite;
        for (size_t i = 0; suite && i < suites[s].count; i++) {
            const check_test *test = &suites[s].tests[i];
            CU_pTest added = CU_add_test(suite, test->name, test->run);
            broken |= !added;
            const char *why = test->skip ? test->skip() : NULL;
            if (added && why) {
                CU_set_test_active(added, CU_FALSE);
                printf("skipped: %s %s: %s\n", suites[s].name, test->name, why);
                skipped++;
            }
        }
    }
    CU_set_fail_on_inactive(CU_FALSE);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned ran = CU_get_number_of_tests_run(), failed = CU_get_number_of_tests_failed();
    broken |= CU_get_number_of_suites_failed() > 0 || CU_get_error() != CUE_SUCCESS || ran == 0;
    CU_cleanup_registry();
    printf("%u passed, %u failed, %u skipped\n", ran - failed, failed, skipped);
    return failed || broken ? 1 : 0;
}
