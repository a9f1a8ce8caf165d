// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/adjustments.h"

#include <math.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "kernels/sum.h"

static void item_clear(leie_adjustment *a)
{
    leie_free(a->step);
    leie_free(a->region);
    leie_free(a->code);
    leie_free(a->unit);
    leie_free(a->source);
}

static char *text(const char *from)
{
    return leie_strdup(from ? from : "");
}

leie_status leie_adjustments_add(leie_adjustments *list, const char *step, const char *region, const char *code,
                                 double before, double after, const char *unit, const char *source, leie_error *err)
{
    leie_status st = leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "adjustments", err);
    if (st)
        return st;
    leie_adjustment a = {text(step), text(region), text(code), text(unit), text(source), before, after};
    if (!a.step || !a.region || !a.code || !a.unit || !a.source) {
        item_clear(&a);
        return leie_fail_memory(err, "adjustment", 1, sizeof a);
    }
    list->item[list->n++] = a;
    return LEIE_OK;
}

leie_status leie_adjustments_copy(leie_adjustments *to, const leie_adjustments *from, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < from->n; i++) {
        const leie_adjustment *a = &from->item[i];
        st = leie_adjustments_add(to, a->step, a->region, a->code, a->before, a->after, a->unit, a->source, err);
    }
    return st;
}

void leie_adjustments_clear(leie_adjustments *list)
{
    for (leie_size i = 0; i < list->n; i++)
        item_clear(&list->item[i]);
    leie_free(list->item);
    *list = (leie_adjustments){0};
}

double leie_adjustments_size(leie_size *largest, const leie_adjustments *list, const char *step)
{
    leie_acc sum = {0};
    *largest = -1;
    for (leie_size i = 0; i < list->n; i++) {
        const leie_adjustment *a = &list->item[i];
        if (strcmp(a->step, step) != 0)
            continue;
        double by = fabs(a->after - a->before);
        leie_acc_add(&sum, by);
        if (*largest < 0 || by > fabs(list->item[*largest].after - list->item[*largest].before))
            *largest = i;
    }
    return leie_acc_value(&sum);
}
