// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/identities.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/account/identities_impl.h"

void leie_worst_see(leie_worst *worst, leie_size at, double size, double shown)
{
    if (isnan(size))
        size = INFINITY;
    worst->largest = fmax(worst->largest, size);
    if (size <= worst->threshold)
        return;
    worst->count++;
    int place = worst->n;
    while (place > 0 && size > worst->size[place - 1])
        place--;
    if (place == LEIE_OFFENDERS)
        return;
    worst->n += worst->n < LEIE_OFFENDERS;
    for (int i = worst->n - 1; i > place; i--) {
        worst->size[i] = worst->size[i - 1];
        worst->shown[i] = worst->shown[i - 1];
        worst->at[i] = worst->at[i - 1];
    }
    worst->size[place] = size;
    worst->shown[place] = shown;
    worst->at[place] = at;
}

double leie_gap(double left, double right, double scale)
{
    double gap = fabs(left - right);
    return gap == 0 ? 0 : gap / scale;
}

leie_verdict leie_judge(const leie_worst *worst)
{
    return worst->count ? LEIE_FAIL : LEIE_PASS;
}

static leie_identity *new_item(leie_identities *list, const char *name, leie_error *err)
{
    if (leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "identities", err))
        return NULL;
    leie_identity *item = &list->item[list->n++];
    snprintf(item->name, sizeof item->name, "%s", name);
    return item;
}

leie_status leie_identity_add(leie_identities *list, const char *name, leie_verdict verdict, double tolerance,
                              const leie_worst *worst, leie_describe_fn describe, const void *ctx, leie_error *err)
{
    leie_identity *item = new_item(list, name, err);
    if (!item)
        return LEIE_ERR_NOMEM;
    item->verdict = verdict;
    item->size = worst->largest;
    item->tolerance = tolerance;
    item->count = worst->count;
    for (int i = 0; i < worst->n; i++) {
        char text[sizeof item->worst / LEIE_OFFENDERS - 2];
        size_t used = strlen(item->worst);
        describe(text, sizeof text, ctx, worst->at[i], worst->shown[i]);
        snprintf(item->worst + used, sizeof item->worst - used, "%s%s", i ? ", " : "", text);
    }
    return LEIE_OK;
}

leie_status leie_identity_say(leie_identities *list, const char *name, leie_verdict verdict, double size,
                              double tolerance, leie_error *err, const char *format, ...)
{
    leie_identity *item = new_item(list, name, err);
    if (!item)
        return LEIE_ERR_NOMEM;
    item->verdict = verdict;
    item->size = size;
    item->tolerance = tolerance;
    va_list args;
    va_start(args, format);
    vsnprintf(item->worst, sizeof item->worst, format, args);
    va_end(args);
    return LEIE_OK;
}

void leie_identities_clear(leie_identities *list)
{
    leie_free(list->item);
    *list = (leie_identities){0};
}
