// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/profile.h"


#include "kernels/clock.h"
#include "kernels/memory.h"
#include "kernels/peak.h"

enum { WORDS = 1 << 24, ROUNDS = 4, STEPS = 2000000 };

static const char *const names[LEIE_WORKS] = {"read", "accounts", "survey", "factor", "store",
                                              "sweep", "mixing", "residual", "substitute", "solve", "write"};
static leie_profile counted[LEIE_WORKS];
static bool counting;

void leie_profile_start(bool on)
{
    counting = on;
    for (int w = 0; w < LEIE_WORKS && on; w++)
        counted[w] = (leie_profile){0};
}

double leie_profile_begin(void)
{
    return counting ? leie_seconds() : 0;
}

void leie_profile_end(leie_work work, double begun, double bytes, double flops)
{
    if (!counting)
        return;
    leie_profile *p = &counted[work];
    p->calls++;
    p->seconds += leie_seconds() - begun;
    p->bytes += bytes;
    p->flops += flops;
}

void leie_profile_add(leie_work work, double bytes, double flops)
{
    if (!counting)
        return;
    counted[work].bytes += bytes;
    counted[work].flops += flops;
}

leie_profile leie_profile_of(leie_work work)
{
    return counted[work];
}

const char *leie_work_name(leie_work work)
{
    return names[work];
}

static double fastest(double amount, double begun, double best)
{
    double rate = amount / (leie_seconds() - begun);
    return rate > best ? rate : best;
}

void leie_profile_roof(double *bytes, double *flops)
{
    uint64_t *word = leie_new(WORDS, sizeof *word);
    uint64_t kept = 0; // a result: the reads may not be optimised away
    double sink = 0;
    *bytes = *flops = 0;
    for (int round = 0; round < ROUNDS && word; round++) {
        double begun = leie_seconds();
        kept += machine_read(word, WORDS);
        *bytes = fastest((double)sizeof *word * WORDS, begun, *bytes);
        begun = leie_seconds();
        *flops = fastest(machine_fma(STEPS, &sink), begun, *flops);
    }
    if (kept != 0) // the words are zero
        *bytes = 0;
    leie_free(word);
}
