// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/stop.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "io/leie_io.h"

enum { PATIENCE = 5 }; // seconds between the first signal and the end by force

static volatile sig_atomic_t asked;

// Everything here is async-signal-safe.
static void end_now(void)
{
    const char *temporary = leie_netcdf_temporary();
    if (temporary)
        unlink(temporary);
    _exit(128 + asked);
}

static void on_signal(int number)
{
    if (number == SIGALRM || asked)
        end_now();
    asked = number;
    alarm(PATIENCE);
}

// What the caller has ignored (nohup, a job in the background) stays ignored.
static void listen_to(int number, const struct sigaction *action)
{
    struct sigaction old;
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, action, NULL);
}

void leie_stop_listen(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    listen_to(SIGINT, &action);
    listen_to(SIGTERM, &action);
    listen_to(SIGHUP, &action);
    sigaction(SIGALRM, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

int leie_stop_signal(void)
{
    return asked;
}

bool leie_stop_asked(void *ctx)
{
    (void)ctx;
    return asked != 0;
}
