// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/dataset_identity.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

// ---- labels ----

// Label of position k of a dimension, by its coordinate variable; its number without one.
static void label_of(char *out, size_t size, const leie_dataset *ds, leie_index dim, leie_size k)
{
    const leie_var *axis = leie_dataset_find(ds, ds->dim[dim].name);
    if (axis && axis->type == LEIE_VAR_TEXT && axis->text)
        snprintf(out, size, "%s", axis->text[k]);
    else if (axis && axis->type == LEIE_VAR_INT && axis->integer)
        snprintf(out, size, "%" PRId64, axis->integer[k]);
    else
        snprintf(out, size, "%s %lld", ds->dim[dim].name, (long long)k);
}

void leie_labelled_describe(char *out, size_t size, const void *cells, leie_size at, double shown)
{
    const leie_labelled *c = cells;
    leie_size place[LEIE_RANK_MAX];
    size_t used = 0;
    for (int d = c->var->rank - 1; d >= 0; d--) {
        leie_size n = c->ds->dim[c->var->dim[d]].n;
        place[d] = at % n;
        at /= n;
    }
    out[0] = '\0';
    for (int d = 0; d < c->var->rank && used < size; d++) {
        char label[128];
        label_of(label, sizeof label, c->ds, c->var->dim[d], place[d]);
        used += (size_t)snprintf(out + used, size - used, "%s%s", d ? " " : "", label);
    }
    if (used < size)
        snprintf(out + used, size - used, " (%.4g)", shown);
}

// ---- cells ----

// Steps in `total` for a step of each dimension of `part`: 0 for one that it has not.
static void strides_in(leie_size *step, const leie_dataset *ds, const leie_var *total, const leie_var *part)
{
    for (int d = 0; d < part->rank; d++) {
        leie_size stride = 1;
        step[d] = 0;
        for (int k = total->rank - 1; k >= 0; k--) {
            if (total->dim[k] == part->dim[d])
                step[d] = stride;
            stride *= ds->dim[total->dim[k]].n;
        }
    }
}

/* sum += sign part, size = the largest of it; a part with all dimensions of the total goes over its own cells, and one with fewer
 * over those of the total. */
static void add_part(double *sum, double *size, const leie_dataset *ds, const leie_var *total, const leie_var *part, double sign)
{
    leie_size step[LEIE_RANK_MAX], place[LEIE_RANK_MAX] = {0}, shared = 0;
    for (int d = 0; d < part->rank; d++)
        for (int k = 0; k < total->rank; k++)
            shared += total->dim[k] == part->dim[d];
    bool wide = shared == total->rank;
    const leie_var *over = wide ? part : total;
    strides_in(step, ds, wide ? total : part, over);
    for (leie_size i = 0, other = 0; i < over->count; i++) {
        leie_size cell = wide ? other : i;
        double value = sign * part->number[wide ? i : other];
        if (!isnan(value)) {
            sum[cell] += value;
            size[cell] = fmax(size[cell], fabs(value));
        }
        for (int d = over->rank - 1; d >= 0; d--) { // the next cell
            other += step[d];
            if (++place[d] < ds->dim[over->dim[d]].n)
                break;
            other -= step[d] * place[d];
            place[d] = 0;
        }
    }
}

static const leie_var *numbers_of(const leie_dataset *ds, const char *name)
{
    const leie_var *v = leie_dataset_find(ds, name);
    return v && v->type == LEIE_VAR_DOUBLE && v->number ? v : NULL;
}

leie_status leie_dataset_identity(leie_identities *list, const leie_dataset *ds, const char *name, double tolerance,
                                  const char *total, int n, const leie_cell_term *term, leie_error *err)
{
    const leie_var *whole = numbers_of(ds, total);
    const leie_labelled cells = {ds, whole};
    leie_worst worst = {.threshold = tolerance};
    if (!whole)
        return LEIE_OK;
    for (int k = 0; k < n; k++)
        if (!numbers_of(ds, term[k].name))
            return LEIE_OK;
    double *sum = leie_new(whole->count, sizeof *sum), *size = leie_new(whole->count, sizeof *size);
    leie_status st = sum && size ? LEIE_OK : leie_fail_memory(err, "sums of a result", whole->count, 2 * sizeof *sum);
    for (leie_size i = 0; i < whole->count && !st; i++)
        size[i] = -1; // no part so far
    for (int k = 0; k < n && !st; k++)
        add_part(sum, size, ds, whole, numbers_of(ds, term[k].name), term[k].sign);
    for (leie_size i = 0; i < whole->count && !st; i++) {
        double scale = fmax(size[i], fabs(whole->number[i]));
        if (size[i] >= 0 && scale > 0)
            leie_worst_see(&worst, i, leie_gap(whole->number[i], sum[i], scale), whole->number[i] - sum[i]);
    }
    st = st ? st : leie_identity_add(list, name, leie_judge(&worst), tolerance, &worst, leie_labelled_describe, &cells, err);
    leie_free(sum);
    leie_free(size);
    return st;
}
