// SPDX-License-Identifier: GPL-3.0-or-later
/* Methods of interregional trade scored on nine Austrian regions (Huang et al. 2023, partly from surveys: the best
 * reference at hand, not the truth). The regions are added up to a nation, the nation is split again by keys that are
 * known in practice (output by industry, totals of final demand), and what comes out is held against the regions.
 *
 * The regional tables have trade with the rest of the country as one column and one row. The nation's cell of what
 * crosses borders is fitted to both by RAS, from the pattern of the flows inside the regions; imports from abroad,
 * known by user, go to products by the same pattern. LEIE_TEST_PRINT=1 prints the table of io/study/nest.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/write_files.h"

enum { N = 9, P = 56, F = 4, U = P + F + 1, ABROAD = U - 1, ROWS = 72, COLUMNS = 63 }; // F: HOU INV GOV stocks
static const char *const region[N] = {"AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34"};
static const double place[N][3] = {// latitude and longitude of the capital, area of the region
                                   {47.85, 16.53, 3965}, {48.20, 15.63, 19180}, {48.21, 16.37, 415},
                                   {46.62, 14.31, 9537}, {47.07, 15.44, 16399}, {48.31, 14.29, 11983},
                                   {47.81, 13.04, 7155}, {47.27, 11.39, 12648}, {47.50, 9.75, 2602}};
// Column of the file for each user: industries, HOU, INV, GOV, stocks, exports abroad.
static int column_of(int u)
{
    static const int final[] = {56, 57, 58, 61, 59};
    return u < P ? u : final[u - P];
}

typedef struct austria {
    double raw[N][ROWS][COLUMNS];
    double own[N][P][U];   // flows inside the region
    double out[N][P];      // exports to the rest of the country
    double in[N][U];       // imports from it
    double x[N][P];
    double nation[P][U];   // domestic, all regions
    double abroad[P][U];   // imports from abroad
    double distance[N * N];
} austria;

// Products that carry tonnes: agriculture to manufacture, without printing and repair.
static bool heavy(int i)
{
    return i < 22 && i != 8;
}

static bool read_region(austria *a, int r, leie_error *err)
{
    leie_csv csv = {0};
    char path[4096];
    bool more = true;
    snprintf(path, sizeof path, "%s/at_regional/%s.csv", check_data(), region[r]);
    if (!check_ok(leie_csv_open_wide(&csv, path, err), err))
        return false;
    for (int i = 0; i < ROWS && more; i++) {
        check_ok(leie_csv_next(&csv, &more, err), err);
        for (int c = 0; more && c < COLUMNS; c++) {
            char text[64];
            if (csv.field[c + 1].size > 0) {
                check_ok(leie_csv_string(&csv, c + 1, text, sizeof text, err), err);
                a->raw[r][i][c] = atof(text);
            }
        }
    }
    leie_csv_close(&csv);
    return more;
}

static void take_region(austria *a, int r)
{
    for (int i = 0; i < P; i++) {
        a->out[r][i] = a->raw[r][i][60];
        a->x[r][i] = a->out[r][i];
        for (int u = 0; u < U; u++) {
            a->own[r][i][u] = a->raw[r][i][column_of(u)];
            a->x[r][i] += a->own[r][i][u];
        }
    }
    for (int u = 0; u < U; u++)
        a->in[r][u] = a->raw[r][70][column_of(u)];
}

// Trade across borders [P, U] by RAS on the pattern of flows inside regions.
static void fit_trade(double t[P][U], const austria *a)
{
    double row[P] = {0}, col[U] = {0};
    for (int r = 0; r < N; r++) {
        for (int i = 0; i < P; i++)
            row[i] += a->out[r][i];
        for (int u = 0; u < U; u++)
            col[u] += a->in[r][u];
    }
    double out = 0, in = 0;
    for (int i = 0; i < P; i++)
        out += row[i];
    for (int u = 0; u < U; u++)
        in += col[u];
    check_near(in, out, 1e-4); // what all send is what all get
    for (int i = 0; i < P; i++)
        for (int u = 0; u < U; u++) {
            t[i][u] = 0;
            for (int r = 0; r < N; r++)
                t[i][u] += fmax(a->own[r][i][u], 0) + 1e-9 * row[i];
        }
    for (int k = 0; k < 300; k++) {
        for (int u = 0; u < U; u++) {
            double sum = 0;
            for (int i = 0; i < P; i++)
                sum += t[i][u];
            for (int i = 0; i < P; i++)
                t[i][u] *= sum > 0 ? col[u] * (out / in) / sum : 0;
        }
        for (int i = 0; i < P; i++) {
            double sum = 0;
            for (int u = 0; u < U; u++)
                sum += t[i][u];
            for (int u = 0; u < U; u++)
                t[i][u] *= sum > 0 ? row[i] / sum : 0;
        }
    }
}

static void make_nation(austria *a)
{
    static double t[P][U];
    fit_trade(t, a);
    for (int u = 0; u < U; u++) {
        double all = 0, from_abroad = 0;
        for (int i = 0; i < P; i++) {
            a->nation[i][u] = t[i][u];
            for (int r = 0; r < N; r++)
                a->nation[i][u] += a->own[r][i][u];
            all += fmax(a->nation[i][u], 0);
        }
        for (int r = 0; r < N; r++)
            from_abroad += a->raw[r][69][column_of(u)];
        for (int i = 0; i < P; i++)
            a->abroad[i][u] = all > 0 ? from_abroad * fmax(a->nation[i][u], 0) / all : 0;
    }
    const double degree = 3.14159265358979 / 180;
    for (int s = 0; s < N; s++)
        for (int r = 0; r < N; r++) {
            double north = (place[s][0] - place[r][0]) * 111.2;
            double east = (place[s][1] - place[r][1]) * 111.2 * cos(47.6 * degree);
            a->distance[s * N + r] = s == r ? 0.4 * sqrt(place[s][2]) : sqrt(north * north + east * east);
        }
}

static austria *read_austria(void)
{
    leie_error err = {0};
    austria *a = leie_new(1, sizeof *a);
    bool good = a != NULL;
    for (int r = 0; good && r < N; r++) {
        good = read_region(a, r, &err);
        take_region(a, r);
    }
    if (good)
        make_nation(a);
    return good ? a : leie_free(a);
}

// ---- the nation as supply and use, and its split ----

static void nation_sut(leie_sut *s, const austria *a)
{
    static const leie_demand_kind kind[] = {LEIE_DEMAND_HOUSEHOLD, LEIE_DEMAND_GFCF, LEIE_DEMAND_GOVERNMENT,
                                            LEIE_DEMAND_INVENTORIES, LEIE_DEMAND_EXPORT};
    leie_error err = {0};
    char code[16];
    *s = (leie_sut){.account = {.year = 2010}};
    for (int i = 0; i < P; i++) {
        snprintf(code, sizeof code, "%02d", i + 1);
        leie_axis_add(&s->product, "AT", code, "", "", LEIE_DEMAND_HOUSEHOLD, &err);
        leie_axis_add(&s->account.sector, "AT", code, "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    }
    for (int f = 0; f < F + 1; f++)
        leie_axis_add(&s->account.demand, "AT", leie_demand_name(kind[f]), "", "", kind[f], &err);
    s->supply = leie_new(P * P, sizeof *s->supply);
    check_ok(leie_sut_layer_new(s, LEIE_DOMESTIC, LEIE_BASIC, &err), &err);
    check_ok(leie_sut_layer_new(s, LEIE_IMPORTED, LEIE_BASIC, &err), &err);
    for (int i = 0; i < P; i++)
        for (int u = 0; u < U; u++) {
            double *home = u < P ? &s->layer[LEIE_DOMESTIC][LEIE_BASIC].use[i * P + u]
                                 : &s->layer[LEIE_DOMESTIC][LEIE_BASIC].final[i * (F + 1) + u - P];
            double *from = u < P ? &s->layer[LEIE_IMPORTED][LEIE_BASIC].use[i * P + u]
                                 : &s->layer[LEIE_IMPORTED][LEIE_BASIC].final[i * (F + 1) + u - P];
            *home = a->nation[i][u];
            *from = a->abroad[i][u];
            s->supply[i * P + i] += a->nation[i][u];
        }
}

static void region_shares(double *industry, double *demand, const austria *a)
{
    for (int r = 0; r < N; r++) {
        for (int i = 0; i < P; i++) {
            double all = 0;
            for (int q = 0; q < N; q++)
                all += a->x[q][i];
            industry[r * P + i] = all > 0 ? a->x[r][i] / all : 1.0 / N;
        }
        for (int f = 0; f < F + 1; f++) {
            double part[N], all = 0;
            for (int q = 0; q < N; q++) { // inventories by output, others by what the region spends
                part[q] = f == 3 || f == 4 ? 0 : a->in[q][P + f];
                for (int i = 0; i < P; i++)
                    part[q] += f == 3 || f == 4 ? a->x[q][i] : a->own[q][i][P + f];
                all += part[q];
            }
            demand[r * (F + 1) + f] = part[r] / all;
        }
    }
}

// ---- scores ----

typedef struct score {
    double own, out, in, own_heavy, out_heavy; // WAPE
    double own_A, out_x, in_x, multiplier;     // STPE: of coefficients
} score;

// Output multipliers of the flows inside a region: column sums of (I - A)^-1.
static void multipliers(double *m, double own[P][P], const double *x)
{
    leie_error err = {0};
    leie_matrix Z = {0};
    leie_linsys *sys = NULL;
    leie_axis axis = {0};
    double scale[P];
    check_ok(leie_matrix_new_dense(&Z, P, P, &err), &err);
    for (int i = 0; i < P; i++) {
        char code[16];
        snprintf(code, sizeof code, "%d", i);
        leie_axis_add(&axis, "r", code, "", "", LEIE_DEMAND_HOUSEHOLD, &err);
        scale[i] = x[i] > 0 ? 1 / x[i] : 0;
        m[i] = 1;
        for (int j = 0; j < P; j++)
            Z.val[i * Z.ld + j] = own[i][j];
    }
    const leie_linsys_opts lu = {.method = LEIE_SOLVER_LU};
    check_ok(leie_linsys_setup(&sys, &Z, scale, &axis, &lu, &err), &err);
    check_ok(leie_linsys_solve(sys, true, 1, m, m, NULL, &err), &err);
    sys = leie_linsys_free(sys);
    leie_axis_clear(&axis);
    leie_matrix_free(&Z);
}

static double flow(const leie_sut *s, int from, int i, int to, int u)
{
    const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    return u < P ? d->use[(from * P + i) * N * P + to * P + u] : d->final[(from * P + i) * N * (F + 1) + to * (F + 1) + u - P];
}

static void add_error(double *miss, double *all, double found, double expected)
{
    *miss += fabs(found - expected);
    *all += fabs(expected);
}

// sums[k][0] differences, sums[k][1] reference; percent of the two.
static score score_split(const leie_sut *s, const austria *a)
{
    double sum[9][2] = {{0}};
    for (int r = 0; r < N; r++) {
        static double found[P][P], known[P][P];
        double m[P], M[P], in[U] = {0};
        for (int i = 0; i < P; i++) {
            double out = 0, x = a->x[r][i];
            for (int u = 0; u < U - 1; u++) {
                double own = flow(s, r, i, r, u);
                add_error(&sum[0][0], &sum[0][1], own, a->own[r][i][u]);
                if (heavy(i))
                    add_error(&sum[3][0], &sum[3][1], own, a->own[r][i][u]);
                if (u < P) {
                    found[i][u] = own;
                    known[i][u] = a->own[r][i][u];
                    if (a->x[r][u] > 0)
                        add_error(&sum[5][0], &sum[5][1], own / a->x[r][u], a->own[r][i][u] / a->x[r][u]);
                }
                for (int q = 0; q < N; q++)
                    if (q != r) {
                        out += flow(s, r, i, q, u);
                        in[u] += flow(s, q, i, r, u);
                    }
            }
            add_error(&sum[1][0], &sum[1][1], out, a->out[r][i]);
            if (heavy(i))
                add_error(&sum[4][0], &sum[4][1], out, a->out[r][i]);
            if (x > 0)
                add_error(&sum[6][0], &sum[6][1], out / x, a->out[r][i] / x);
        }
        for (int u = 0; u < U - 1; u++) {
            add_error(&sum[2][0], &sum[2][1], in[u], a->in[r][u]);
            if (u < P && a->x[r][u] > 0)
                add_error(&sum[7][0], &sum[7][1], in[u] / a->x[r][u], a->in[r][u] / a->x[r][u]);
        }
        multipliers(m, found, a->x[r]);
        multipliers(M, known, a->x[r]);
        for (int j = 0; j < P; j++)
            add_error(&sum[8][0], &sum[8][1], m[j], M[j]);
    }
    double p[9];
    for (int k = 0; k < 9; k++)
        p[k] = 100 * sum[k][0] / sum[k][1];
    return (score){p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]};
}

static const struct trial {
    const char *name;
    leie_trade_method method;
    double delta, beta;
} trials[] = {{"SLQ", LEIE_TRADE_SLQ, 0, 1},          {"CILQ", LEIE_TRADE_CILQ, 0, 1},
              {"FLQ 0.1", LEIE_TRADE_FLQ, 0.1, 1},    {"FLQ 0.25", LEIE_TRADE_FLQ, 0.25, 1},
              {"FLQ 0.4", LEIE_TRADE_FLQ, 0.4, 1},    {"AFLQ 0.25", LEIE_TRADE_AFLQ, 0.25, 1},
              {"CHARM", LEIE_TRADE_CHARM, 0, 1},      {"gravity 1", LEIE_TRADE_GRAVITY, 0, 1},
              {"gravity 2", LEIE_TRADE_GRAVITY, 0, 2}};
enum { TRIALS = sizeof trials / sizeof trials[0] };

static void print_score(const char *name, const char *kind, const score *s)
{
    if (getenv("LEIE_TEST_PRINT"))
        printf("| %s | %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, kind, s->own, s->own_heavy,
               s->out, s->out_heavy, s->in, s->own_A, s->out_x, s->in_x, s->multiplier);
}

static void test_scores(void)
{
    leie_error err = {0};
    austria *a = read_austria();
    static double industry[N * P], demand[N * (F + 1)];
    leie_sut s;
    if (!check_true(a != NULL))
        return;
    leie_nest shares = {.country = "AT", .sectors = P, .categories = F + 1, .industry = industry, .demand = demand};
    for (int r = 0; r < N; r++)
        leie_labels_add(&shares.region, region[r], "", "", "", &err);
    nation_sut(&s, a);
    region_shares(industry, demand, a);
    score best[TRIALS][2];
    for (int k = 0; k < TRIALS; k++)
        for (int balanced = 0; balanced < 2; balanced++) {
            leie_sut to;
            const leie_split_opts how = {.shares = &shares, .exports_by_output = true, .method = trials[k].method,
                                         .delta = trials[k].delta, .beta = trials[k].beta, .distance = a->distance,
                                         .unbalanced = !balanced, .balance = {.tolerance = 1e-6}};
            leie_split_info info;
            if (!check_ok(leie_sut_split(&to, &s, &how, &info, &err), &err))
                break;
            check_true(!balanced || info.balance.converged);
            best[k][balanced] = score_split(&to, a);
            print_score(trials[k].name, balanced ? "balanced" : "estimate", &best[k][balanced]);
            leie_split_info_clear(&info);
            leie_sut_clear(&to);
        }
    // The default is no worse than any other on the mean of flows inside and exports, all and heavy products.
    double mean[TRIALS];
    int chosen = -1;
    for (int k = 0; k < TRIALS; k++) {
        const score *b = &best[k][1];
        mean[k] = (b->own + b->out + b->own_heavy + b->out_heavy + b->in) / 5;
        if (trials[k].method == LEIE_TRADE_DEFAULT && trials[k].delta == 0.25)
            chosen = k;
    }
    for (int k = 0; k < TRIALS; k++)
        check_true(mean[chosen] <= mean[k]);
    leie_labels_clear(&shares.region);
    leie_sut_clear(&s);
    leie_free(a);
}

CHECK_SUITE(data_trade, {"nine Austrian regions", test_scores, check_needs_data})
