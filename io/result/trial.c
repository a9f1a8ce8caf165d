// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "io/result/trial.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes of memory that this process may write to and shares with nobody; 0 when the system does not say. */
static leie_size own_bytes(void)
{
    long long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (!statm)
        return 0;
    if (fscanf(statm, "%*d %*d %*d %*d %*d %lld", &pages) != 1)
        pages = 0;
    fclose(statm);
    return pages * sysconf(_SC_PAGESIZE);
}

// Limits that are there already are never raised.
static void lower(int resource, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(resource, &now) || (now.rlim_cur != RLIM_INFINITY && now.rlim_cur <= most))
        return;
    now.rlim_cur = most;
    setrlimit(resource, &now);
}

static void in_child(leie_trial_fn fn, void *ctx, leie_size bytes, leie_size seconds, leie_error *said)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGXCPU};
    leie_size own = own_bytes(), most;
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        signal(fatal[i], SIG_DFL);
    lower(RLIMIT_CORE, 0);
    lower(RLIMIT_CPU, (rlim_t)seconds);
    if (own > 0 && !__builtin_add_overflow(own, bytes, &most))
        lower(RLIMIT_DATA, (rlim_t)most);
    _exit(fn(ctx, said) ? 1 : 0);
}

leie_status leie_trial(const char *path, leie_trial_fn fn, void *ctx, leie_size bytes, leie_size seconds, leie_error *err)
{
    int status = 0;
    leie_error *said = mmap(NULL, sizeof *said, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (said == MAP_FAILED)
        return leie_fail_memory(err, "what a child says", 1, sizeof *said);
    pid_t child = fork();
    if (child == 0)
        in_child(fn, ctx, bytes, seconds, said);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    leie_status st = LEIE_OK;
    if (child < 0)
        st = leie_fail(err, LEIE_ERR_NOMEM, "%s: no process to try the file in: %s", path, strerror(errno));
    else if (WIFEXITED(status) && said->code)
        st = leie_fail(err, said->code, "%s", said->text);
    else if (status)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: damaged: the netCDF library fails on it", path);
    munmap(said, sizeof *said);
    return st;
}
