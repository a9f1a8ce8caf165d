// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/needs.h"

#include <math.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

static const double SHARES = 1e-9; // weights may pass one by this

// ---- lists ----

static bool copy_texts(char **to[], const char *from[], int n)
{
    bool good = true;
    for (int i = 0; i < n; i++) {
        *to[i] = leie_strdup(from[i] ? from[i] : "");
        good &= *to[i] != NULL;
    }
    return good;
}

leie_status leie_need_add(leie_need_list *list, const char *product, const char *category, const char *need,
                          const char *name, const char *name_nl, double weight, leie_size line, leie_error *err)
{
    leie_size at = leie_labels_find(&list->need, need);
    if (at < 0) {
        at = leie_labels_add(&list->need, need, name, NULL, NULL, err);
        leie_size beside = at < 0 ? at : leie_labels_add(&list->dutch, need, name_nl, NULL, NULL, err);
        at = beside < 0 ? beside : at;
    }
    if (at < 0)
        return (leie_status)at;
    leie_status st = leie_grow(&list->rule, &list->room, list->n, sizeof *list->rule, "needs", err);
    if (st)
        return st;
    leie_need_rule *r = &list->rule[list->n++];
    *r = (leie_need_rule){.need = (leie_index)at, .weight = weight, .line = line};
    return copy_texts((char **[]){&r->product, &r->category}, (const char *[]){product, category}, 2)
               ? LEIE_OK
               : leie_fail_memory(err, "needs", 1, 1);
}

void leie_need_list_clear(leie_need_list *list)
{
    for (leie_size i = 0; i < list->n; i++) {
        leie_free(list->rule[i].product);
        leie_free(list->rule[i].category);
    }
    leie_free(list->rule);
    leie_free(list->name);
    leie_free(list->path);
    leie_labels_clear(&list->need);
    leie_labels_clear(&list->dutch);
    *list = (leie_need_list){0};
}

leie_status leie_trade_margin_add(leie_trade_margins *m, const char *product, const char *margin, const char *category, double rate,
                            leie_size line, leie_error *err)
{
    leie_status st = leie_grow(&m->item, &m->room, m->n, sizeof *m->item, "margins", err);
    if (st)
        return st;
    leie_trade_margin *x = &m->item[m->n++];
    *x = (leie_trade_margin){.rate = rate, .line = line};
    return copy_texts((char **[]){&x->product, &x->margin, &x->category}, (const char *[]){product, margin, category}, 3)
               ? LEIE_OK
               : leie_fail_memory(err, "margins", 1, 1);
}

void leie_trade_margins_clear(leie_trade_margins *m)
{
    for (leie_size i = 0; i < m->n; i++) {
        leie_free(m->item[i].product);
        leie_free(m->item[i].margin);
        leie_free(m->item[i].category);
    }
    leie_free(m->item);
    *m = (leie_trade_margins){0};
}

// ---- margins ----

static bool fits(const char *rule, const char *code)
{
    return !rule[0] || strcmp(rule, code) == 0;
}

// Money of margin product x that the goods bought in category c hold, by good: want [P]; its sum.
static double wanted(double *want, const leie_accounts *a, const double *demand, const leie_trade_margins *m, leie_size x,
                     leie_size c)
{
    double sum = 0;
    memset(want, 0, (size_t)a->P * sizeof *want);
    for (leie_size i = 0; i < m->n; i++) {
        leie_size p = leie_labels_find(&a->product, m->item[i].product);
        if (p < 0 || p == x || strcmp(m->item[i].margin, a->product.code[x]) != 0 || !fits(m->item[i].category, a->category.code[c]))
            continue;
        double money = m->item[i].rate * fmax(demand[p * a->C + c], 0);
        want[p] += money;
        sum += money;
    }
    return sum;
}

// Footprint and money of margin product x in category c of region q to the goods, share of its purchases.
static void move(leie_accounts *a, double *purchasers, const double *want, leie_size q, leie_size x, leie_size c,
                 double have, double scale)
{
    leie_size P = a->P, C = a->C;
    for (leie_size s = 0; s < a->k; s++) {
        double *by = a->by_product_category + (q * a->k + s) * P * C;
        double all = by[x * C + c], gone = 0;
        for (leie_size p = 0; p < P; p++) {
            double share = all * (want[p] * scale / have);
            by[p * C + c] += share;
            gone += share;
        }
        by[x * C + c] -= gone;
    }
    for (leie_size p = 0; p < P; p++) {
        purchasers[(q * P + p) * C + c] += want[p] * scale;
        purchasers[(q * P + x) * C + c] -= want[p] * scale;
    }
}

static void add_taxes(leie_accounts *a, double *purchasers, const leie_trade_margins *m, const double *basic, leie_size q)
{
    for (leie_size i = 0; i < m->n; i++) {
        leie_size p = leie_labels_find(&a->product, m->item[i].product);
        for (leie_size c = 0; p >= 0 && strcmp(m->item[i].margin, "tax") == 0 && c < a->C; c++)
            if (fits(m->item[i].category, a->category.code[c]))
                purchasers[(q * a->P + p) * a->C + c] += m->item[i].rate * basic[p * a->C + c];
    }
}

leie_status leie_trade_margins_move(leie_accounts *a, double *purchasers, const leie_trade_margins *m, leie_trade_margins_info *info,
                              leie_error *err)
{
    leie_size size = a->P * a->C;
    double *want = leie_new(a->P, sizeof *want);
    *info = (leie_trade_margins_info){0};
    memcpy(purchasers, a->demand_product, (size_t)(a->q * size) * sizeof *purchasers);
    if (!want)
        return leie_fail_memory(err, "margins", a->P, sizeof *want);
    for (leie_size i = 0; i < m->n; i++)
        info->unknown += leie_labels_find(&a->product, m->item[i].product) < 0 ||
                         (strcmp(m->item[i].margin, "tax") != 0 && leie_labels_find(&a->product, m->item[i].margin) < 0);
    for (leie_size q = 0; q < a->q; q++) {
        const double *basic = a->demand_product + q * size;
        for (leie_size x = 0; x < a->P; x++)
            for (leie_size c = 0; c < a->C; c++) {
                double sum = wanted(want, a, basic, m, x, c), have = basic[x * a->C + c];
                if (sum <= 0 || have <= 0) {
                    info->short_of += sum > 0;
                    continue;
                }
                double scale = sum > have ? have / sum : 1;
                move(a, purchasers, want, q, x, c, have, scale);
                info->moved++;
                info->short_of += scale < 1;
                info->money += sum * scale;
            }
        add_taxes(a, purchasers, m, basic, q);
    }
    leie_free(want);
    return LEIE_OK;
}

// ---- weights ----

// How exactly a rule fits (product, category); -1 when it does not.
static int exactness(const leie_need_rule *r, const char *product, const char *category)
{
    if (!fits(r->product, product) || !fits(r->category, category))
        return -1;
    return (r->product[0] ? 2 : 0) + (r->category[0] ? 1 : 0);
}

static leie_status weigh_one(double *weight, bool *used, const leie_need_list *list, const char *product,
                             const char *category, leie_error *err)
{
    int best = -1;
    double sum = 0;
    leie_size line = 0;
    for (leie_size i = 0; i < list->n; i++) {
        int exact = exactness(&list->rule[i], product, category);
        best = exact > best ? exact : best;
        used[i] |= exact >= 0;
    }
    for (leie_size i = 0; best >= 0 && i < list->n; i++) {
        const leie_need_rule *r = &list->rule[i];
        if (exactness(r, product, category) != best)
            continue;
        weight[r->need] += r->weight;
        sum += r->weight;
        line = r->line;
        if (weight[r->need] > 1 + SHARES)
            break;
    }
    for (leie_size i = 0; i < list->need.n; i++)
        if (weight[i] > 1 + SHARES)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the weights of ('%s', '%s') for '%s' sum to %.6g, more than one",
                             list->path, (long long)line, product, category, list->need.code[i], weight[i]);
    if (list->overlapping)
        return LEIE_OK;
    if (sum > 1 + SHARES)
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: the weights of ('%s', '%s') sum to %.6g, more than one; a list whose needs overlap says so "
                         "with overlapping: true",
                         list->path, (long long)line, product, category, sum);
    weight[list->need.n] = fmax(1 - sum, 0);
    return LEIE_OK;
}

static bool names(const leie_need_list *list, const char *product)
{
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->rule[i].product, product) == 0)
            return true;
    return false;
}

/* A product that no rule names, by the products of the list that it stands for: weight [C, N] = sum over links of the
 * link's weight times theirs. part [N] is work. *found: the concordance has the product. */
static leie_status weigh_linked(double *weight, double *part, bool *used, bool *found, const leie_need_list *list,
                                const leie_concordance *via, const char *product, const leie_labels *category, leie_error *err)
{
    leie_size N = list->need.n + 1;
    *found = false;
    for (leie_size l = 0; l < via->n; l++) {
        const leie_link *link = &via->link[l];
        if (strcmp(link->from, product) != 0)
            continue;
        *found = true;
        for (leie_size c = 0; c < category->n; c++) {
            memset(part, 0, (size_t)N * sizeof *part);
            leie_status st = weigh_one(part, used, list, link->to, category->code[c], err);
            if (st)
                return st;
            for (leie_size n = 0; n < N; n++)
                weight[c * N + n] += link->weight * part[n];
        }
    }
    return LEIE_OK;
}

leie_status leie_need_weights(double *weight, leie_size *unused, const leie_need_list *list, const leie_concordance *via,
                              const leie_labels *product, const leie_labels *category, leie_error *err)
{
    leie_size N = list->need.n + 1;
    bool *used = leie_new(list->n, sizeof *used);
    double *part = leie_new(N, sizeof *part);
    leie_status st = used && part ? LEIE_OK : leie_fail_memory(err, "needs", list->n, sizeof *used);
    *unused = 0;
    memset(weight, 0, (size_t)(product->n * category->n * N) * sizeof *weight);
    for (leie_size p = 0; !st && p < product->n; p++) {
        double *to = weight + p * category->n * N;
        bool linked = false;
        if (via && !names(list, product->code[p]))
            st = weigh_linked(to, part, used, &linked, list, via, product->code[p], category, err);
        for (leie_size c = 0; !st && !linked && c < category->n; c++)
            st = weigh_one(to + c * N, used, list, product->code[p], category->code[c], err);
    }
    for (leie_size i = 0; !st && i < list->n; i++)
        *unused += !used[i];
    leie_free(part);
    leie_free(used);
    return st;
}

void leie_needs_weigh(double *by_need, double *money, leie_size N, const double *weight, const leie_accounts *a,
                      const double *demand)
{
    leie_size size = a->P * a->C, k = a->k;
    memset(by_need, 0, (size_t)(a->q * N * k) * sizeof *by_need);
    memset(money, 0, (size_t)(a->q * N) * sizeof *money);
    for (leie_size q = 0; q < a->q; q++)
        for (leie_size i = 0; i < size; i++)
            for (leie_size n = 0; n < N; n++) {
                double w = weight[i * N + n];
                if (w == 0)
                    continue;
                money[q * N + n] += w * demand[q * size + i];
                for (leie_size s = 0; s < k; s++)
                    by_need[(q * N + n) * k + s] += w * a->by_product_category[(q * k + s) * size + i];
            }
}
