// SPDX-License-Identifier: GPL-3.0-or-later
/* Steps in a child process: what it says comes back, and what it takes ends. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "io/result/trial.h"
#include "tests/check.h"

enum { ROOM = 64 << 20, SECONDS = 1 };

static leie_status well(void *ctx, leie_error *err)
{
    (void)err;
    *(int *)ctx = 1; // in the child's memory alone
    return LEIE_OK;
}

static leie_status refuses(void *ctx, leie_error *err)
{
    (void)ctx;
    return leie_fail(err, LEIE_ERR_UNIT, "a unit is odd");
}

static leie_status spins(void *ctx, leie_error *err)
{
    volatile double *x = ctx;
    while (*x >= 0)
        *x += 1;
    return leie_fail(err, LEIE_ERR_INTERNAL, "the end of all numbers");
}

static leie_status aborts(void *ctx, leie_error *err)
{
    (void)ctx;
    (void)err;
    abort();
}

static leie_status fills(void *ctx, leie_error *err)
{
    size_t bytes = *(size_t *)ctx;
    char *at = malloc(bytes);
    if (!at)
        return leie_fail(err, LEIE_ERR_NOMEM, "no room");
    memset(at, 1, bytes);
    leie_status st = at[bytes / 2] == 1 ? LEIE_OK : leie_fail(err, LEIE_ERR_INTERNAL, "no memory");
    free(at);
    return st;
}

static void test_comes_back(void)
{
    leie_error err = {0};
    int here = 0;
    check_ok(leie_trial("f", well, &here, ROOM, SECONDS, &err), &err);
    check_size(here, 0);
    check_status(leie_trial("f", refuses, NULL, ROOM, SECONDS, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "a unit is odd");
}

static void test_does_not(void)
{
    leie_error crashed = {0}, spun = {0};
    double x = 0;
    check_status(leie_trial("f.nc", aborts, NULL, ROOM, SECONDS, &crashed), LEIE_ERR_DATA, &crashed);
    check_has(crashed.text, "f.nc: damaged");
    check_status(leie_trial("g.nc", spins, &x, ROOM, SECONDS, &spun), LEIE_ERR_DATA, &spun);
    check_has(spun.text, "g.nc: damaged");
}

// A sanitizer ends the child instead of giving it no memory.
static void test_room(void)
{
    size_t little = ROOM / 2, much = (size_t)4 * ROOM;
    leie_error err = {0}, none = {0};
    struct rlimit before, after;
    getrlimit(RLIMIT_DATA, &before);
    check_ok(leie_trial("f", fills, &little, ROOM, SECONDS, &none), &none);
    check_true(leie_trial("f", fills, &much, ROOM, SECONDS, &err) != LEIE_OK);
    check_true(err.code == LEIE_ERR_NOMEM || err.code == LEIE_ERR_DATA);
    getrlimit(RLIMIT_DATA, &after);
    check_true(before.rlim_cur == after.rlim_cur);
}

CHECK_SUITE(trial, {"what comes back", test_comes_back, NULL}, {"what does not", test_does_not, NULL}, {"room", test_room, NULL})
