// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/nest_view.h"

#include <math.h>
#include <string.h>

#include "io/cli/texttable.h"

// ---- bridges and steps ----

static void add_step(leie_texttable *t, const leie_adjustments *list, const char *step)
{
    leie_size most;
    double before = 0, after = 0, size = leie_adjustments_size(&most, list, step);
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->item[i].step, step) == 0) {
            before += list->item[i].before;
            after += list->item[i].after;
        }
    const leie_adjustment *a = &list->item[most];
    leie_texttable_add(t, "%s", step);
    leie_texttable_number(t, 1, before);
    leie_texttable_number(t, 1, after);
    leie_texttable_number(t, 1, size);
    leie_texttable_add(t, "%s", a->unit);
    leie_texttable_add(t, "%s %s", a->region, a->code);
    leie_texttable_number(t, 1, a->before);
    leie_texttable_number(t, 1, a->after);
    leie_texttable_add(t, "%s", a->source);
}

leie_status leie_nest_view(const leie_adjustments *list, leie_error *err)
{
    leie_texttable t;
    static const char *const head[] = {"nest", "before", "after", "sum of changes", "", "largest", "before", "after", "source"};
    if (list->n == 0)
        return LEIE_OK;
    leie_texttable_start(&t, "lrrrllrrl");
    t.limit[5] = t.limit[8] = 40;
    for (int c = 0; c < 9; c++)
        leie_texttable_add(&t, "%s", head[c]);
    for (leie_size i = 0; i < list->n; i++) {
        bool seen = false;
        for (leie_size q = 0; q < i; q++)
            seen = seen || strcmp(list->item[q].step, list->item[i].step) == 0;
        if (!seen)
            add_step(&t, list, list->item[i].step);
    }
    leie_status st = leie_texttable_print(&t, stdout, 0, err);
    leie_texttable_clear(&t);
    printf("(by product: adjustment_* in a result, adjustments.csv of an export)\n\n");
    return st;
}

// ---- coupling ----

static leie_status view_one(const leie_table *t, const leie_study_nest *nest, const leie_linsys_opts *opts, leie_error *err)
{
    leie_size k = t->stressor.n, R = nest->region.n;
    leie_texttable table;
    double *D = leie_new(3 * k * R, sizeof *D), worst = 0;
    leie_size at = -1;
    if (!D)
        return leie_fail_memory(err, "footprints", 3 * k * R, sizeof *D);
    double *way[] = {D, D + k * R, D + 2 * k * R};
    const leie_coupling coupling[] = {LEIE_COUPLING_ONE_WAY, (leie_coupling)nest->sut.coupling, LEIE_COUPLING_MONOLITHIC};
    leie_status st = LEIE_OK;
    for (int c = 0; !st && c < 3; c++)
        st = leie_coupling_footprint(way[c], NULL, NULL, t, &nest->region, coupling[c], opts, err);
    leie_texttable_start(&table, "llrrrr");
    char asked[64];
    snprintf(asked, sizeof asked, "%s", leie_coupling_name(coupling[1]));
    const char *const head[] = {"region", "stressor", "one_way", asked, "monolithic", "one_way is off by"};
    for (int c = 0; c < 6; c++)
        leie_texttable_add(&table, "%s", head[c]);
    for (leie_size r = 0; !st && r < R; r++)
        for (leie_size s = 0; s < k; s++) {
            double exact = way[2][s * R + r], off = exact != 0 ? way[0][s * R + r] / exact - 1 : 0;
            leie_texttable_add(&table, "%s", nest->region.code[r]);
            leie_texttable_add(&table, "%s", t->stressor.code[s]);
            for (int c = 0; c < 3; c++)
                leie_texttable_add(&table, "%.6g", way[c][s * R + r]);
            leie_texttable_add(&table, "%.3f %%", 100 * off);
            if (fabs(off) > fabs(worst)) {
                worst = off;
                at = s;
            }
        }
    st = st ? st : leie_texttable_print(&table, stdout, 0, err);
    leie_texttable_clear(&table);
    if (!st && at >= 0)
        printf("feedback through the world: one-way coupling is off by up to %.3f %% ('%s')\n\n", 100 * worst, t->stressor.code[at]);
    leie_free(D);
    return st;
}

leie_status leie_coupling_view(const leie_table *t, const leie_study *study, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < study->nests; i++)
        if (study->nest[i].sut.path.real && study->nest[i].sut.coupling != LEIE_COUPLING_MONOLITHIC && study->nest[i].region.n > 0)
            st = view_one(t, &study->nest[i], &study->linsys, err);
    return st;
}
