// SPDX-License-Identifier: GPL-3.0-or-later
/* Material flow systems from their files: STAN's example, the case `copper` against numpy, mistakes by line. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/write_files.h"

static leie_status reconcile(leie_dataset *ds, const char *path, leie_size sets, char *const *set, leie_error *err)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    *ds = (leie_dataset){0};
    leie_status st = leie_flow_study_read(&study, path, sets, set, err);
    st = st ? st : leie_flow_system_read(&sys, &study, err);
    st = st ? st : leie_reconcile(&r, &sys.system, &study.opts, err);
    if (!st)
        check_true(r.converged);
    st = st ? st : leie_flow_dataset(ds, &sys, &r, err);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}

static leie_size place(const leie_dataset *ds, const char *dim, const char *label)
{
    const leie_var *v = leie_dataset_find(ds, dim);
    for (leie_size i = 0; v && i < v->count; i++)
        if (strcmp(v->text[i], label) == 0)
            return i;
    return -1;
}

// ---- the example of STAN ----

static double stan_value(const leie_dataset *ds, const char *variable, const char *flow)
{
    leie_size at = place(ds, "flow", flow);
    return check_true(at >= 0) ? leie_dataset_find(ds, variable)->number[at] : NAN;
}

/* The values that Cencic (2016) prints, with six decimals. */
static void test_stan(void)
{
    leie_error err = {0};
    leie_dataset ds;
    char split[] = "relations=split.csv", *const set[] = {split};
    check_ok(reconcile(&ds, path_in(check_cases(), "stan/system.yaml"), 0, NULL, &err), &err);
    check_close(stan_value(&ds, "reconciled", "m1"), 102.425960, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled", "m3"), 302.416229, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled", "m4"), 149.990270, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled", "m5"), 152.425960, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled_sd", "m1"), 7.882792, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled_sd", "m3"), 22.608614, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled_sd", "m4"), 21.213297, 0, 1e-6);
    check_close(leie_dataset_find(&ds, "transfer_reconciled")->number[0], 0.495973, 0, 1e-6);
    check_close(leie_dataset_find(&ds, "transfer_reconciled_sd")->number[0], 0.037681, 0, 1e-6);
    check_true(isnan(stan_value(&ds, "reconciled", "m6")) && isnan(stan_value(&ds, "reconciled", "m7")));
    check_true(isnan(stan_value(&ds, "measured", "m4")));
    check_size(leie_dataset_find(&ds, "state")->integer[place(&ds, "flow", "m6")], LEIE_MFA_NOT_OBSERVABLE);
    leie_dataset_clear(&ds);
    check_ok(reconcile(&ds, path_in(check_cases(), "stan/system.yaml"), 1, set, &err), &err);
    check_close(stan_value(&ds, "reconciled", "m6"), 76.212980, 0, 1e-6);
    check_close(stan_value(&ds, "reconciled_sd", "m7"), 3.941396, 0, 1e-6);
    leie_dataset_clear(&ds);
}

// ---- the case copper ----

// Value of an answer's quantity in the dataset, by variable ("reconciled" or "reconciled_sd").
static double copper_value(const leie_dataset *ds, const char *variable, const char *quantity, const char *layer, leie_size year)
{
    char name[64], label[64];
    leie_size t = year - 2018;
    if (strcmp(layer, "share") == 0) {
        snprintf(name, sizeof name, "concentration_%s", variable);
        snprintf(label, sizeof label, "%s/Cu", quantity);
        return leie_dataset_find(ds, name)->number[2 * place(ds, "concentration", label) + t];
    }
    if (strcmp(layer, "k") == 0) {
        snprintf(name, sizeof name, "transfer_%s", variable);
        return leie_dataset_find(ds, name)->number[2 * place(ds, "transfer", quantity) + t];
    }
    leie_size at = 2 * place(ds, "flow", quantity) + place(ds, "layer", layer);
    return leie_dataset_find(ds, variable)->number[2 * at + t];
}

static void test_copper(void)
{
    static const char *const columns[] = {"quantity", "layer", "year", "value", "sd", NULL};
    leie_error err = {0};
    leie_dataset ds;
    leie_csv csv = {0};
    bool more = true;
    leie_size rows = 0, year;
    check_ok(reconcile(&ds, path_in(check_cases(), "copper/system.yaml"), 0, NULL, &err), &err);
    check_ok(leie_csv_open(&csv, path_in(check_cases(), "copper/answers.csv"), columns, NULL, &err), &err);
    while (!leie_csv_next(&csv, &more, &err) && more) {
        char quantity[64], layer[16];
        double value, sd;
        check_ok(leie_csv_string(&csv, 0, quantity, sizeof quantity, &err), &err);
        check_ok(leie_csv_string(&csv, 1, layer, sizeof layer, &err), &err);
        check_ok(leie_csv_integer(&csv, 2, &year, &err), &err);
        check_ok(leie_csv_number(&csv, 3, &value, &err), &err);
        check_ok(leie_csv_number(&csv, 4, &sd, &err), &err);
        check_close(copper_value(&ds, "reconciled", quantity, layer, year), value, 1e-8, 1e-9);
        check_close(copper_value(&ds, "reconciled_sd", quantity, layer, year), sd, 1e-7, 1e-9);
        rows++;
    }
    check_size(rows, 38);
    leie_csv_close(&csv);
    leie_dataset_clear(&ds);
}

static void test_copper_set_aside(void)
{
    leie_error err = {0};
    leie_dataset ds;
    char aside[] = "tests.eliminate=3", *const set[] = {aside};
    check_ok(reconcile(&ds, path_in(check_cases(), "copper/system.yaml"), 1, set, &err), &err);
    leie_size at = 4 * place(&ds, "flow", "scrap") + 1;
    check_size(leie_dataset_find(&ds, "state")->integer[at], LEIE_MFA_SET_ASIDE);
    check_true(leie_dataset_find(&ds, "reconciled")->number[at] < 43);
    check_size(leie_dataset_get(&ds, NULL, "set_aside")->integer[0], 1);
    leie_dataset_clear(&ds);
}

// ---- mistakes ----

#define HEAD "leie: 1\nyears: 2018-2019\nunit: t\nsubstances: [Cu]\nflows: flows.csv\nvalues: values.csv\n" \
             "processes: processes.csv\nconcentrations: c.csv\ntransfers: t.csv\nrelations: r.csv\n"

// A small system in a fresh folder, with one of its files replaced.
static void refuse(const char *file, const char *text, leie_status expected, const char *message)
{
    const char *folder = check_folder();
    leie_error err = {0};
    leie_dataset ds;
    write_text(folder, "system.yaml", HEAD);
    write_text(folder, "processes.csv", "process,stock\nA,no\nB,yes\n");
    write_text(folder, "flows.csv", "flow,from,to\nin,,A\nmid,A,B\nout,B,\n");
    write_text(folder, "values.csv", "flow,year,value,sd\nin,,5,1\nout,2018,3,1\n");
    write_text(folder, "c.csv", "flow,layer,value,sd\nin,Cu,0.1,0.01\n");
    write_text(folder, "t.csv", "transfer,flow,value,sd\nk,out,0.5,0.1\n");
    write_text(folder, "r.csv", "relation,flow,coefficient\nx,in,1\nx,mid,-1\n");
    write_text(folder, file, text);
    check_status(reconcile(&ds, path_in(folder, "system.yaml"), 0, NULL, &err), expected, &err);
    check_has(err.text, message);
    leie_dataset_clear(&ds);
}

static void test_bad_files(void)
{
    refuse("processes.csv", "process,stock\nA,maybe\n", LEIE_ERR_DATA, "processes.csv:2: column 'stock': 'maybe' should be yes or no");
    refuse("flows.csv", "flow,from,to\nin,,A\nmid,A,C\n", LEIE_ERR_DATA, "flows.csv:3: column 'to': unknown process 'C'");
    refuse("flows.csv", "flow,from,to\nin,A,A\n", LEIE_ERR_DATA, "flow 'in' goes from A to itself");
    refuse("flows.csv", "flow,from,to\nin,,\n", LEIE_ERR_DATA, "flow 'in' goes from outside to itself");
    refuse("flows.csv", "flow,from,to\nstock:A,,A\n", LEIE_ERR_DATA, "kept for stock changes");
    refuse("flows.csv", "flow,from,to\n", LEIE_ERR_DATA, "flows.csv: no flows");
    refuse("values.csv", "flow,value,sd\nins,5,1\n", LEIE_ERR_DATA, "values.csv:2: column 'flow': unknown flow 'ins'; 'in' is near");
    refuse("values.csv", "flow,value\nin,5\n", LEIE_ERR_DATA, "values.csv:2: a value without uncertainty");
    refuse("values.csv", "flow,value,sd,relative\nin,5,1,0.1\n", LEIE_ERR_DATA, "several uncertainties");
    refuse("values.csv", "flow,value,sd\nin,,1\n", LEIE_ERR_DATA, "an uncertainty without a value");
    refuse("values.csv", "flow,value,low,high\nin,5,6,7\n", LEIE_ERR_DATA, "the value 5 is not between low 6 and high 7");
    refuse("values.csv", "flow,value,sd\nin,5,-1\n", LEIE_ERR_DATA, "an uncertainty of -1; it should be zero or more");
    refuse("values.csv", "flow,value,sd,unit\nin,5,1,m3\n", LEIE_ERR_UNIT, "values.csv:2: column 'unit'");
    refuse("values.csv", "flow,year,value,sd\nin,2018,5,1\nin,2018,5,1\n", LEIE_ERR_DATA, "values.csv:3: flow 'in', goods, 2018 was given before, on line 2");
    refuse("values.csv", "flow,layer,value,sd\nin,Zn,5,1\n", LEIE_ERR_DATA, "unknown layer 'Zn'");
    refuse("values.csv", "flow,value,sd\nin,5,0\nmid,6,0\n", LEIE_ERR_DATA, "cannot close");
    refuse("values.csv", "flow,value,sd\nin,-5,0\n", LEIE_ERR_DATA, "flow 'in', goods, 2018: the constant -5 is outside its bounds");
    refuse("c.csv", "flow,layer,value,sd\nin,Cu,1.1,0.1\n", LEIE_ERR_DATA, "c.csv:2: column 'value': a concentration of 1.1");
    refuse("c.csv", "flow,layer,value,sd\nin,goods,0.5,0.1\n", LEIE_ERR_DATA, "a concentration is of a substance, not of goods");
    refuse("t.csv", "transfer,flow,value,sd\nk,in,0.5,0.1\n", LEIE_ERR_DATA, "'in' leaves no process");
    refuse("t.csv", "transfer,flow,value,sd\nk,out,1.5,0.1\n", LEIE_ERR_DATA, "a transfer coefficient of 1.5");
    refuse("t.csv", "transfer,flow,value,sd\nk,out,0.5,0.1\nk,mid,0.5,0.1\n", LEIE_ERR_DATA, "'k' was of another flow or layer before");
    refuse("r.csv", "relation,flow,coefficient\nx,ins,1\n", LEIE_ERR_DATA, "r.csv:2: column 'flow': unknown flow 'ins'");
    refuse("system.yaml", HEAD "negative: [off]\n", LEIE_ERR_DATA, "'negative' names 'off', which is no flow");
    refuse("system.yaml", HEAD "tests: {level: 2}\n", LEIE_ERR_DATA, "'level' should lie between 0 and 1, found 2");
    refuse("system.yaml", HEAD "valuse: x.csv\n", LEIE_ERR_DATA, "unknown key 'valuse', did you mean 'values'?");
    refuse("system.yaml", "leie: 1\nyears: 2018\nunit: t\nflows: f.csv\n", LEIE_ERR_DATA, "needs 'flows' and 'values'");
    refuse("system.yaml", "leie: 1\nyears: 2018\nunit: tonk\n", LEIE_ERR_DATA, "'tonk' is not known");
}

// ---- covariances and draws ----

/* The covariance that the example prints, in units of its files; its diagonal is the square of the deviations. */
static void test_covariance(void)
{
    static const double expected[4][4] = {{62.138416205781375, 61.64194593541, 62.13841620578139, -0.10273657655901668},
                                          {61.64194593541, 511.1494423372588, 61.64194593541, 0.6480842627712354},
                                          {62.138416205781375, 61.64194593541, 62.138416205781375, -0.10273657655901668},
                                          {-0.10273657655901668, 0.6480842627712354, -0.10273657655901668, 0.0014198595620479413}};
    static const char *const name[] = {"flow 'm1', goods, 2016", "flow 'm3', goods, 2016", "flow 'm5', goods, 2016", "transfer coefficient 'TC', 2016"};
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    leie_error err = {0};
    char all[] = "covariance=all", *const set[] = {all};
    leie_status st = leie_flow_study_read(&study, path_in(check_cases(), "stan/system.yaml"), 1, set, &err);
    st = st ? st : leie_flow_system_run(&sys, &r, &study, &err);
    st = st ? st : leie_flow_dataset(&ds, &sys, &r, &err);
    if (check_ok(st, &err)) {
        leie_size n = leie_dataset_find(&ds, "quantity")->count;
        const double *cov = leie_dataset_find(&ds, "covariance")->number;
        for (int a = 0; a < 4; a++)
            for (int b = 0; b < 4; b++)
                check_near(cov[place(&ds, "quantity", name[a]) * n + place(&ds, "quantity", name[b])], expected[a][b], 1e-9);
        for (leie_size i = 0; i < n; i++)
            if (!isnan(r.sd[i]))
                check_close(cov[i * n + i], r.sd[i] * r.sd[i], 1e-10, 1e-12);
        check_true(isnan(cov[5 * n + 0])); // m6 is not observable
    }
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}

// The covariances of copper as a setting asks for them, as a dataset; with other transfer coefficients (NULL: its own).
static bool covariance_of(leie_dataset *ds, leie_reconciled *r, const char *set, const char *transfers)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_error err = {0};
    char text[128], other[512], *const sets[] = {text, other};
    snprintf(text, sizeof text, "%s", set);
    snprintf(other, sizeof other, "transfers=%s", transfers);
    leie_status st = leie_flow_study_read(&study, path_in(check_cases(), "copper/system.yaml"), transfers ? 2 : 1, sets, &err);
    st = st ? st : leie_flow_system_run(&sys, r, &study, &err);
    st = st ? st : leie_flow_dataset(ds, &sys, r, &err);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return check_ok(st, &err);
}

/* Concentrations and a transfer coefficient by name: the entries that all of them have, squares of standard deviations on the
 * diagonal. */
static void test_chosen(void)
{
    leie_reconciled r = {0}, whole_r = {0};
    leie_dataset ds = {0}, whole = {0};
    if (covariance_of(&whole, &whole_r, "covariance=all", NULL) && covariance_of(&ds, &r, "covariance=[residue/Cu, scrap, recovery, scrap/Cu]", NULL)) {
        const leie_var *names = leie_dataset_find(&ds, "quantity");
        leie_size n = names->count, all = leie_dataset_find(&whole, "quantity")->count;
        const double *cov = leie_dataset_find(&ds, "covariance")->number, *cor = leie_dataset_find(&ds, "correlation")->number;
        const double *of_all = leie_dataset_find(&whole, "covariance")->number;
        check_size(n, 2 + 4 + 2 + 2);
        check_text(names->text[0], "concentration 'residue/Cu', 2018");
        for (leie_size a = 0; a < n; a++) {
            leie_size at = place(&whole, "quantity", names->text[a]);
            check_close(cov[a * n + a], whole_r.sd[at] * whole_r.sd[at], 1e-9, 1e-15);
            for (leie_size b = 0; b < n; b++) {
                check_close(cov[a * n + b], of_all[at * all + place(&whole, "quantity", names->text[b])], 1e-12, 1e-18);
                check_true(isnan(cor[a * n + b]) || fabs(cor[a * n + b]) <= 1 + 1e-12);
            }
        }
    }
    leie_dataset_clear(&ds);
    leie_dataset_clear(&whole);
    leie_reconciled_clear(&r);
    leie_reconciled_clear(&whole_r);
}

// A second transfer coefficient in two years: the share of its flow in each, and its covariance by name.
static void test_second_transfer(void)
{
    static const char *const shares[] = {"transfer_reconciled", "transfer_reconciled_sd"};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    const char *path = write_text(check_folder(), "two.csv", "transfer,flow,layer,value,sd\nrecovery,cathode,Cu,0.97,0.01\ntaken,fraction,Cu,0.95,0.3\n");
    if (covariance_of(&ds, &r, "covariance=[taken]", path)) {
        const leie_var *names = leie_dataset_find(&ds, "quantity");
        const double *flow = leie_dataset_find(&ds, "reconciled")->number, *cov = leie_dataset_find(&ds, "covariance")->number;
        leie_size in = place(&ds, "flow", "scrap"), out = place(&ds, "flow", "fraction");
        check_size(names->count, 2);
        check_text(names->text[0], "transfer coefficient 'taken', 2018");
        check_text(names->text[1], "transfer coefficient 'taken', 2019");
        for (leie_size t = 0; t < 2; t++) {
            double share = leie_dataset_find(&ds, shares[0])->number[2 * 1 + t], sd = leie_dataset_find(&ds, shares[1])->number[2 * 1 + t];
            check_near(share, flow[out * 4 + 2 + t] / flow[in * 4 + 2 + t], 1e-9);
            check_near(cov[t * 2 + t], sd * sd, 1e-9);
        }
        check_true(fabs(cov[0] - cov[3]) > 1e-6 * cov[0]);
    }
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
}

// Standard deviations by draws agree with the analytic ones; the same draws at any thread count; correlated errors too.
static void test_sample(const char *correlations)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_reconcile_draws one = {0}, many = {0};
    leie_error err = {0};
    char set[64], *const sets[] = {set};
    int before = leie_threads();
    snprintf(set, sizeof set, "correlations=%s", correlations);
    leie_status st = leie_flow_study_read(&study, path_in(check_cases(), "stan/system.yaml"), 1, sets, &err);
    st = st ? st : leie_flow_system_run(&sys, &r, &study, &err);
    leie_threads_set(1);
    st = st ? st : leie_reconcile_sample(&one, &sys.system, &study.opts, 3000, 11, &err);
    leie_threads_set(4);
    st = st ? st : leie_reconcile_sample(&many, &sys.system, &study.opts, 3000, 11, &err);
    leie_threads_set(before);
    if (check_ok(st, &err)) {
        check_size(one.failed, 0);
        for (leie_size i = 0; i < r.n; i++) {
            check_true(memcmp(&one.sd[i], &many.sd[i], sizeof one.sd[i]) == 0);
            if (isnan(r.sd[i])) {
                check_true(isnan(one.mean[i]));
                continue;
            }
            check_close(one.sd[i], r.sd[i], 0.05, 1e-12);
            check_close(one.mean[i], r.value[i], 0, 0.08 * r.sd[i] + 1e-12);
            check_close(one.high[i] - one.low[i], 2 * 1.96 * r.sd[i], 0.08, 1e-12);
        }
    }
    leie_reconcile_draws_clear(&one);
    leie_reconcile_draws_clear(&many);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}

// Draws that do not converge are left out, and the same ones at any thread count.
static void test_failed_draws(void)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconcile_draws d[2] = {{0}};
    leie_error err = {0};
    int before = leie_threads();
    leie_status st = leie_flow_study_read(&study, path_in(check_cases(), "stan/system.yaml"), 0, NULL, &err);
    st = st ? st : leie_flow_system_read(&sys, &study, &err);
    study.opts.max_iterations = 3;
    for (int k = 0; k < 2 && !st; k++) {
        leie_threads_set(k ? 3 : 1);
        st = leie_reconcile_sample(&d[k], &sys.system, &study.opts, 400, 5, &err);
    }
    leie_threads_set(before);
    if (check_ok(st, &err)) {
        check_true(d[0].failed > 0 && d[0].failed < 200);
        check_size(d[1].failed, d[0].failed);
        check_true(memcmp(d[0].mean, d[1].mean, (size_t)d[0].n * sizeof *d[0].mean) == 0);
        check_true(memcmp(d[0].high, d[1].high, (size_t)d[0].n * sizeof *d[0].high) == 0);
        check_close(d[0].mean[0], 102.426, 0, 1.5); // a failed draw that counted would be zero
        check_close(d[0].sd[0], 7.883, 0.15, 0);
        check_true(d[0].low[0] > 102.426 - 3 * 7.883 && d[0].high[0] < 102.426 + 3 * 7.883);
    }
    leie_reconcile_draws_clear(&d[0]);
    leie_reconcile_draws_clear(&d[1]);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}

static void test_draws(void)
{
    leie_error err = {0};
    leie_dataset ds;
    test_sample("~");
    test_sample("correlations.csv");
    char few[] = "sample={draws: 1}", unknown[] = "covariance=[m9]", *const sets[] = {few}, *const other[] = {unknown};
    check_status(reconcile(&ds, path_in(check_cases(), "stan/system.yaml"), 1, sets, &err), LEIE_ERR_USAGE, NULL);
    check_has(err.text, "from 2 to 10000000 draws");
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    err = (leie_error){0};
    check_ok(leie_flow_study_read(&study, path_in(check_cases(), "stan/system.yaml"), 1, other, &err), &err);
    check_status(leie_flow_system_run(&sys, &r, &study, &err), LEIE_ERR_DATA, NULL);
    check_has(err.text, "unknown flow, concentration or transfer coefficient 'm9'");
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}

// ---- layers with a unit of their own ----

#define BOILER "leie: 1\nyears: 2020\nunit: kt\nsubstances: [energy]\nflows: flows.csv\nvalues: values.csv\nconcentrations: c.csv\n"

static leie_status boiler(leie_dataset *ds, const char *units, const char *concentrations, leie_error *err)
{
    const char *folder = check_folder();
    char text[512];
    *err = (leie_error){0};
    snprintf(text, sizeof text, BOILER "%s", units);
    write_text(folder, "system.yaml", text);
    write_text(folder, "flows.csv", "flow,from,to\nwood,,plant\noil,,plant\nheat,plant,\nash,plant,\n");
    write_text(folder, "values.csv", "flow,layer,value,unit,relative,sd\nwood,,100,kt,0.05,\noil,,20000,t,0.02,\nheat,,0,t,,0\nheat,energy,2400,TJ,0.03,\n");
    write_text(folder, "c.csv", concentrations);
    return reconcile(ds, path_in(folder, "system.yaml"), 0, NULL, err);
}

/* Energy beside mass, in TJ/kt, found as well by a general minimiser (SciPy's least_squares). */
static void test_energy(void)
{
    static const char fuels[] = "flow,layer,value,unit,relative\nwood,energy,15,MJ/kg,0.04\noil,energy,42600,MJ/t,0.01\n";
    leie_error err = {0};
    leie_dataset ds;
    if (check_ok(boiler(&ds, "units: {energy: TJ}\n", fuels, &err), &err)) {
        const double *flow = leie_dataset_find(&ds, "reconciled")->number, *sd = leie_dataset_find(&ds, "reconciled_sd")->number;
        const double *held = leie_dataset_find(&ds, "concentration_reconciled")->number;
        check_near(flow[0], 101.21714811, 1e-9);
        check_near(flow[1], 1530.13508814, 1e-7);
        check_near(flow[2], 20.02195718, 1e-9);
        check_near(flow[5], 2383.30475747, 1e-9);
        check_near(held[0], 15.11735034, 1e-9);
        check_near(held[1], 42.61170182, 1e-9);
        check_near(sd[0], 3.93002822, 1e-8);
        check_near(sd[5], 58.19169084, 1e-8);
        check_text(leie_dataset_find(&ds, "layer_unit")->text[1], "TJ");
        check_text(leie_dataset_find(&ds, "concentration_unit")->text[0], "TJ/(1000 t)");
        check_text(leie_dataset_get_text(&ds, leie_dataset_find(&ds, "reconciled"), "units_by"), "layer_unit");
        check_text(leie_dataset_get_text(&ds, leie_dataset_find(&ds, "concentration_measured_sd"), "units_by"), "concentration_unit");
        check_true(!leie_dataset_get_text(&ds, leie_dataset_find(&ds, "test"), "units_by"));
    }
    leie_dataset_clear(&ds);
    check_status(boiler(&ds, "", fuels, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "values.csv:5: column 'unit': unit 'TJ' does not convert to 'kt'");
    check_status(boiler(&ds, "units: {energy: TJ}\n", "flow,layer,value,sd\nwood,energy,-1,1\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a concentration of -1; it should be zero or more");
    check_status(boiler(&ds, "units: {goods: TJ}\n", fuels, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "'goods' is no layer under 'substances'");
    check_status(boiler(&ds, "units: {energy: TeraJoul}\n", fuels, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the unit 'TeraJoul' of 'energy' is not known");
}

// ---- uncertain coefficients ----

/* a = k b with k measured in 2020 (SciPy's least_squares) and unknown in 2021 (a / b, by hand). */
static void test_coefficient(void)
{
    const char *folder = check_folder();
    leie_error err = {0};
    leie_dataset ds;
    write_text(folder, "system.yaml", "leie: 1\nyears: 2020-2021\nunit: t\nflows: flows.csv\nvalues: values.csv\nrelations: r.csv\ncovariance: [r/b]\n");
    write_text(folder, "flows.csv", "flow,from,to\nin,,A\na,A,\nb,A,\n");
    write_text(folder, "values.csv", "flow,year,value,sd\na,2020,70,2\nb,2020,110,4\na,2021,72,2\nb,2021,100,4\n");
    write_text(folder, "r.csv", "relation,flow,coefficient,sd,year\nr,a,1,,\nr,b,-0.7,0.05,2020\nr,b,-9,1,1999\n");
    if (check_ok(reconcile(&ds, path_in(folder, "system.yaml"), 0, NULL, &err), &err)) {
        const double *flow = leie_dataset_find(&ds, "reconciled")->number, *k = leie_dataset_find(&ds, "coefficient_reconciled")->number;
        const double *sd = leie_dataset_find(&ds, "coefficient_reconciled_sd")->number;
        const leie_var *state = leie_dataset_find(&ds, "coefficient_state");
        check_near(flow[2], 70.6899284986952, 1e-8);
        check_near(flow[4], 108.1969548860517, 1e-8);
        check_near(k[0], -0.6533448984136636, 1e-8);
        check_near(k[1], -0.72, 1e-12);
        check_near(sd[0], 0.02598529, 1e-6);
        check_near(sd[1], hypot(2.0 / 100, 72.0 * 4 / 1e4), 1e-9);
        check_size(state->integer[0], LEIE_MFA_REDUNDANT);
        check_size(state->integer[1], LEIE_MFA_OBSERVABLE);
        check_text(leie_dataset_find(&ds, "coefficient")->text[0], "r/b");
    }
    leie_dataset_clear(&ds);
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    check_ok(leie_flow_study_read(&study, path_in(folder, "system.yaml"), 0, NULL, &err), &err);
    if (check_ok(leie_flow_system_run(&sys, &r, &study, &err), &err))
        check_near(r.covariance[0], 0.02598529 * 0.02598529, 1e-6);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    err = (leie_error){0};
    write_text(folder, "r.csv", "relation,flow,coefficient,sd\nr,a,1,\nr,b,-0.7,0.05\nr,b,-0.8,0.05\n");
    check_status(reconcile(&ds, path_in(folder, "system.yaml"), 0, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "r.csv:4: coefficient 'r/b', 2020 was given before, on line 3");
}

CHECK_SUITE(flow_system, {"the example of STAN", test_stan, NULL}, {"the case copper", test_copper, NULL},
            {"copper with a measurement set aside", test_copper_set_aside, NULL}, {"bad files", test_bad_files, NULL},
            {"covariance of the example", test_covariance, NULL}, {"draws", test_draws, NULL},
            {"covariances by name", test_chosen, NULL}, {"a second transfer coefficient", test_second_transfer, NULL}, {"draws that fail", test_failed_draws, NULL}, {"energy beside mass", test_energy, NULL},
            {"an uncertain coefficient", test_coefficient, NULL})
