// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/dataset_cut.h"

#include <string.h>

#include "kernels/memory.h"

/* Where a dimension stands in a variable: `outer` stretches of `old` items of `inner` values each. */
typedef struct stretches {
    leie_size outer, old, inner, from, n;
} stretches;

/* Moves what stays to the front, item by item of `size` bytes. */
static void keep(void *values, const stretches *s, size_t size)
{
    char *at = values;
    size_t run = (size_t)(s->n * s->inner) * size;
    for (leie_size o = 0; values && o < s->outer; o++)
        memmove(at + (size_t)o * run, at + (size_t)((o * s->old + s->from) * s->inner) * size, run);
}

static void drop_texts(char **text, const stretches *s)
{
    for (leie_size t = 0; text && t < s->outer * s->old * s->inner; t++) {
        leie_size position = t / s->inner % s->old;
        if (position < s->from || position >= s->from + s->n)
            text[t] = leie_free(text[t]);
    }
}

static void cut_var(leie_var *v, const leie_dataset *ds, int at, leie_size from, leie_size n)
{
    stretches s = {.outer = 1, .inner = 1, .old = ds->dim[v->dim[at]].n, .from = from, .n = n};
    for (int k = 0; k < v->rank; k++) {
        s.outer *= k < at ? ds->dim[v->dim[k]].n : 1;
        s.inner *= k > at ? ds->dim[v->dim[k]].n : 1;
    }
    drop_texts(v->text, &s);
    keep(v->text, &s, sizeof *v->text);
    keep(v->number, &s, sizeof *v->number);
    keep(v->integer, &s, sizeof *v->integer);
    keep(v->narrow, &s, sizeof *v->narrow);
    keep(v->raw, &s, leie_raw_size(v->kind));
    leie_size count = s.outer * s.n * s.inner;
    if (v->text) // those behind were moved
        memset(v->text + count, 0, (size_t)(v->count - count) * sizeof *v->text);
    v->count = count;
}

leie_status leie_dataset_cut(leie_dataset *ds, leie_size dim, leie_size from, leie_size n, leie_error *err)
{
    if (dim < 0 || dim >= ds->dims || from < 0 || n < 1 || from > ds->dim[dim].n - n)
        return leie_fail(err, LEIE_ERR_SHAPE, "positions %lld to %lld of a dimension that has no such", (long long)from,
                         (long long)(from + n - 1));
    for (leie_size i = 0; i < ds->vars; i++)
        for (int k = 0; k < ds->var[i]->rank; k++)
            if (ds->var[i]->dim[k] == dim)
                cut_var(ds->var[i], ds, k, from, n);
    ds->dim[dim].n = n;
    ds->dim[dim].from += from;
    return LEIE_OK;
}
