/* The main job: a study in, a dataset (and its NetCDF file) out. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_RUN_H
#define LEIE_IO_RUN_RUN_H

#include "io/result/dataset.h"
#include "io/study/study.h"

typedef enum leie_log_level { LEIE_LOG_INFO, LEIE_LOG_NOTE, LEIE_LOG_WARNING } leie_log_level;

/* What happens while it runs; every member may be NULL. Called from one thread. */
typedef struct leie_watch {
    void *ctx;
    void (*log)(void *ctx, leie_log_level level, int year, const char *text); // year 0: not about a year
    void (*progress)(void *ctx, double share, const char *what);              // 0 .. 1 of the whole run
    bool (*stop)(void *ctx); // true: end as soon as possible with LEIE_ERR_STOPPED
} leie_watch;

/* Assembles the table of one year as the study says: read, extensions, close imports, aggregate, nest,
 * inspect. */
LEIE_API leie_status leie_assemble(leie_table *t, const leie_study *study, int year, const leie_watch *watch,
                                   leie_error *err);

/* The same for who solves the table, or writes it by blocks: a large Z whose cells the study does not change is read as blocks of A
 * (kernels/blockgrow.h), exact to 2^-48. */
leie_status leie_assemble_blocks(leie_table *t, const leie_study *study, int year, const leie_watch *watch, leie_error *err);

/* Cuts a sector of a table as split number `split` of a study says; errors have the line of the study. */
LEIE_API leie_status leie_assemble_split(leie_table *t, const leie_study *study, leie_size split, int year,
                                         leie_error *err);

/* Account regions of the study for a table: those named, or all regions and then the groups. */
LEIE_API leie_status leie_study_account_regions(leie_account_regions *q, const leie_study *study,
                                                const leie_table *t, leie_error *err);

typedef struct leie_run_opts {
    const char *output;       // NULL: the study's
    bool force;               // recompute years that have not changed
    bool keep_unconverged;    // write a result that did not reach its tolerance, marked
    bool explain;             // only plans: nothing is solved or written
    bool profile;             // counts where the time goes (kernels/profile.h); with stamp also in the file
    bool stamp;               // history and date_created from the clock (or SOURCE_DATE_EPOCH)
} leie_run_opts;

typedef struct leie_run_info {
    leie_size years, computed, reused; // of tables
    leie_size flow_years;              // of material flows, drawn up anew in every run
    double residual;          // worst
    bool converged;
    leie_solver solver;
    char *plan;               // text of --explain
    double seconds_read, seconds_solve, seconds_write, seconds;
    char *output;
} leie_run_info;

/* Runs a study. ds (may be NULL) receives the result. */
LEIE_API leie_status leie_run(leie_dataset *ds, const leie_study *study, const leie_run_opts *opts,
                              const leie_watch *watch, leie_run_info *info, leie_error *err);
LEIE_API void leie_run_info_clear(leie_run_info *info);

#endif
