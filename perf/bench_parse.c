// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast do numbers come out of text? The parser of the project and strtod on the same texts: whole
 * numbers as in rounded tables, and doubles with 16 digits. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/numbers.h"
#include "perf/bench.h"
#include "perf/generate.h"

enum { NUMBERS = 2000000, WIDTH = 32 };

/* Texts one after the other, each closed by a comma. */
typedef struct texts {
    char *text;
    leie_size *first; // [NUMBERS + 1]
    double *value;    // [NUMBERS]
    double sum;       // of what was read
} texts;

static void make(texts *t, bool whole)
{
    leie_size at = 0;
    t->text = leie_new((leie_size)NUMBERS * WIDTH + LEIE_NUMBERS_PADDING, 1);
    t->value = leie_new(NUMBERS, sizeof *t->value);
    t->first = leie_new(NUMBERS + 1, sizeof *t->first);
    bench_need(t->text && t->first && t->value ? LEIE_OK : LEIE_ERR_NOMEM, NULL, "texts");
    for (leie_size i = 0; i < NUMBERS; i++) {
        double u = bench_hash(3, (uint64_t)i), v = bench_hash(4, (uint64_t)i);
        t->first[i] = at;
        at += snprintf(t->text + at, WIDTH, whole ? "%.0f," : "%.16g,", whole ? 1e5 * u * v * v : 1e6 * u * v * v * v);
    }
    t->first[NUMBERS] = at;
}

static void parse(void *ctx)
{
    texts *t = ctx;
    t->sum = 0;
    for (leie_size i = 0; i < NUMBERS; i++) {
        double value;
        if (leie_number_read(&value, t->text + t->first[i], t->first[i + 1] - t->first[i] - 1) == LEIE_NUMBER_OK)
            t->sum += value;
    }
}

static void parse_strtod(void *ctx)
{
    texts *t = ctx;
    t->sum = 0;
    for (leie_size i = 0; i < NUMBERS; i++)
        t->sum += strtod(t->text + t->first[i], NULL);
}

// The same text as one line of a matrix.
static void parse_line(void *ctx)
{
    static const leie_numbers_form form = {',', '.', false};
    texts *t = ctx;
    leie_numbers_found found;
    memset(t->value, 0, NUMBERS * sizeof *t->value);
    bool good = leie_numbers_read(t->value, NUMBERS, t->text, t->first[NUMBERS] - 1, &form, &found);
    bench_need(good ? LEIE_OK : LEIE_ERR_DATA, NULL, "a line of numbers");
    t->sum = 0;
    for (leie_size i = 0; i < NUMBERS; i++)
        t->sum += t->value[i];
}

static void measure(const char *name, bench_work work, texts *t, double expected)
{
    char note[64];
    bench_case c = {.name = name, .sizes = "2000000 numbers, one thread", .allowed = 0, .residual = NAN};
    c.bytes = (double)t->first[NUMBERS];
    bench_measure(&c, work, t);
    if (!isnan(expected))
        c.residual = fabs(t->sum - expected);
    snprintf(note, sizeof note, "%.0f million numbers a second", 1e-6 * NUMBERS / c.best);
    c.note = note;
    bench_report(&c);
}

static void ask(void)
{
    for (int whole = 1; whole >= 0; whole--) {
        texts t = {0};
        make(&t, whole);
        measure(whole ? "strtod, whole numbers" : "strtod, 16 digits", parse_strtod, &t, NAN);
        measure(whole ? "leie_number_read, whole numbers" : "leie_number_read, 16 digits", parse, &t, t.sum);
        measure(whole ? "leie_numbers_read, whole numbers" : "leie_numbers_read, 16 digits", parse_line, &t, t.sum);
        leie_free(t.text);
        leie_free(t.value);
        leie_free(t.first);
    }
}
BENCH_QUESTION(parse, "numbers from text", ask)
