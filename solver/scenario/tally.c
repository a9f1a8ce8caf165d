// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"

static double *buffer_of(const leie_tally *t, leie_size level, leie_size output)
{
    return t->buffer + (level * t->outputs + output) * LEIE_TALLY_EXACT;
}

leie_status leie_tally_new(leie_tally *t, leie_size outputs, leie_size draws, leie_error *err)
{
    *t = (leie_tally){.outputs = outputs, .levels = 1};
    for (leie_size room = LEIE_TALLY_EXACT; room < draws && t->levels < LEIE_TALLY_LEVELS; room *= 2)
        t->levels++;
    t->mean = leie_new(outputs, sizeof *t->mean);
    t->squares = leie_new(outputs, sizeof *t->squares);
    t->buffer = leie_new(t->levels * outputs, LEIE_TALLY_EXACT * sizeof *t->buffer);
    if (t->mean && t->squares && t->buffer)
        return LEIE_OK;
    leie_tally_clear(t);
    return leie_fail_memory(err, "statistics of draws", outputs, LEIE_TALLY_EXACT * sizeof *t->buffer);
}

void leie_tally_clear(leie_tally *t)
{
    leie_free(t->mean);
    leie_free(t->squares);
    leie_free(t->buffer);
    *t = (leie_tally){0};
}

static int ascending(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// Every second value of a full buffer goes to the next level.
static void halve(leie_tally *t, leie_size level)
{
    assert(level + 1 < t->levels);
    if (t->fill[level + 1] == LEIE_TALLY_EXACT)
        halve(t, level + 1);
    leie_size odd = t->halvings[level] % 2;
    for (leie_size o = 0; o < t->outputs; o++) {
        double *from = buffer_of(t, level, o), *to = buffer_of(t, level + 1, o) + t->fill[level + 1];
        qsort(from, LEIE_TALLY_EXACT, sizeof *from, ascending);
        for (leie_size i = 0; i < LEIE_TALLY_EXACT / 2; i++)
            to[i] = from[2 * i + odd];
    }
    t->fill[level + 1] += LEIE_TALLY_EXACT / 2;
    t->fill[level] = 0;
    t->halvings[level]++;
}

void leie_tally_add(leie_tally *t, const double *value)
{
    if (t->fill[0] == LEIE_TALLY_EXACT)
        halve(t, 0);
    t->draws++;
    for (leie_size o = 0; o < t->outputs; o++) {
        double delta = value[o] - t->mean[o];
        t->mean[o] += delta / (double)t->draws;
        t->squares[o] += delta * (value[o] - t->mean[o]);
        buffer_of(t, 0, o)[t->fill[0]] = value[o];
    }
    t->fill[0]++;
}

double leie_tally_sd(const leie_tally *t, leie_size output)
{
    return t->draws > 1 ? sqrt(t->squares[output] / (double)(t->draws - 1)) : NAN;
}

typedef struct weighted {
    double value, weight;
} weighted;

/* The value at rank h (from 0) of values with weights: one of weight w stands for w equal ranks around its middle. */
static double at_rank(const weighted *v, leie_size n, double h)
{
    double begin = 0, last = 0;
    for (leie_size i = 0; i < n; i++) {
        double middle = begin + (v[i].weight - 1) / 2;
        if (middle >= h)
            return i == 0 ? v[0].value : v[i - 1].value + (v[i].value - v[i - 1].value) * (h - last) / (middle - last);
        last = middle;
        begin += v[i].weight;
    }
    return v[n - 1].value;
}

leie_status leie_tally_quantiles(double *quantile, const leie_tally *t, leie_size output, leie_size n, const double *p,
                                 leie_error *err)
{
    leie_size values = 0;
    double total = 0;
    for (leie_size level = 0; level < t->levels; level++)
        values += t->fill[level];
    weighted *v = leie_new(values, sizeof *v);
    if (!v)
        return leie_fail_memory(err, "quantiles", values, sizeof *v);
    values = 0;
    for (leie_size level = 0; level < t->levels; level++)
        for (leie_size i = 0; i < t->fill[level]; i++, values++) {
            v[values] = (weighted){buffer_of(t, level, output)[i], ldexp(1, (int)level)};
            total += v[values].weight;
        }
    qsort(v, (size_t)values, sizeof *v, ascending); // by value, the first member
    for (leie_size i = 0; i < n; i++)
        quantile[i] = values ? at_rank(v, values, p[i] * (total - 1)) : NAN;
    leie_free(v);
    return LEIE_OK;
}

double leie_tally_rank_error(const leie_tally *t)
{
    double error = 0;
    for (leie_size level = 0; level < t->levels; level++) // halving moves a rank by at most half a pair of its weight
        error += (double)t->halvings[level] * ldexp(1, (int)level);
    return t->draws ? error / (double)t->draws : 0;
}
