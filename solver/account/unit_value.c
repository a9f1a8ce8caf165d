// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/unit_value.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

leie_status leie_unit_value_add(leie_unit_value_list *list, const leie_unit_value *item, leie_error *err)
{
    leie_status st = leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "unit values", err);
    if (st)
        return st;
    list->item[list->n++] = *item;
    return LEIE_OK;
}

// By all that a caller asks for; materials apart.
static int compare(const leie_unit_value *p, const leie_unit_value *q)
{
    const leie_size left[] = {p->exports, p->product, p->region, p->year}, right[] = {q->exports, q->product, q->region, q->year};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static int by_all(const void *a, const void *b)
{
    const leie_unit_value *p = a, *q = b;
    int order = compare(p, q);
    if (order)
        return order;
    if (p->material != q->material)
        return p->material < q->material ? -1 : 1;
    return (p->line > q->line) - (p->line < q->line);
}

leie_status leie_unit_value_list_close(leie_unit_value_list *list, leie_error *err)
{
    if (list->n)
        qsort(list->item, (size_t)list->n, sizeof *list->item, by_all);
    for (leie_size i = 1; i < list->n; i++) {
        const leie_unit_value *p = &list->item[i - 1], *q = &list->item[i];
        if (compare(p, q) == 0 && p->material == q->material)
            return leie_fail(err, LEIE_ERR_DATA, "line %lld of the unit values repeats line %lld: '%s'", (long long)q->line,
                             (long long)p->line, list->product.code[q->product]);
    }
    return LEIE_OK;
}

leie_size leie_unit_value_list_of(leie_size *first, const leie_unit_value_list *list, bool exports, const char *product,
                              const char *region, int year)
{
    leie_size p = leie_labels_find(&list->product, product), r = region[0] ? leie_labels_find(&list->region, region) : -1;
    if (p < 0 || (region[0] && r < 0))
        return 0;
    const leie_unit_value wanted = {.exports = exports, .product = (leie_index)p, .region = (leie_index)r, .year = year};
    leie_size low = 0, high = list->n, count = 0;
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (compare(&list->item[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low + count < list->n && compare(&list->item[low + count], &wanted) == 0)
        count++;
    return count;
}

double leie_unit_value_find(const leie_unit_value_list *list, bool exports, const char *product, const char *region,
                            int year, leie_index material)
{
    for (int average = !region[0]; average < 2; average++)
        for (int every = 0; every < 2; every++) {
            leie_size first = 0, n = leie_unit_value_list_of(&first, list, exports, product, average ? "" : region, every ? 0 : year);
            for (leie_size i = first; i < first + n; i++)
                if (list->item[i].material == material)
                    return list->item[i].value;
        }
    return NAN;
}

void leie_unit_value_list_clear(leie_unit_value_list *list)
{
    leie_labels_clear(&list->region);
    leie_labels_clear(&list->product);
    leie_free(list->item);
    *list = (leie_unit_value_list){0};
}
