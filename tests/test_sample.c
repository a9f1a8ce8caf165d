// SPDX-License-Identifier: GPL-3.0-or-later
/* Draws of parameters: distributions, designs, correlations, shares; samples in scenario files. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/read_scenario.h"
#include "kernels/memory.h"
#include "solver/scenario/sample.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

enum { DRAWS = 4096, PARAMETERS = 8 };

static char names[PARAMETERS][8] = {"flat", "peak", "bell", "log", "cut", "glass", "metal", "paper"};

static void make_set(leie_scenarios *set, leie_parameter parameter[PARAMETERS])
{
    const leie_parameter all[PARAMETERS] = {
        {.value = 0.4, .ranged = true, .low = 0.2, .high = 0.9, .distribution = LEIE_UNIFORM},
        {.value = 0.4, .ranged = true, .low = 0.2, .high = 0.9, .distribution = LEIE_TRIANGULAR},
        {.value = -0.3, .distribution = LEIE_NORMAL, .spread = 0.05},
        {.value = 2.385, .distribution = LEIE_LOGNORMAL, .spread = 0.4},
        {.value = 0.5, .ranged = true, .low = 0.4, .high = 0.5, .distribution = LEIE_NORMAL, .spread = 0.1},
        {.value = 0.5},
        {.value = 0.3},
        {.value = 0.2}};
    memcpy(parameter, all, sizeof all);
    for (int p = 0; p < PARAMETERS; p++)
        parameter[p].name = names[p];
    *set = (leie_scenarios){.parameters = PARAMETERS, .parameter = parameter};
}

typedef struct moments {
    double mean[PARAMETERS], sd[PARAMETERS], least[PARAMETERS], most[PARAMETERS];
    double together; // correlation of the first and the third
} moments;

static void draw_all(moments *m, const leie_sample *s, const leie_scenarios *set)
{
    double sum[PARAMETERS] = {0}, square[PARAMETERS] = {0}, cross = 0, work[PARAMETERS], value[PARAMETERS];
    for (leie_size d = 0; d < s->draws; d++) {
        for (int p = 0; p < PARAMETERS; p++)
            value[p] = set->parameter[p].value;
        leie_sample_draw(s, d, value, work);
        for (int p = 0; p < PARAMETERS; p++) {
            sum[p] += value[p];
            square[p] += value[p] * value[p];
            m->least[p] = d ? fmin(m->least[p], value[p]) : value[p];
            m->most[p] = d ? fmax(m->most[p], value[p]) : value[p];
        }
        cross += value[0] * value[2];
        check_near(value[5] + value[6] + value[7], 1, 1e-14); // a whole
    }
    double n = (double)s->draws;
    for (int p = 0; p < PARAMETERS; p++) {
        m->mean[p] = sum[p] / n;
        m->sd[p] = sqrt(square[p] / n - m->mean[p] * m->mean[p]);
    }
    m->together = (cross / n - m->mean[0] * m->mean[2]) / (m->sd[0] * m->sd[2]);
}

/* Means and standard deviations as the distributions have them, by a Latin hypercube. */
static void test_distributions(void)
{
    leie_parameter parameter[PARAMETERS];
    leie_scenarios set;
    leie_sample s;
    leie_error err = {0};
    moments m = {0};
    leie_size which[PARAMETERS] = {0, 1, 2, 3, 4, 5, 6, 7}, parts[3] = {5, 6, 7};
    leie_share_group whole = {.n = 3, .parameter = parts, .concentration = 40};
    make_set(&set, parameter);
    set.group = &whole;
    set.groups = 1;
    if (!check_ok(leie_sample_make(&s, &set, PARAMETERS, which, LEIE_DESIGN_LATIN, 7, DRAWS, &err), &err))
        return;
    draw_all(&m, &s, &set);
    check_near(m.mean[0], 0.55, 1e-4);
    check_near(m.sd[0], 0.7 / sqrt(12), 1e-3);
    check_near(m.mean[1], 0.5, 1e-4);
    check_near(m.mean[2], -0.3, 1e-4);
    check_near(m.mean[3], 2.385, 1e-3);
    for (int p = 1; p < 4; p++)
        check_near(m.sd[p], leie_parameter_sd(&parameter[p]), 5e-3);
    check_true(m.least[1] > 0.2 && m.most[1] < 0.9);
    // N(0.5, 0.1) between -1 sd and its mean: mean 0.5 - 0.1 (phi(0) - phi(1)) / (Phi(1) - 1/2)
    check_true(m.least[4] >= 0.4 && m.most[4] <= 0.5);
    check_near(m.mean[4], 0.5 - 0.1 * (exp(0) - exp(-0.5)) / sqrt(2 * acos(-1)) / (0.5 * erf(1 / sqrt(2))), 1e-4);
    // Dirichlet: var p = p (1 - p) / (concentration + 1)
    for (int p = 5; p < PARAMETERS; p++) {
        double share = parameter[p].value;
        check_near(m.mean[p], share, 1e-2);
        check_near(m.sd[p], sqrt(share * (1 - share) / 41), 4e-2);
    }
    check_close(m.together, 0, 0, 0.05);
    leie_sample_clear(&s);
}

/* Every design: the same numbers again, and another seed other ones; Latin and Sobol' points fill the strata. */
static void test_designs(void)
{
    leie_parameter parameter[PARAMETERS];
    leie_scenarios set;
    leie_error err = {0};
    leie_size which[2] = {0, 1};
    make_set(&set, parameter);
    for (int design = 0; design < LEIE_DESIGNS; design++) {
        leie_sample s, again, other;
        double a[PARAMETERS] = {0}, b[PARAMETERS] = {0}, work[PARAMETERS];
        bool hit[64] = {0};
        int strata = 0;
        check_ok(leie_sample_make(&s, &set, 2, which, (leie_design)design, 11, 64, &err), &err);
        check_ok(leie_sample_make(&again, &set, 1, which, (leie_design)design, 11, 64, &err), &err);
        check_ok(leie_sample_make(&other, &set, 2, which, (leie_design)design, 12, 64, &err), &err);
        for (leie_size d = 0; d < 64; d++) {
            leie_sample_draw(&s, d, a, work);
            leie_sample_draw(&again, d, b, work); // beside fewer parameters
            check_near(a[0], b[0], 0);
            leie_sample_draw(&other, d, b, work);
            check_true(a[0] != b[0]);
            int stratum = (int)((a[0] - 0.2) / 0.7 * 64);
            strata += stratum >= 0 && stratum < 64 && !hit[stratum];
            if (stratum >= 0 && stratum < 64)
                hit[stratum] = true;
        }
        check_true(design == LEIE_DESIGN_RANDOM ? strata < 60 : strata >= 63); // rounding of z may cross a border
        leie_sample_clear(&s);
        leie_sample_clear(&again);
        leie_sample_clear(&other);
    }
}

static void test_correlations(void)
{
    leie_parameter parameter[PARAMETERS];
    leie_scenarios set;
    leie_sample s;
    leie_error err = {0};
    moments m = {0};
    leie_size which[3] = {0, 1, 2};
    leie_correlation list[3] = {{0, 2, 0.7, 1}, {1, 2, 0.9, 2}, {0, 1, -0.9, 3}};
    make_set(&set, parameter);
    set.correlation = list;
    set.correlations = 1;
    if (check_ok(leie_sample_make(&s, &set, 3, which, LEIE_DESIGN_LATIN, 5, DRAWS, &err), &err)) {
        draw_all(&m, &s, &set);
        check_close(m.together, 0.7 * sqrt(3 / acos(-1)), 0, 0.03); // of a uniform and a normal variate under the copula
        leie_sample_clear(&s);
    }
    set.correlations = 3;
    check_status(leie_sample_make(&s, &set, 3, which, LEIE_DESIGN_LATIN, 5, DRAWS, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "contradict");
    err = (leie_error){0};
    which[0] = 5;
    set.correlations = 0;
    check_status(leie_sample_make(&s, &set, 1, which, LEIE_DESIGN_LATIN, 5, DRAWS, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "'glass' has no range");
}

// ---- in scenario files ----

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

static leie_status read_text(leie_scenarios *set, char assign[600], const char *text, leie_error *err)
{
    char *sets[] = {assign};
    leie_study study = {0};
    leie_provenance p = {0};
    snprintf(assign, 600, "scenarios=%s", write_text(check_folder(), "sample.yaml", text));
    check_ok(leie_study_read(&study, circular(), 1, sets, err), err);
    leie_status st = leie_read_scenarios(set, &study, &p, err);
    leie_provenance_clear(&p);
    leie_study_clear(&study);
    return st;
}

#define EFFICIENCY "{operator: scale, matrix: A, rows: {regions: reg1, sectors: s3}, cols: {regions: reg1}, kt: saving, kp: reach}"

/* A sample of one parameter: as many scenarios, each with the answer that its value gives when it is written out. */
static void test_expanded(void)
{
    static const char text[] =
        "leie: 1\nparameters: {saving: -0.3, reach: {value: 0.5, range: [0, 1], distribution: uniform}, idle: {value: 1, range: [0, 2]}}\n"
        "scenarios:\n  - {scenario: one, interventions: [" EFFICIENCY "]}\n"
        "  - {scenario: many, base: one, sample: {size: 20, method: latin, seed: 3}}\n";
    leie_scenarios set = {0};
    leie_dataset ds = {0};
    leie_error err = {0};
    char output[512], assign[600], written[2048];
    int used;
    if (!check_ok(read_text(&set, assign, text, &err), &err))
        return;
    check_size(set.scenarios, 21);
    used = snprintf(written, sizeof written, "leie: 1\nparameters: {saving: -0.3, reach: 0.5, idle: 1}\nscenarios:\n"
                                             "  - {scenario: one, interventions: [" EFFICIENCY "]}\n");
    for (leie_size s = 1; s < set.scenarios; s++) {
        const leie_scenario *c = &set.scenario[s];
        check_near(c->value[2], 1, 0); // no intervention uses it
        check_size(c->attribution, LEIE_ATTRIBUTE_NONE);
        if (s > 3)
            continue;
        used += snprintf(written + used, sizeof written - (size_t)used, "  - {scenario: 'many/%d', base: one, values: {reach: %.17g}}\n", (int)s, c->value[1]);
    }
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "sample.nc"));
    result_run(&ds, circular(), output, assign);
    double sampled[4];
    for (int s = 1; s < 4; s++) {
        snprintf(assign, sizeof assign, "scenario=many/%d|region=reg1|stressor=e1", s);
        sampled[s] = result_value(&ds, "D_cba", assign);
    }
    leie_dataset_clear(&ds);
    snprintf(assign, sizeof assign, "scenarios=%s", write_text(check_folder(), "written.yaml", written));
    result_run(&ds, circular(), output, assign);
    for (int s = 1; s < 4; s++) {
        snprintf(assign, sizeof assign, "scenario=many/%d|region=reg1|stressor=e1", s);
        check_near(result_value(&ds, "D_cba", assign), sampled[s], 1e-14);
    }
    check_true(sampled[1] != sampled[2]);
    leie_dataset_clear(&ds);
    leie_scenarios_clear(&set);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"sample: {size: 0}", "needs 'size'"},
        {"sample: {method: latin}", "needs 'size'"},
        {"sample: {size: 4, method: grid}", "method"},
        {"sample: {size: 4, parameters: [saving]}", "'saving' has no range or distribution"},
        {"sample: {size: 4, parameters: [reach, reach]}", "names 'reach' twice"},
        {"sample: {size: 4, parameters: [reech]}", "did you mean 'reach'"},
        {"sample: {size: 4}, values: {reach: 0.7}", "no parameter of the scenario 'many'"},
        {"sample: {size: 4}, grid: {reach: [0.1]}", "not both"},
        {"sample: {sise: 4}", "sise"},
    };
    static const char *const heads[][2] = {
        {"correlations: [{parameters: [reach], rho: 0.5}]", "between two parameters"},
        {"correlations: [{parameters: [reach, saving], rho: 0.5}]", "'saving' has no range"},
        {"correlations: [{parameters: [reach, idle], rho: 1.5}]", "between -1 and 1"},
        {"correlations: [{parameters: [reach, idle]}]", "between -1 and 1"},
        {"correlations: [{parameters: [reach, idle], rho: 0.5}, {parameters: [idle, reach], rho: 0.1}]", "correlated on line"},
        {"shares: [{parameters: [saving], concentration: 4}]", "two parameters or more"},
        {"shares: [{parameters: [other, reach], concentration: 4}]", "distribution of its own"},
        {"shares: [{parameters: [other, saving], concentration: 4}]", "above zero"},
        {"shares: [{parameters: [other, third]}]", "concentration"},
        {"shares: [{parameters: [other, third], concentration: 4}, {parameters: [third, other], concentration: 4}]", "another whole"},
    };
    char text[1024], assign[600];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0] + sizeof heads / sizeof heads[0]; i++) {
        bool head = i >= sizeof bad / sizeof bad[0];
        const char *const *one = head ? heads[i - sizeof bad / sizeof bad[0]] : bad[i];
        leie_scenarios set = {0};
        leie_error err = {0};
        snprintf(text, sizeof text,
                 "leie: 1\nparameters: {saving: -0.3, other: 0.4, third: 0.6, reach: {value: 0.5, range: [0, 1]}, idle: {value: 1, range: [0, 2]}}\n%s\n"
                 "scenarios:\n  - {scenario: one, interventions: [" EFFICIENCY "]}\n  - {scenario: many, base: one, %s}\n",
                 head ? one[0] : "", head ? "sample: {size: 4}" : one[0]);
        check_status(read_text(&set, assign, text, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, one[1]);
        check_size(set.scenarios, 0);
    }
}

CHECK_SUITE(sample, {"distributions", test_distributions, NULL}, {"designs", test_designs, NULL}, {"correlations", test_correlations, NULL},
            {"expanded", test_expanded, NULL}, {"refused", test_refused, NULL})
