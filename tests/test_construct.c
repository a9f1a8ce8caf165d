// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/construct.h"

#include <math.h>
#include <string.h>

#include "tests/check.h"
#include "tests/toy_sut.h"
#include "tests/toy_table.h"

// ---- United Nations Handbook (2018), ch. 12: Table 12.3 and what follows from it ----

static void check_matrix(const leie_matrix *m, const double *expected, double relative, double absolute)
{
    for (leie_size c = 0; c < m->rows * m->cols; c++)
        check_close(leie_matrix_get(m, c / m->cols, c % m->cols), expected[c], relative, absolute);
}

static void check_array(const double *got, const double *expected, leie_size n, double relative, double absolute)
{
    for (leie_size i = 0; i < n; i++)
        check_close(got[i], expected[i], relative, absolute);
}

// Recomputed in double precision from the printed inputs, dividing by the outputs printed beside them.
typedef struct un_answer {
    leie_model model;
    double Zd[9], Zm[9], E[3], Yd[9], Ym[9];
} un_answer;

static const double un_q[] = {37.96, 444.08, 756.37}, un_g[] = {40.45, 433.31, 764.66};
static const double un_H[] = {1, 1, 1, 1, 1, 0, 1, 1, 0};
static const double un_Yd[] = {13.18, 0.08, 10.47, 32.04, 73.94, 175.94, 344.77, 20.75, 112.95};
static const double un_Ym[] = {1.25, 0.03, 6.45, 61.07, 31.49, 171.55, 13.02, 4.98, 66.81};

static const un_answer un_answers[] = {
    {LEIE_MODEL_A,
     {6.404799884924302, 9.3358516517297, -1.5004413076040166, 10.456868216541679, 116.03355988548259,
      35.682184795649256, -0.3376845933756989, 61.12819014995318, 217.1108709564416},
     {1.1129232439898464, 6.90826590987823, -0.37103359032299627, 1.0156850247356446, 109.33601112348408,
      26.580765930935474, -0.7894311696427787, 17.474546922993113, 43.31527774662542},
     {20.111330317175202, 123.88325280434748, 435.55820653918727},
     {0},
     {0}},
    {LEIE_MODEL_B,
     {2.8872215201312392, 8.797627001283903, 2.553861911476188, 6.8550381318591045, 102.84134242446648,
      52.469134089594725, 5.099913970264198, 69.50453791651877, 203.29316616364034},
     {0.5710386233892059, 5.99602261201903, 1.0826007058637372, 2.464439601572195, 94.92796854161594,
      39.534912453298865, 0.7742787310001649, 18.222689840686265, 41.002565262601905},
     {19.308280341399975, 143.78962671053276, 416.44373321600335},
     {0},
     {0}},
    {LEIE_MODEL_C,
     {6.654593814056377, 11.663612961700249, -2.974933129006563, 8.393301701700809, 112.47873351825682,
      37.25751270613235, 1.1639433268721762, 55.66313278716556, 224.0175447985634},
     {1.1823934036672088, 7.9220464346589985, -0.535409157460074, 1.5737502500625762, 107.0197603274891,
      35.57119081930915, -0.21581502459573232, 8.802621536342027, 43.264906892785156},
     {21.7, 129.78, 428.07},
     {15.215259133312241, -1.5977782435685512, 11.504641091423034, 13.492895723608374, 78.65234372665054,
      183.05657203556459, 361.2859180322949, 17.71685466794108, 104.80585564635723},
     {0.6080221128262342, -0.6313301923036795, 5.909934939218459, 65.18042070470136, 33.72969283211827,
      181.1978424872273, 9.553211741515117, 3.402259702941832, 57.7078653343528}},
    {LEIE_MODEL_D,
     {3.044225926023622, 7.732174090483833, 4.277678129359798, 8.041935165265032, 101.0940611037524, 49.20578197818839,
      5.123656959513001, 70.9713373152215, 204.8154975127004},
     {0.5321923322871001, 4.95210823618512, 1.1819659751746023, 1.464479080672488, 92.21730970289708,
      33.502089304993085, 0.5432950345273512, 26.56832706181853, 43.61514981801282},
     {21.7, 129.78, 428.07},
     {15.116488407439588, 0.6445032637213985, 9.631749307873356, 42.516151555314075, 67.73278400579049,
      164.71970679034763, 332.3566385456232, 26.39104771517556, 125.00458200302202},
     {1.2635307640767295, 0.20379548322379112, 6.076791117184266, 55.96423069079658, 28.715130280395794,
      158.63117308065463, 18.1108633424605, 7.580365129913111, 80.09817275946608}},
    {LEIE_MODEL_HYBRID,
     {0.030282216933015985, 0.9853168569473739, 13.223134961648555, 2.2979734784087045, 98.31310848342636,
      61.55680668877512, 10.494525671540293, 79.52143039028996, 187.8833557232985},
     {0.023828629717783066, 5.020132361812329, 2.605824625462755, 1.7523971438286299, 102.16195077274237,
      33.01545629305721, 2.11081944916695, 21.5580834779505, 36.331109332149175},
     {21.25066984019041, 136.53118939507857, 421.7626042413809},
     {0},
     {0}},
};
enum { UN_ANSWERS = sizeof un_answers / sizeof un_answers[0] };

static void test_un_exact(void)
{
    leie_error err = {0};
    leie_sut s;
    toy_sut_un(&s);
    for (int a = 0; a < UN_ANSWERS; a++) {
        const un_answer *answer = &un_answers[a];
        bool product = leie_model_by_product(answer->model);
        const leie_construct_opts opts = {.model = answer->model, .H = un_H, .q = un_q, .g = un_g};
        leie_iot t;
        if (!check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err))
            continue;
        check_matrix(&t.table.Z, answer->Zd, 1e-9, 1e-9);
        check_matrix(&t.Zm, answer->Zm, 1e-9, 1e-9);
        check_array(t.table.W, answer->E, 3, 1e-9, 1e-9);
        check_array(t.table.Y, product ? un_Yd : answer->Yd, 9, 1e-9, 1e-9);
        check_array(t.Ym, product ? un_Ym : answer->Ym, 9, 1e-9, 1e-9);
        check_text(t.table.system, product ? "pxp" : "ixi");
        check_text(t.table.sector.code[2], "p2");
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

// As printed in the Handbook: two decimals, and the inputs have no more.
static void test_un_printed(void)
{
    static const struct {
        leie_model model;
        double Zd[9];
    } printed[] = {
        {LEIE_MODEL_A, {6.4, 9.33, -1.5, 10.45, 116.03, 35.68, -0.33, 61.13, 217.11}},
        {LEIE_MODEL_B, {2.89, 8.8, 2.55, 6.85, 102.84, 52.47, 5.1, 69.51, 203.3}},
        {LEIE_MODEL_C, {6.65, 11.66, -2.98, 8.39, 112.47, 37.25, 1.17, 55.66, 224.02}},
        {LEIE_MODEL_D, {3.04, 7.73, 4.28, 8.04, 101.09, 49.2, 5.13, 70.97, 204.82}},
        {LEIE_MODEL_HYBRID, {0.03, 0.98, 13.22, 2.3, 98.31, 61.55, 10.5, 79.51, 187.9}},
    };
    leie_error err = {0};
    leie_sut s;
    toy_sut_un(&s);
    for (size_t a = 0; a < sizeof printed / sizeof printed[0]; a++) {
        const leie_construct_opts opts = {.model = printed[a].model, .H = un_H};
        leie_iot t;
        if (!check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err))
            continue;
        check_matrix(&t.table.Z, printed[a].Zd, 0, 0.03);
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

// A and C make negatives here, B and D never.
static void test_un_negatives(void)
{
    static const leie_size Z[] = {2, 0, 1, 0}, Y[] = {0, 0, 1, 0};
    leie_error err = {0};
    leie_sut s;
    toy_sut_un(&s);
    for (int model = LEIE_MODEL_A; model <= LEIE_MODEL_D; model++) {
        const leie_construct_opts opts = {.model = (leie_model)model};
        leie_construct_info info;
        leie_iot t;
        check_ok(leie_construct(&t, &s, &opts, &info, &err), &err);
        check_size(info.negatives[LEIE_DOMESTIC], Z[model]);
        check_size(info.negatives_Y[LEIE_DOMESTIC], Y[model]);
        check_true((info.negative[LEIE_DOMESTIC] < 0) == (Z[model] > 0));
        check_true((toy_note(&t.table, "negative cells of Z")[0] != '\0') == (Z[model] > 0));
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

// ---- Eurostat Manual (2008), Box 11.4: cheese, ice cream, chocolate, rennet, milk ----

static void cheese(leie_sut *s, bool consistent)
{
    static const double supply[] = {70, 30, 0, 0, 0, 20, 180, 0, 0, 0, 0, 0,  100,
                                    0,  0,  0, 0, 0, 20, 0,   0, 0, 0, 0, 535};
    double use[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 36, 0, 0, 0, 14, 6, 0, 0, 0, 28, 72, 30, 5, 0};
    static const double final[] = {100, 200, 60, 0, 400}, W[] = {44, 96, 70, 15, 535};
    const toy_sut_values values = {
        .p = 5, .k = 5, .m = 1, .v = 1, .demand = "household", .supply = supply, .use = use, .final = final, .W = W};
    if (!consistent) { // one unit of chocolate and of rennet moved between industries
        use[10] = 3;
        use[11] = 37;
        use[15] = 15;
        use[16] = 5;
    }
    toy_sut(s, &values);
}

static void test_cheese(void)
{
    static const double known[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 20, 0, 0, 0, 0, 30, 70, 30, 5, 0};
    static const double printed[] = {0, 0, 0,     0,     0, 0, 0, 0,  0,  0,  -1.67, 41.67, 0,
                                     0, 0, 21.67, -1.67, 0, 0, 0, 30, 70, 30, 5,     0};
    const leie_construct_opts A = {.model = LEIE_MODEL_A}, almon = {.model = LEIE_MODEL_ALMON};
    leie_error err = {0};
    leie_sut s;
    leie_iot t;
    leie_construct_info info;
    cheese(&s, true);
    check_ok(leie_construct(&t, &s, &A, NULL, &err), &err);
    check_matrix(&t.table.Z, known, 0, 1e-9);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
    cheese(&s, false);
    check_ok(leie_construct(&t, &s, &A, NULL, &err), &err);
    check_matrix(&t.table.Z, printed, 0, 0.005);
    leie_iot_clear(&t);
    check_ok(leie_construct(&t, &s, &almon, &info, &err), &err);
    check_matrix(&t.table.Z, known, 0, 1e-6);
    check_size(info.open, 0);
    check_size(info.negatives[0], 0);
    check_size(info.floored, 2);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
}

// Where product technology makes no negatives, Almon's procedure gives it.
static void test_almon_is_A(void)
{
    const leie_construct_opts A = {.model = LEIE_MODEL_A}, almon = {.model = LEIE_MODEL_ALMON};
    leie_error err = {0};
    leie_sut s;
    leie_iot t, u;
    cheese(&s, true);
    check_ok(leie_construct(&t, &s, &A, NULL, &err), &err);
    check_ok(leie_construct(&u, &s, &almon, NULL, &err), &err);
    for (leie_size i = 0; i < 5; i++)
        check_close(u.table.W[i], t.table.W[i], 1e-9, 1e-9);
    leie_iot_clear(&t);
    leie_iot_clear(&u);
    leie_sut_clear(&s);
}

// ---- identities on random tables, square and rectangular ----

static double row_sum(const leie_table *t, leie_size i)
{
    double sum = leie_sum(t->Y + i * t->demand.n, t->demand.n, 1);
    for (leie_size j = 0; j < t->sector.n; j++)
        sum += leie_matrix_get(&t->Z, i, j);
    return sum;
}

static double column_sum(const leie_table *t, leie_size j)
{
    double sum = leie_sum(t->W + j, t->input.n, t->sector.n);
    for (leie_size i = 0; i < t->sector.n; i++)
        sum += leie_matrix_get(&t->Z, i, j);
    return sum;
}

static void check_construct(const leie_sut *s, leie_model model)
{
    const leie_construct_opts opts = {.model = model, .import_row = true};
    leie_error err = {0};
    leie_identities list = {0};
    leie_iot t;
    if (!check_ok(leie_construct(&t, s, &opts, NULL, &err), &err))
        return;
    const leie_table *a = &s->account;
    for (leie_size i = 0; i < t.table.sector.n; i++) {
        check_near(row_sum(&t.table, i), t.table.x[i], 1e-11);
        check_near(column_sum(&t.table, i), t.table.x[i], 1e-11);
    }
    check_near(leie_sum(t.table.W, a->input.n * t.table.sector.n, 1), leie_sum(a->W, a->input.n * a->sector.n, 1),
               1e-12);
    for (leie_size f = 0; f < a->stressor.n; f++)
        check_near(leie_sum(t.table.F + f * t.table.sector.n, t.table.sector.n, 1),
                   leie_sum(a->F + f * a->sector.n, a->sector.n, 1), 1e-12);
    check_ok(leie_identities_construct(&list, &t, s, model, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        check_true(list.item[i].verdict != LEIE_FAIL);
    check_true(list.n >= 6);
    leie_identities_clear(&list);
    leie_iot_clear(&t);
}

static void test_random(void)
{
    for (int effort = 0; effort < 10 * check_effort(); effort++) {
        leie_sut s;
        toy_sut_random(&s, 2 + effort % 9, 2 + effort % 9, 7 + (uint64_t)effort);
        toy_sut_pressures(&s, 2, 91 + (uint64_t)effort);
        for (int model = LEIE_MODEL_A; model <= LEIE_MODEL_D; model++)
            check_construct(&s, (leie_model)model);
        leie_sut_clear(&s);
        toy_sut_random(&s, 11 + effort % 5, 3 + effort % 8, 40 + (uint64_t)effort);
        toy_sut_pressures(&s, 1, 5);
        check_construct(&s, LEIE_MODEL_B);
        check_construct(&s, LEIE_MODEL_D);
        leie_sut_clear(&s);
    }
}

// The footprint of all final use together is all pressures, whatever the model (METHODS: economy-wide total).
static void test_total_footprint(void)
{
    leie_error err = {0};
    leie_sut s;
    toy_sut_random(&s, 6, 6, 123);
    toy_sut_pressures(&s, 1, 9);
    for (int model = LEIE_MODEL_A; model <= LEIE_MODEL_D; model++) {
        const leie_construct_opts opts = {.model = (leie_model)model};
        leie_iot t;
        check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err);
        double total = 0;
        for (leie_size f = 0; f < t.table.demand.n; f++)
            total += toy_footprint(&t.table, 0, f);
        check_near(total, leie_sum(s.account.F, 6, 1), 1e-11);
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

/* With secondary production industry and product output differ, and the rows of a table by industry add up
 * to industry output: here 100, 85, 67 where product output is 98, 86, 68. */
static void test_right_total(void)
{
    static const double supply[] = {90, 5, 3, 8, 76, 2, 2, 4, 62};
    leie_error err = {0};
    leie_sut s;
    toy_sut_random(&s, 3, 3, 77);
    memcpy(s.supply, supply, sizeof supply);
    for (leie_size i = 0; i < 3; i++) { // supply = use
        double *final = s.layer[LEIE_DOMESTIC][LEIE_BASIC].final + 3 * i;
        const double *use = s.layer[LEIE_DOMESTIC][LEIE_BASIC].use + 3 * i;
        final[0] = leie_sum(supply + 3 * i, 3, 1) - leie_sum(use, 3, 1);
        final[1] = final[2] = 0;
    }
    for (int model = LEIE_MODEL_C; model <= LEIE_MODEL_D; model++) {
        const leie_construct_opts opts = {.model = (leie_model)model};
        const double g[] = {100, 85, 67};
        leie_iot t;
        check_ok(leie_construct(&t, &s, &opts, NULL, &err), &err);
        for (leie_size i = 0; i < 3; i++) {
            check_near(t.table.x[i], g[i], 1e-14);
            check_near(row_sum(&t.table, i), g[i], 1e-13);
        }
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

// ---- products and industries without output ----

// Product p2 is imported and not made; industry p2 makes nothing but buys a little.
static void hollow(leie_sut *s)
{
    toy_sut_random(s, 4, 4, 31);
    toy_sut_pressures(s, 1, 2);
    leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    for (leie_size j = 0; j < 4; j++)
        s->supply[2 * 4 + j] = s->supply[j * 4 + 2] = home->use[2 * 4 + j] = 0;
    for (leie_size f = 0; f < 3; f++)
        home->final[2 * 3 + f] = 0;
    s->layer[LEIE_IMPORTED][LEIE_BASIC].use[2 * 4 + 1] = 17.25;
    s->layer[LEIE_IMPORTED][LEIE_BASIC].final[2 * 3] = 2.385;
}

static void test_imported_only(void)
{
    leie_error err = {0};
    leie_sut s;
    hollow(&s);
    const leie_sut_layer *abroad = &s.layer[LEIE_IMPORTED][LEIE_BASIC];
    double used = leie_sum(abroad->use, 16, 1) + leie_sum(abroad->final, 12, 1);
    for (int model = LEIE_MODEL_A; model <= LEIE_MODEL_ALMON; model++) {
        if (model == LEIE_MODEL_HYBRID)
            continue;
        const leie_construct_opts opts = {.model = (leie_model)model};
        leie_construct_info info;
        leie_iot t;
        if (!check_ok(leie_construct(&t, &s, &opts, &info, &err), &err))
            continue;
        check_size(info.empty_products, 1);
        check_size(info.empty_industries, 1);
        double kept = toy_sum(&t.Zm) + leie_sum(t.Ym, 12, 1), own = leie_sum(t.Ym + 2 * 3, 3, 1);
        for (leie_size j = 0; j < 4; j++)
            own += leie_matrix_get(&t.Zm, 2, j);
        check_near(kept, used, 1e-12);
        check_near(own, leie_sum(abroad->use + 8, 4, 1) + leie_sum(abroad->final + 6, 3, 1), 1e-12);
        check_near(t.table.x[2], 0, 0);
        check_near(t.table.F[2], s.account.F[2], 1e-12);
        check_has(toy_note(&t.table, "stand for themselves"), "1 industries and 1 products without output");
        leie_iot_clear(&t);
    }
    leie_sut_clear(&s);
}

static void test_taxes(void)
{
    leie_error err = {0};
    leie_sut s;
    toy_sut_random(&s, 3, 3, 5);
    check_ok(leie_sut_layer_new(&s, LEIE_ALL_ORIGINS, LEIE_TAX, &err), &err);
    check_ok(leie_sut_layer_new(&s, LEIE_ALL_ORIGINS, LEIE_SUBSIDY, &err), &err);
    s.layer[LEIE_ALL_ORIGINS][LEIE_TAX].use[1 * 3 + 2] = 4.5;
    s.layer[LEIE_ALL_ORIGINS][LEIE_SUBSIDY].use[2] = 1.5;
    const leie_construct_opts D = {.model = LEIE_MODEL_D, .import_row = true}, B = {.model = LEIE_MODEL_B};
    leie_iot t;
    check_ok(leie_construct(&t, &s, &D, NULL, &err), &err);
    leie_size at = leie_labels_find(&t.table.input, "product_taxes");
    check_size(at, 2);
    check_near(t.table.W[at * 3 + 2], 3, 1e-15);
    check_text(t.table.input.code[3], "imports");
    check_near(leie_sum(t.table.W + 9, 3, 1), toy_sum(&t.Zm), 1e-14);
    leie_iot_clear(&t);
    check_ok(leie_construct(&t, &s, &B, NULL, &err), &err);
    check_size(t.table.input.n, 3);
    check_near(leie_sum(t.table.W + 6, 3, 1), 3, 1e-14);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
}

// ---- errors ----

static void refuse(const leie_sut *s, leie_model model, leie_status expected, const char *piece)
{
    const leie_construct_opts opts = {.model = model};
    leie_error err = {0};
    leie_iot t;
    check_status(leie_construct(&t, s, &opts, NULL, &err), expected, &err);
    check_has(err.text, piece);
    check_true(t.table.Y == NULL && t.Ym == NULL);
}

static void test_errors(void)
{
    leie_sut s;
    toy_sut_random(&s, 4, 3, 1);
    refuse(&s, LEIE_MODEL_A, LEIE_ERR_SHAPE, "model A needs as many products as industries, found 4 and 3");
    refuse(&s, LEIE_MODEL_ALMON, LEIE_ERR_SHAPE, "model almon needs as many products as industries");
    for (leie_size j = 0; j < 3; j++)
        s.supply[3 * 3 + j] = 0;
    refuse(&s, LEIE_MODEL_D, LEIE_ERR_DATA, "product 'BE p3' is used and made by nobody");
    leie_sut_clear(&s);
    toy_sut_random(&s, 3, 3, 2);
    refuse(&s, LEIE_MODEL_HYBRID, LEIE_ERR_USAGE, "hybrid technology needs");
    for (leie_size i = 0; i < 3; i++) // two industries with one product mix
        s.supply[i * 3 + 1] = 2 * s.supply[i * 3];
    refuse(&s, LEIE_MODEL_C, LEIE_ERR_SINGULAR, "industries 'BE p0', 'BE p1' depend on each other");
    s.supply[1 * 3 + 1] = 0;
    refuse(&s, LEIE_MODEL_ALMON, LEIE_ERR_DATA, "industry 'BE p1' makes nothing of its own product");
    leie_sut_clear(&s);
    s = (leie_sut){0};
    refuse(&s, LEIE_MODEL_B, LEIE_ERR_DATA, "needs supply, and domestic use at basic prices");
}

static void test_names(void)
{
    check_size(leie_model_find("C"), LEIE_MODEL_C);
    check_size(leie_model_find("almon"), LEIE_MODEL_ALMON);
    check_true(leie_model_find("E") < 0);
    check_text(leie_model_name(LEIE_MODEL_HYBRID), "hybrid");
}

CHECK_SUITE(construct, {"UN Handbook, recomputed", test_un_exact, NULL},
            {"UN Handbook, as printed", test_un_printed, NULL}, {"UN Handbook, negatives", test_un_negatives, NULL},
            {"cheese without negatives", test_cheese, NULL}, {"Almon gives A", test_almon_is_A, NULL},
            {"identities of random tables", test_random, NULL}, {"total footprint", test_total_footprint, NULL},
            {"the right total", test_right_total, NULL}, {"imported only, empty industry", test_imported_only, NULL},
            {"taxes on products and imports as rows", test_taxes, NULL}, {"errors", test_errors, NULL},
            {"names", test_names, NULL})
