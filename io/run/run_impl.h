/* What the files of the main job share: the job, and its steps. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_RUN_IMPL_H
#define LEIE_IO_RUN_RUN_IMPL_H

#include "io/result/result.h"
#include "io/run/coupled_stocks.h"
#include "io/run/run.h"

// Everything a run holds while it works.
typedef struct leie_job {
    const leie_study *study;
    const leie_run_opts *opts;
    const leie_watch *watch;
    leie_run_info *info;
    const char *output;
    leie_size years, now; // now: position of the year at work
    int last_table;       // the year that projections start from
    leie_size tables;     // years that have a table; the others are of material flows alone
    leie_year *year;      // [years] ascending
    leie_flow_accounts flows;
    leie_account_regions q;
    leie_provenance sources; // scenario files; each year counts them among its inputs
    leie_scenarios set;   // none: the study has no scenarios
    leie_coupled_stocks stocks;
    leie_dataset old;     // the result that is already there
    bool has_old;
} leie_job;

/* To the log of whoever watches. */
__attribute__((format(printf, 4, 5))) void leie_job_say(const leie_job *j, leie_log_level level, int year, const char *format, ...);

/* Share of the run that is done: reading is a third of a year, solving the rest; writing the last twentieth. */
void leie_job_progress(const leie_job *j, double share_of_year, const char *what);

/* LEIE_ERR_STOPPED when whoever watches asks for it. */
leie_status leie_job_stopped(const leie_job *j, leie_error *err);

/* What the accounts of a year are asked for, by the study. */
leie_accounts_opts leie_job_account_options(leie_job *j);

/* The account regions: the first table that is read fixes them. */
leie_status leie_job_account_regions(leie_job *j, const leie_table *t, leie_error *err);

/* The hash of the inputs of a year, once; without an older result it comes after reading, beside which the largest
 * files are hashed. */
leie_status leie_job_hash_inputs(const leie_job *j, leie_year *year, leie_error *err);

/* Reads, solves and draws one year; the numbers of its table are released, labels and notes stay for the result. */
leie_status leie_job_year(leie_job *j, leie_year *year, leie_error *err);

/* Plans of all years as text into the information on the run (--explain); nothing is solved. */
leie_status leie_job_explain(leie_job *j, leie_error *err);

#endif
