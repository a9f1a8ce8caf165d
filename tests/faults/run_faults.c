// SPDX-License-Identifier: GPL-3.0-or-later
/* run_faults [scenario ...]: runs the scenarios whose names begin so, or all. Ends with
 * "N passed, N failed, N skipped"; one scenario is one test.
 *
 * Scenarios with many allocations are sampled: about LEIE_FAULT_RUNS runs in each mode (default 500, 0 for
 * every allocation). */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/parallel.h"
#include "tests/faults/faults.h"

enum { SCENARIOS_MAX = 256, COMPLAINTS_MAX = 5 };

static struct {
    const char *name;
    fault_scenario run;
    bool recovers;
} scenarios[SCENARIOS_MAX];
static int scenario_count;

static char where[256]; // what runs now, for the crash message
static size_t where_length;

static char folder[64]; // the scratch folder

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        perror(folder);
}

void fault_path(char *to, size_t size, const char *name)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/leie-faults-XXXXXX");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(2);
        }
        atexit(remove_folder);
    }
    snprintf(to, size, "%s/%s", folder, name);
}

void fault_register(const char *name, fault_scenario run, bool recovers)
{
    if (scenario_count == SCENARIOS_MAX) {
        fprintf(stderr, "more than %d scenarios\n", SCENARIOS_MAX);
        exit(2);
    }
    scenarios[scenario_count].name = name;
    scenarios[scenario_count].recovers = recovers;
    scenarios[scenario_count++].run = run;
}

static void crashed(int number)
{
    ssize_t written = write(STDERR_FILENO, where, where_length);
    (void)written;
    signal(number, SIG_DFL);
    raise(number);
}

static long runs_wanted(void)
{
    const char *env = getenv("LEIE_FAULT_RUNS");
    long runs = env ? atol(env) : 500;
    return runs > 0 ? runs : 1L << 30;
}

/* One run with a failure at allocation n. False when something is wrong, which is printed. */
static bool strike(int s, fault_mode mode, long n, long alive, bool *struck)
{
    leie_error err = {0};
    const char *how = mode == FAULT_ONCE ? "alone" : "and all after it";
    int length = snprintf(where, sizeof where, "CRASHED: %s, allocation %ld fails %s\n", scenarios[s].name, n, how);
    where_length = (size_t)length;
    fault_arm(mode, n);
    leie_status st = scenarios[s].run(&err);
    *struck = fault_struck();
    fault_arm(FAULT_NEVER, 0);
    long lost = fault_live() - alive;
    leie_status expected = *struck ? LEIE_ERR_NOMEM : LEIE_OK;
    if (scenarios[s].recovers && st == LEIE_OK)
        expected = LEIE_OK;
    if (st == expected && lost == 0 && (st == LEIE_OK || err.text[0]))
        return true;
    printf("    allocation %ld fails %s: status %d, expected %d; %ld blocks lost; message \"%s\"\n", n, how, (int)st,
           (int)expected, lost, err.text);
    return false;
}

/* The same run again, to say who was refused and who lost a block. */
static void explain(int s, fault_mode mode, long n)
{
    leie_error err = {0};
    fault_trace(true);
    fault_arm(mode, n);
    scenarios[s].run(&err);
    fault_arm(FAULT_NEVER, 0);
    fault_trace_print();
    fault_trace(false);
}

/* All allocations of a scenario in one mode. Returns the number of complaints. */
static int sweep(int s, fault_mode mode, long calls, long *runs)
{
    long step = calls / runs_wanted() + 1;
    long alive = fault_live();
    int complaints = 0;
    bool struck = true;
    for (long n = 1; struck && complaints < COMPLAINTS_MAX; n += step) {
        if (!strike(s, mode, n, alive, &struck)) {
            complaints++;
            explain(s, mode, n);
        }
        alive = fault_live(); // a loss is counted once
        ++*runs;
    }
    return complaints;
}

/* The scenario without a failure (what stays alive now are caches of the library), then both modes. */
static bool hold(int s)
{
    leie_error err = {0};
    fault_arm(FAULT_NEVER, 0);
    leie_status st = scenarios[s].run(&err);
    if (!st) { // again, for the number of calls without what is prepared once
        fault_arm(FAULT_NEVER, 0);
        st = scenarios[s].run(&err);
    }
    long calls = fault_calls(), runs = 0;
    if (st) {
        printf("FAILED: %s: without any failure: status %d, %s\n", scenarios[s].name, (int)st, err.text);
        return false;
    }
    int complaints = sweep(s, FAULT_ONCE, calls, &runs);
    complaints += sweep(s, FAULT_FROM_THERE, calls, &runs);
    printf("%s: %s: %ld allocations, %ld runs\n", complaints ? "FAILED" : "passed", scenarios[s].name, calls, runs);
    fflush(stdout);
    return complaints == 0;
}

static bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strncmp(name, argv[i], strlen(argv[i])) == 0)
            return true;
    return argc <= 1;
}

int main(int argc, char **argv)
{
    int passed = 0, failed = 0;
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed);
    signal(SIGFPE, crashed);
    leie_threads_set(1); // the N-th allocation is the same one in every run
    for (int s = 0; s < scenario_count; s++) {
        if (!wanted(scenarios[s].name, argc, argv))
            continue;
        if (hold(s))
            passed++;
        else
            failed++;
    }
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed || !passed ? 1 : 0;
}
