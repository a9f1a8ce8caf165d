// SPDX-License-Identifier: GPL-3.0-or-later
/* How does reconciliation grow with the system? Made-up flow systems: processes in a line that exchange goods with
 * near ones and with the outside, two substances with concentrations, all measured with errors of 10 % but for a
 * fifth of the flows and a tenth of the concentrations, which balances determine. Years are independent, as in a system without relations between years. */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "kernels/memory.h"
#include "perf/bench.h"
#include "perf/generate.h"
#include "solver/mfa/reconcile.h"

enum { SUBSTANCES = 2, FLOWS_PER_PROCESS = 3, NEAR = 40 };

typedef struct made {
    leie_mfa_system s;
    leie_reconciled r;
    leie_reconcile_opts opts;
    bool linear;           // concentrations are constants
    leie_size flows, processes, years;
    leie_index *from, *to; // [flows], -1 outside
    leie_size *first;      // [processes + 2] flows by process
    leie_index *flow;      // [2 flows]
    double *truth;         // [flows, 1 + SUBSTANCES]
} made;

// A number that depends on what and where, in [0, 1).
static double number(uint64_t what, leie_size i)
{
    return bench_hash(what, (uint64_t)i);
}

/* Every process has an inflow from outside and an outflow; the third third of the flows goes to near processes. */
static void connect(made *x)
{
    for (leie_size f = 0; f < x->flows; f++) {
        leie_size p = f % x->processes, q = p + 1 + (leie_size)(NEAR * number(11, f));
        bool inward = f / x->processes == 1;
        bool outside = f / x->processes == 0 ? number(12, f) < 0.4 : false;
        x->from[f] = (leie_index)(inward ? -1 : p);
        x->to[f] = (leie_index)(inward ? p : outside || q >= x->processes ? -1 : q);
    }
}

/* The true flows: inflows are given, each process splits what it gets over its outflows, every substance in its own
 * way. Flows lead to later processes, so one pass does. */
static void make_truth(made *x)
{
    leie_size L = 1 + SUBSTANCES;
    for (leie_size p = 0; p < x->processes; p++) {
        double in[1 + SUBSTANCES] = {0}, weight[1 + SUBSTANCES] = {0};
        for (leie_size e = x->first[p]; e < x->first[p + 1]; e++) {
            leie_size f = x->flow[e];
            for (int k = 0; k <= SUBSTANCES; k++) {
                if (x->from[f] < 0)
                    x->truth[f * L + k] = (10 + 90 * number(13, f)) * (k ? 0.05 * k * (0.5 + number(18, f * L + k)) : 1);
                if (x->to[f] == p)
                    in[k] += x->truth[f * L + k];
                else
                    weight[k] += 1 + number(19, f * L + k);
            }
        }
        for (leie_size e = x->first[p]; e < x->first[p + 1]; e++)
            for (int k = 0; k <= SUBSTANCES && x->from[x->flow[e]] == p; k++)
                x->truth[x->flow[e] * L + k] = in[k] * (1 + number(19, x->flow[e] * L + k)) / weight[k];
    }
}

// About normal with mean 0 and standard deviation 1.
static double noise(uint64_t what, leie_size i)
{
    double sum = -6;
    for (uint64_t k = 0; k < 12; k++)
        sum += number(100 * what + k, i);
    return sum;
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
    const double *truth = x->truth + f * (1 + SUBSTANCES);
    for (int k = 0; k <= 2 * SUBSTANCES; k++) { // as the program does
        s->low[goods + k] = 0;
        s->high[goods + k] = k > SUBSTANCES ? 1 : INFINITY;
    }
    s->value[goods] = truth[0] * (1 + 0.1 * noise(15, goods));
    if (f / x->processes != 1 || number(14, f) < 0.4)
        s->sd[goods] = 0.1 * truth[0];
    for (int k = 1; k <= SUBSTANCES; k++) {
        leie_size c = share(x, t, f, k);
        s->value[amount(x, t, f, k)] = truth[k];
        s->value[c] = truth[k] / truth[0] * (1 + 0.1 * noise(16, c));
        if (x->linear) {
            s->value[c] = truth[k] / truth[0];
            s->sd[c] = 0;
        } else if (f / x->processes > 0 || number(17, f) < 0.7)
            s->sd[c] = 0.1 * truth[k] / truth[0];
    }
}

static void add_balances(made *x, leie_size t)
{
    leie_mfa_system *s = &x->s;
    for (leie_size p = 0; p < x->processes; p++)
        for (int layer = 0; layer <= SUBSTANCES; layer++, s->m++) {
            s->first[s->m + 1] = s->first[s->m];
            for (leie_size e = x->first[p]; e < x->first[p + 1]; e++)
                add(s, x->to[x->flow[e]] == p ? 1 : -1, amount(x, t, x->flow[e], layer), -1);
        }
    for (leie_size f = 0; f < x->flows; f++)
        for (int layer = 1; layer <= SUBSTANCES; layer++, s->m++) {
            s->first[s->m + 1] = s->first[s->m];
            add(s, 1, amount(x, t, f, layer), -1);
            add(s, -1, amount(x, t, f, 0), share(x, t, f, layer));
        }
}

static void by_process(made *x)
{
    for (int fill = 0; fill < 2; fill++) {
        for (leie_size f = 0; f < x->flows; f++)
            for (int end = 0; end < 2; end++) {
                leie_index p = end ? x->to[f] : x->from[f];
                if (p >= 0 && fill)
                    x->flow[x->first[p + 1]++] = (leie_index)f;
                else if (p >= 0)
                    x->first[p + 2]++;
            }
        for (leie_size p = 0; p < x->processes && !fill; p++)
            x->first[p + 2] += x->first[p + 1];
    }
}

static void make(made *x, leie_size flows, leie_size years, bool linear)
{
    *x = (made){.linear = linear, .flows = flows, .processes = flows / FLOWS_PER_PROCESS, .years = years};
    leie_size P = x->processes, n = years * flows * (1 + 2 * SUBSTANCES);
    leie_size m = years * (P * (1 + SUBSTANCES) + flows * SUBSTANCES);
    x->first = leie_new(P + 2, sizeof *x->first);
    x->flow = leie_new(2 * flows, sizeof *x->flow);
    x->truth = leie_new(flows, (1 + SUBSTANCES) * sizeof *x->truth);
    x->from = leie_new(flows, sizeof *x->from);
    x->to = leie_new(flows, sizeof *x->to);
    bench_need(x->first && x->flow && x->truth && x->from && x->to ? LEIE_OK : LEIE_ERR_NOMEM, NULL, "flows");
    leie_error err = {0};
    bench_need(leie_mfa_system_new(&x->s, n, m, years * flows * (2 + 4 * SUBSTANCES), &err), &err, "system");
    x->s.m = 0;
    connect(x);
    by_process(x);
    make_truth(x);
    for (leie_size t = 0; t < years; t++) {
        for (leie_size f = 0; f < flows; f++)
            measure_flow(x, t, f);
        add_balances(x, t);
    }
}

static void work(void *ctx)
{
    made *x = ctx;
    leie_error err = {0};
    leie_reconciled_clear(&x->r);
    bench_need(leie_reconcile(&x->r, &x->s, &x->opts, &err), &err, "reconciliation");
}

// Seconds grow as the number of variables to this power, from the smaller case before.
typedef struct growth {
    double n, seconds;
} growth;

static double exponent(growth *before, double n, double seconds)
{
    double power = before->n > 0 ? log(seconds / before->seconds) / log(n / before->n) : NAN;
    *before = (growth){n, seconds};
    return power;
}

// The most memory that the process held so far, in MB.
static double peak(void)
{
    struct rusage use;
    return getrusage(RUSAGE_SELF, &use) ? NAN : (double)use.ru_maxrss / 1024;
}

static void measure(leie_size flows, leie_size years, bool linear, bool uncertainty)
{
    static growth grown[2];
    char name[64], sizes[96], note[160], grows[32] = "";
    made x;
    make(&x, flows, years, linear);
    x.opts.no_uncertainty = !uncertainty;
    snprintf(name, sizeof name, "%s%s", linear ? "linear" : "products", uncertainty ? ", with sd" : "");
    snprintf(sizes, sizeof sizes, "%lld flows, 3 layers, %lld years, n=%lld", (long long)flows, (long long)years, (long long)x.s.n);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-8};
    bench_measure(&c, work, &x);
    double power = exponent(&grown[linear], (double)x.s.n, c.median);
    if (!isnan(power))
        snprintf(grows, sizeof grows, ", grows as n^%.2f", power);
    snprintf(note, sizeof note, "%lld linearisations, dof %lld%s, peak %.0f MB%s", (long long)x.r.iterations, (long long)x.r.dof, grows, peak(),
             x.r.converged ? "" : ", NOT CONVERGED");
    c.residual = x.r.converged ? x.r.violation : INFINITY;
    c.note = note;
    bench_report(&c);
    leie_reconciled_clear(&x.r);
    leie_mfa_system_clear(&x.s);
    leie_free(x.from);
    leie_free(x.to);
    leie_free(x.first);
    leie_free(x.flow);
    leie_free(x.truth);
}

static void ask(void)
{
    measure(300, 1, false, true);
    measure(3000, 1, false, true);
    measure(30000, 1, false, true);
    measure(3000, 1, true, true);
    measure(30000, 1, true, true);
    if (!bench_large()) {
        bench_skip("100000 flows, 3 layers, 20 years", "BENCH_LARGE=1 asks for it");
        return;
    }
    measure(100000, 1, true, true);
    measure(100000, 20, true, true);
    measure(100000, 1, false, true);
    measure(100000, 20, false, true);
}
BENCH_QUESTION(reconcile, "reconciliation of flow systems", ask)
