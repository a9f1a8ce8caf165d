// SPDX-License-Identifier: GPL-3.0-or-later
/* How does reconciliation grow with the system? Made-up flow systems: processes in a line that exchange goods with
 * near ones and with the outside, two substances with concentrations, some goods flows and concentrations not
 * measured. Years are independent, as in a system without relations between years. */
#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "perf/bench.h"
#include "perf/generate.h"
#include "solver/mfa/reconcile.h"

enum { SUBSTANCES = 2, FLOWS_PER_PROCESS = 3, NEAR = 40 };

typedef struct made {
    leie_mfa_system s;
    leie_reconciled r;
    leie_reconcile_opts opts;
    leie_size flows, processes, years;
    leie_index *from, *to; // [flows], -1 outside
} made;

// A number that depends on what and where, in [0, 1).
static double number(uint64_t what, leie_size i)
{
    return bench_hash(what, (uint64_t)i);
}

/* Every process has an inflow from outside or from a near process before it, and flows to near ones after it or
 * outside: what goes around stays small. */
static void connect(made *x)
{
    for (leie_size f = 0; f < x->flows; f++) {
        leie_size p = f % x->processes, q = p + 1 + (leie_size)(NEAR * number(11, f));
        double u = number(12, f);
        x->from[f] = (leie_index)(u < 0.15 ? -1 : p);
        x->to[f] = (leie_index)(u < 0.15 ? p : u < 0.35 || q >= x->processes ? -1 : q);
    }
}

// Position of layer 0 (goods) or a substance of a flow in a year, and of its concentration.
static leie_size amount(const made *x, leie_size t, leie_size f, int layer)
{
    return (t * x->flows + f) * (1 + 2 * SUBSTANCES) + layer;
}

static leie_size share(const made *x, leie_size t, leie_size f, int layer)
{
    return amount(x, t, f, layer) + SUBSTANCES;
}

static void add(leie_mfa_system *s, double coef, leie_size p, leie_size q)
{
    s->term[s->first[s->m + 1]++] = (leie_mfa_term){coef, (leie_index)p, (leie_index)q};
}

static void measure_flow(made *x, leie_size t, leie_size f)
{
    leie_mfa_system *s = &x->s;
    leie_size goods = amount(x, t, f, 0);
    double size = 10 + 90 * number(13, f);
    s->value[goods] = size;
    s->low[goods] = -INFINITY;
    if (number(14, f) < 0.8) {
        s->value[goods] = size * (1 + 0.1 * (number(15, goods) - 0.5));
        s->sd[goods] = 0.1 * size;
    }
    for (int k = 1; k <= SUBSTANCES; k++) {
        leie_size c = share(x, t, f, k);
        s->value[amount(x, t, f, k)] = size * 0.05 * k;
        s->value[c] = 0.05 * k * (1 + 0.1 * (number(16, c) - 0.5));
        if (number(17, f) < 0.9)
            s->sd[c] = 0.01 * k;
    }
}

static void add_balances(made *x, const leie_size *first, const leie_index *flow, leie_size t)
{
    leie_mfa_system *s = &x->s;
    for (leie_size p = 0; p < x->processes; p++)
        for (int layer = 0; layer <= SUBSTANCES; layer++, s->m++) {
            s->first[s->m + 1] = s->first[s->m];
            for (leie_size e = first[p]; e < first[p + 1]; e++)
                add(s, x->to[flow[e]] == p ? 1 : -1, amount(x, t, flow[e], layer), -1);
        }
    for (leie_size f = 0; f < x->flows; f++)
        for (int layer = 1; layer <= SUBSTANCES; layer++, s->m++) {
            s->first[s->m + 1] = s->first[s->m];
            add(s, 1, amount(x, t, f, layer), -1);
            add(s, -1, amount(x, t, f, 0), share(x, t, f, layer));
        }
}

// Flows by process.
static void by_process(const made *x, leie_size *first, leie_index *flow)
{
    for (int fill = 0; fill < 2; fill++) {
        for (leie_size f = 0; f < x->flows; f++)
            for (int end = 0; end < 2; end++) {
                leie_index p = end ? x->to[f] : x->from[f];
                if (p >= 0 && fill)
                    flow[first[p + 1]++] = (leie_index)f;
                else if (p >= 0)
                    first[p + 2]++;
            }
        for (leie_size p = 0; p < x->processes && !fill; p++)
            first[p + 2] += first[p + 1];
    }
}

static void make(made *x, leie_size flows, leie_size years)
{
    *x = (made){.flows = flows, .processes = flows / FLOWS_PER_PROCESS, .years = years};
    leie_size P = x->processes, n = years * flows * (1 + 2 * SUBSTANCES);
    leie_size m = years * (P * (1 + SUBSTANCES) + flows * SUBSTANCES);
    leie_size *first = leie_new(P + 2, sizeof *first);
    leie_index *flow = leie_new(2 * flows, sizeof *flow);
    x->from = leie_new(flows, sizeof *x->from);
    x->to = leie_new(flows, sizeof *x->to);
    bench_need(first && flow && x->from && x->to ? LEIE_OK : LEIE_ERR_NOMEM, NULL, "flows");
    leie_error err = {0};
    bench_need(leie_mfa_system_new(&x->s, n, m, years * flows * (2 + 4 * SUBSTANCES), &err), &err, "system");
    x->s.m = 0;
    connect(x);
    by_process(x, first, flow);
    for (leie_size t = 0; t < years; t++) {
        for (leie_size f = 0; f < flows; f++)
            measure_flow(x, t, f);
        add_balances(x, first, flow, t);
    }
    leie_free(first);
    leie_free(flow);
}

static void work(void *ctx)
{
    made *x = ctx;
    leie_error err = {0};
    leie_reconciled_clear(&x->r);
    bench_need(leie_reconcile(&x->r, &x->s, &x->opts, &err), &err, "reconciliation");
}

static void measure(leie_size flows, leie_size years, bool uncertainty)
{
    char name[64], sizes[96], note[96];
    made x;
    make(&x, flows, years);
    x.opts.no_uncertainty = !uncertainty;
    snprintf(name, sizeof name, "reconcile%s", uncertainty ? " with standard deviations" : "");
    snprintf(sizes, sizeof sizes, "%lld flows, 3 layers, %lld years, n=%lld", (long long)flows, (long long)years, (long long)x.s.n);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-8};
    bench_measure(&c, work, &x);
    snprintf(note, sizeof note, "%lld linearisations, dof %lld%s", (long long)x.r.iterations, (long long)x.r.dof,
             x.r.converged ? "" : ", NOT CONVERGED");
    c.residual = x.r.converged ? x.r.violation : INFINITY;
    c.note = note;
    bench_report(&c);
    leie_reconciled_clear(&x.r);
    leie_mfa_system_clear(&x.s);
    leie_free(x.from);
    leie_free(x.to);
}

static void ask(void)
{
    measure(300, 1, true);
    measure(3000, 1, false);
    measure(3000, 1, true);
    measure(30000, 1, false);
    if (!bench_large()) {
        bench_skip("100000 flows, 3 layers, 20 years", "BENCH_LARGE=1 asks for it");
        return;
    }
    measure(30000, 1, true);
    measure(100000, 1, false);
    measure(100000, 20, false);
}
BENCH_QUESTION(reconcile, "reconciliation of flow systems", ask)
