// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/linear/linsys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/clock.h"
#include "kernels/factored.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "kernels/sum.h"
#include "solver/linear/linsys_impl.h"

enum {
    PARTS_MANY = 128,   // parts have at least n / PARTS_MANY sectors where regions can be joined
    PARTS_FOR_STORE = 16, // parts from which threads share a store well
    SPARE_ROOM = 8,       // of the estimated cells, one in so many more are given room
    DEFAULT_SWEEPS = 200,
    ROW_GRAIN = 1024,
    EXPECTED_SOLVES = 32 // right-hand sides of each kind when a system chooses its back end itself
};
static const double DEFAULT_TOLERANCE = 1e-12;
static const double NEAR_FROM = 1e-9;   // one correction from a residual of 1e-3 or so reaches it
static const double NULL_SHARE = 1e-8; // entries of a null vector that count, against the largest

static const char *const names[LEIE_SOLVERS] = {"auto", "lu", "mixed", "sparse", "klu", "block", "factored"};

const char *leie_solver_name(leie_solver solver)
{
    return solver >= 0 && solver < LEIE_SOLVERS ? names[solver] : "unknown";
}

int leie_solver_find(const char *name)
{
    for (int s = 0; name && s < LEIE_SOLVERS; s++)
        if (strcmp(name, names[s]) == 0)
            return s;
    return -1;
}

const leie_backend *leie_backend_of(leie_solver solver)
{
    switch (solver) {
    case LEIE_SOLVER_LU:
        return &leie_backend_lu;
    case LEIE_SOLVER_MIXED:
        return &leie_backend_mixed;
    case LEIE_SOLVER_SPARSE:
        return &leie_backend_sparse;
    case LEIE_SOLVER_KLU:
        return &leie_backend_klu;
    case LEIE_SOLVER_BLOCK:
        return &leie_backend_block;
    case LEIE_SOLVER_FACTORED:
        return &leie_backend_factored;
    case LEIE_SOLVER_AUTO:
    case LEIE_SOLVERS:
        break;
    }
    return NULL;
}

leie_shape leie_shape_of(const leie_linsys *sys)
{
    return (leie_shape){sys->Z, sys->axis, sys->survey.nonzeros, sys->opts.memory_limit, false};
}

/* ---- messages ---- */

leie_status leie_fail_singular(const leie_linsys *sys, leie_size pivot, const double *z, leie_error *err)
{
    const leie_axis *axis = sys->axis;
    leie_size largest = pivot, sectors = 0, regions = 0, last_region = -1;
    bool finite = z != NULL;
    for (leie_size i = 0; finite && i < axis->n; i++) {
        finite = isfinite(z[i]);
        if (finite && fabs(z[i]) > fabs(z[largest]))
            largest = i;
    }
    const char *region = axis->region.code[axis->of[largest]], *sector = axis->code[largest];
    if (!finite || z[largest] == 0)
        return leie_fail(err, LEIE_ERR_SINGULAR, "I - A is singular: region '%s', sector '%s' has no pivot", region,
                         sector);
    for (leie_size i = 0; i < axis->n; i++) {
        if (fabs(z[i]) <= NULL_SHARE * fabs(z[largest]))
            continue;
        sectors++;
        regions += axis->of[i] != last_region;
        last_region = axis->of[i];
    }
    return leie_fail(err, LEIE_ERR_SINGULAR,
                     "I - A is singular: region '%s', sector '%s' belongs to a block of %lld sector%s in %lld region%s "
                     "whose columns of I - A depend on each other (it uses up all it makes)",
                     region, sector, (long long)sectors, sectors == 1 ? "" : "s", (long long)regions,
                     regions == 1 ? "" : "s");
}

/* ---- setup ---- */

static leie_status fill_options(leie_linsys_opts *to, const leie_linsys_opts *opts, leie_error *err)
{
    *to = opts ? *opts : (leie_linsys_opts){0};
    if (to->method < LEIE_SOLVER_AUTO || to->method >= LEIE_SOLVERS)
        return leie_fail(err, LEIE_ERR_USAGE, "solver method %d is not one of auto, lu, mixed, sparse, klu, block, factored", to->method);
    if (!(to->tolerance >= 0) || to->max_iterations < 0 || to->memory_limit < 0)
        return leie_fail(err, LEIE_ERR_USAGE, "solver: tolerance, iterations and memory limit may not be negative");
    if (to->tolerance == 0)
        to->tolerance = DEFAULT_TOLERANCE;
    if (to->max_iterations == 0)
        to->max_iterations = DEFAULT_SWEEPS;
    return LEIE_OK;
}

leie_size leie_part_end(const leie_axis *axis, leie_size *r)
{
    leie_size begin = axis->first[(*r)++], least = axis->n / PARTS_MANY;
    while (*r < axis->region.n && axis->first[*r + 1] - begin <= least)
        ++*r;
    return axis->first[*r];
}

bool leie_shape_is_blocked(const leie_shape *shape)
{
    const leie_axis *axis = shape->axis;
    const leie_blocked *b = shape->Z->form == LEIE_BLOCKED ? shape->Z->blocked : NULL;
    leie_size part = 0;
    for (leie_size r = 0; b && r < axis->region.n; part++)
        if (part >= b->store.parts || b->store.first[part + 1] != leie_part_end(axis, &r))
            return false;
    return b && part == b->store.parts;
}

const leie_blocked *leie_linsys_blocks(const leie_linsys *sys)
{
    leie_shape shape = {.Z = sys->Z, .axis = sys->axis};
    if (!leie_shape_is_blocked(&shape))
        return NULL;
    const leie_blocked *b = sys->Z->blocked;
    return memcmp(b->scale, sys->scale, (size_t)b->n * sizeof *b->scale) == 0 ? b : NULL;
}

leie_status leie_parts_find(leie_size **first, leie_size *parts, const leie_axis *axis, leie_error *err)
{
    *parts = 0;
    *first = leie_new(axis->region.n + 1, sizeof **first);
    if (!*first)
        return leie_fail_memory(err, "the parts of a system", axis->region.n + 1, sizeof **first);
    for (leie_size r = 0; r < axis->region.n;)
        (*first)[++*parts] = leie_part_end(axis, &r);
    return LEIE_OK;
}

/* Non-zeros, weights and norms of A by parts. */
static leie_status survey_parts(leie_survey *to, const leie_linsys *sys, leie_error *err)
{
    const leie_blocked *blocks = leie_linsys_blocks(sys);
    leie_size *first = NULL, parts;
    if (blocks)
        return leie_survey_copy(to, &blocks->survey, err);
    leie_status st = leie_parts_find(&first, &parts, sys->axis, err);
    st = st ? st : leie_survey_new(to, sys->Z, sys->scale, parts, first, err);
    leie_free(first);
    return st;
}

/* Whether the iteration over blocks is sure to be what solves dense Z, within no limit that a user has stated: then
 * a sample of Z is enough for the plan, and the survey waits for the store. */
static bool surveys_with_store(const leie_linsys *sys)
{
    leie_size parts = 0;
    for (leie_size r = 0; r < sys->axis->region.n; parts++)
        leie_part_end(sys->axis, &r);
    return sys->opts.method == LEIE_SOLVER_BLOCK && sys->Z->form == LEIE_DENSE && sys->opts.memory_limit == 0 &&
           parts >= PARTS_FOR_STORE;
}

/* The survey, and the store of the direction that most right-hand sides need, in one read of Z. */
static leie_status survey_with_store(leie_linsys *sys, leie_error *err)
{
    leie_size *first = NULL, parts, cells = sys->survey.nonzeros, n = sys->axis->n;
    double begun = leie_profile_begin();
    sys->made = leie_new(1, sizeof *sys->made);
    leie_status st = sys->made ? LEIE_OK : leie_fail_memory(err, "the blocks of A", 1, sizeof *sys->made);
    st = st ? st : leie_parts_find(&first, &parts, sys->axis, err);
    leie_size room = st ? 0 : leie_blockstore_room(n, (cells + cells / SPARE_ROOM) * 100 / LEIE_FULL_FROM, parts);
    st = st ? st : leie_blockstore_survey(sys->made, &sys->survey, sys->Z, sys->scale, parts, first,
                                          sys->opts.plain <= sys->opts.transposed, true, room, err);
    leie_profile_end(LEIE_WORK_STORE, begun, 8 * (double)n * (double)n + 9 * (double)sys->survey.nonzeros, 0);
    leie_free(first);
    return st;
}

/* Of factors: no more than their own cells tell, which the iteration over them reads again. */
static leie_status survey_factors(leie_linsys *sys, leie_error *err)
{
    sys->cells = leie_new(1, sizeof *sys->cells);
    if (!sys->cells)
        return leie_fail_memory(err, "the cells of factors", 1, sizeof *sys->cells);
    leie_status st = leie_factorcells_new(sys->cells, sys->Z->factors, sys->scale, err);
    sys->survey = (leie_survey){.nonzeros = sys->cells->nonzeros,
                                .norm = {sys->cells->norm[0], sys->cells->norm[1]},
                                .bad_row = sys->cells->bad[0],
                                .bad_col = sys->cells->bad[1]};
    return st;
}

static void drop_cells(leie_linsys *sys)
{
    if (sys->cells)
        leie_factorcells_free(sys->cells);
    sys->cells = leie_free(sys->cells);
}

static leie_status survey(leie_linsys *sys, leie_error *err)
{
    const leie_matrix *Z = sys->Z;
    double begun = leie_profile_begin(), n = (double)sys->axis->n;
    if (surveys_with_store(sys)) {
        sys->survey = (leie_survey){.nonzeros = leie_survey_estimate(Z), .bad_row = -1, .bad_col = -1};
        return LEIE_OK;
    }
    leie_status st = Z->form == LEIE_FACTORED ? survey_factors(sys, err) : survey_parts(&sys->survey, sys, err);
    double cells = Z->form == LEIE_DENSE ? n * n : 1.5 * (double)sys->survey.nonzeros;
    if (Z->form == LEIE_FACTORED)
        cells = 2 * (double)Z->factors->use_at[Z->factors->parts] + (double)Z->factors->share_at[Z->factors->parts];
    leie_profile_end(LEIE_WORK_SURVEY, begun, 8 * cells, 0);
    return st;
}

/* Refuses what is not finite. */
static leie_status check_cells(const leie_linsys *sys, leie_error *err)
{
    const leie_axis *axis = sys->axis;
    leie_size i = sys->survey.bad_row, j = sys->survey.bad_col;
    if (i < 0)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA,
                     "A is not finite (Z = %g, 1 / x = %g): sales of region '%s', sector '%s' to region '%s', sector "
                     "'%s'",
                     leie_matrix_get(sys->Z, i, j), sys->scale[j], axis->region.code[axis->of[i]], axis->code[i],
                     axis->region.code[axis->of[j]], axis->code[j]);
}

static leie_status check_inputs(const leie_matrix *Z, const leie_axis *axis, leie_error *err)
{
    if (Z->rows != Z->cols || Z->rows != axis->n)
        return leie_fail(err, LEIE_ERR_SHAPE, "Z is %lld x %lld and there are %lld sectors", (long long)Z->rows,
                         (long long)Z->cols, (long long)axis->n);
    if (Z->form != LEIE_FACTORED)
        return LEIE_OK;
    for (leie_size r = 0; r < axis->region.n; r++)
        if (Z->factors->parts != axis->region.n || Z->factors->first[r] != axis->first[r])
            return leie_fail(err, LEIE_ERR_SHAPE, "the factors of Z are not by the regions of the sectors");
    return LEIE_OK;
}

/* Chooses the back end and compares its need with the limit, before anything large is taken. */
static leie_status choose_backend(leie_linsys *sys, leie_error *err)
{
    leie_plan plan;
    leie_shape shape = leie_shape_of(sys);
    leie_status st = leie_plan_choose(&plan, &shape, EXPECTED_SOLVES, EXPECTED_SOLVES, &sys->opts, err);
    if (st)
        return st;
    sys->info.solver = plan.solver;
    sys->backend = leie_backend_of(plan.solver);
    sys->info.bytes = sys->backend->bytes(&shape);
    if (plan.solver != LEIE_SOLVER_FACTORED)
        drop_cells(sys);
    if (sys->Z->form != LEIE_FACTORED || plan.solver != LEIE_SOLVER_BLOCK)
        return LEIE_OK;
    leie_survey_free(&sys->survey); // the iteration over blocks wants to know more
    return survey_parts(&sys->survey, sys, err);
}

static leie_status check_room(leie_error *err)
{
    int threads = leie_threads();
    if (leie_blas_room(threads))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_NOMEM, "out of memory: OpenBLAS needs %d x %d MiB of address space for %d thread%s "
                     "(ulimit -v?)", threads, LEIE_BLAS_BUFFER >> 20, threads, threads == 1 ? "" : "s");
}

static leie_status copy_scale(leie_linsys *sys, const double *scale, leie_error *err)
{
    leie_size n = sys->axis->n;
    sys->scale = leie_new(n, sizeof *sys->scale);
    if (!sys->scale)
        return leie_fail_memory(err, "the scale of a linear system", n, sizeof *sys->scale);
    for (leie_size j = 0; j < n; j++)
        sys->scale[j] = scale ? scale[j] : 1;
    return LEIE_OK;
}

static leie_status set_up(leie_linsys *s, leie_error *err)
{
    double begun = leie_profile_begin();
    leie_status st = s->backend->setup(&s->state, s, &s->info.bytes, err);
    leie_profile_end(LEIE_WORK_FACTOR, begun, 0, 0); // back ends add what they know
    return st;
}

leie_status leie_linsys_setup(leie_linsys **sys, const leie_matrix *Z, const double *scale, const leie_axis *axis,
                              const leie_linsys_opts *opts, leie_error *err)
{
    double start = leie_seconds();
    *sys = NULL;
    leie_linsys *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a linear system", 1, sizeof *s);
    s->Z = Z;
    s->axis = axis;
    leie_status st = fill_options(&s->opts, opts, err);
    if (!st)
        st = check_inputs(Z, axis, err);
    if (!st)
        st = copy_scale(s, scale, err);
    if (!st)
        st = survey(s, err);
    if (!st)
        st = check_cells(s, err);
    if (!st)
        st = choose_backend(s, err);
    if (!st)
        st = check_room(err);
    if (!st && surveys_with_store(s))
        st = survey_with_store(s, err);
    if (!st)
        st = check_cells(s, err);
    if (!st)
        st = set_up(s, err);
    if (st) {
        leie_linsys_free(s);
        return st;
    }
    s->info.seconds_setup = leie_seconds() - start;
    *sys = s;
    return LEIE_OK;
}

leie_linsys *leie_linsys_free(leie_linsys *sys)
{
    if (sys) {
        if (sys->backend)
            sys->backend->free(sys->state);
        leie_matrix_free(&sys->own);
        leie_free(sys->given_scale);
        leie_survey_free(&sys->survey);
        if (sys->made)
            leie_blockstore_free(sys->made);
        leie_free(sys->made);
        drop_cells(sys);
        leie_free(sys->room);
        leie_free(sys->scale);
        leie_free(sys);
    }
    return NULL;
}

const leie_linsys_info *leie_linsys_state(const leie_linsys *sys)
{
    return &sys->info;
}

/* ---- solve ---- */

/* Right-hand sides as the caller gives them: [n, k]. */
typedef struct sides {
    const leie_axis *axis;
    leie_size k;
    const double *b;
} sides;

static leie_status check_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const sides *j = ctx;
    const leie_axis *axis = j->axis;
    (void)worker;
    for (leie_size t = first * j->k; t < last * j->k; t++)
        if (!isfinite(j->b[t]))
            return leie_fail(err, LEIE_ERR_DATA, "right-hand side %lld is %g at region '%s', sector '%s'",
                             (long long)(t % j->k + 1), j->b[t], axis->region.code[axis->of[t / j->k]], axis->code[t / j->k]);
    return LEIE_OK;
}

static leie_status check_finite(const leie_linsys *sys, leie_size k, const double *b, leie_error *err)
{
    sides j = {sys->axis, k, b};
    return leie_parallel_for(sys->axis->n, ROW_GRAIN, check_rows, &j, err);
}

/* Dense LU in place of an iteration that stalled. When it does not fit, the iterate stays. */
static leie_status fall_back(leie_linsys *sys, leie_group *group, leie_error *err)
{
    leie_shape shape = leie_shape_of(sys);
    leie_size bytes = leie_backend_lu.bytes(&shape);
    leie_size limit = leie_memory_limit(&sys->opts);
    if (limit > 0 && bytes > limit) {
        snprintf(sys->info.message, sizeof sys->info.message, "%s; dense LU would take %lld bytes of %lld allowed",
                 group->why, (long long)bytes, (long long)limit);
        return LEIE_OK;
    }
    void *state = NULL;
    leie_status st = leie_backend_lu.setup(&state, sys, &bytes, err);
    if (st)
        return st;
    sys->backend->free(sys->state);
    sys->backend = &leie_backend_lu;
    sys->state = state;
    sys->info.bytes = bytes;
    sys->info.fell_back = true;
    snprintf(sys->info.message, sizeof sys->info.message, "%s; dense LU took over", group->why);
    group->stalled = false;
    return sys->backend->solve(sys->state, group, err);
}

/* Columns of X and B between the caller's arrays and a group's. */
static void copy_columns(double *to, leie_size to_ld, const double *from, leie_size from_ld, leie_size n, leie_size k)
{
    for (leie_size i = 0; i < n; i++)
        memcpy(to + i * to_ld, from + i * from_ld, (size_t)k * sizeof *to);
}

static void note(leie_linsys_info *info, const leie_group *group)
{
    for (leie_size c = 0; c < group->k; c++) {
        info->residual = group->residual[c] <= info->residual ? info->residual : group->residual[c];
        info->residual_b = group->residual_b[c] <= info->residual_b ? info->residual_b : group->residual_b[c];
    }
    info->converged = info->converged && leie_group_converged(group);
    info->iterations = group->iterations > info->iterations ? group->iterations : info->iterations;
    info->right_hand_sides += group->k;
}

/* Room for so many arrays of `wide` right-hand sides. */
static leie_status take_room(leie_linsys *sys, leie_size arrays, leie_size wide, leie_error *err)
{
    leie_size numbers = arrays * sys->axis->n * wide;
    if (numbers <= sys->room_for)
        return LEIE_OK;
    leie_free(sys->room);
    sys->room = leie_new_pages(numbers, sizeof *sys->room);
    sys->room_for = sys->room ? numbers : 0;
    return sys->room ? LEIE_OK : leie_fail_memory(err, "right-hand sides", numbers, sizeof *sys->room);
}

leie_status leie_linsys_solve(leie_linsys *sys, bool transposed, leie_size k, double *x, const double *b,
                              double *residual, leie_error *err)
{
    return leie_linsys_solve_from(sys, transposed, k, x, b, NULL, residual, err);
}

/* The columns of the start that belong to a group. */
static void take_start(leie_group *group, const leie_start *start, leie_size k, leie_size c)
{
    leie_size n = group->sys->axis->n;
    group->known = start->r != NULL;
    group->near = group->known || group->sys->opts.tolerance >= NEAR_FROM;
    copy_columns(group->x, group->k, start->x + c, k, n, group->k);
    if (group->known)
        copy_columns(group->r, group->k, start->r + c, k, n, group->k);
}

leie_status leie_linsys_solve_from(leie_linsys *sys, bool transposed, leie_size k, double *x, const double *b,
                                   const leie_start *start, double *residual, leie_error *err)
{
    double clock = leie_seconds(), judged[LEIE_GROUP], judged_b[LEIE_GROUP];
    leie_size n = sys->axis->n, wide = k < sys->backend->group ? k : sys->backend->group;
    bool direct = wide == k && (x + n * k <= b || b + n * k <= x); // in the caller's arrays
    leie_status st = check_finite(sys, k, b, err);
    if (n == 0 || k == 0)
        return st;
    if (!st)
        st = take_room(sys, direct ? 2 : 4, wide, err);
    if (st)
        return st;
    sys->info.converged = true;
    sys->info.iterations = 0;
    double *r = sys->room, *t = r + n * wide, *own_b = t + n * wide, *own_x = own_b + n * wide;
    for (leie_size c = 0; !st && c < k; c += wide) {
        leie_group group = {.sys = sys, .transposed = transposed, .k = k - c < wide ? k - c : wide,
                            .b = direct ? b : own_b, .x = direct ? x : own_x, .r = r, .t = t, .residual = judged,
                            .residual_b = judged_b};
        if (!direct)
            copy_columns(own_b, group.k, b + c, k, n, group.k);
        if (start)
            take_start(&group, start, k, c);
        double begun = leie_profile_begin();
        st = sys->backend->solve(sys->state, &group, err);
        leie_profile_end(LEIE_WORK_SOLVE, begun, 0, 0);
        if (!st && group.stalled && !sys->redrawn)
            st = fall_back(sys, &group, err);
        else if (!st && group.why[0])
            snprintf(sys->info.message, sizeof sys->info.message, "%s", group.why);
        if (st)
            break;
        note(&sys->info, &group);
        if (!direct)
            copy_columns(x + c, k, own_x, group.k, n, group.k);
        if (residual)
            memcpy(residual + c, judged, (size_t)group.k * sizeof *residual);
    }
    sys->info.seconds_solve += leie_seconds() - clock;
    return st;
}
