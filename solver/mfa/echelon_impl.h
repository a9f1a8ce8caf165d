/* What the files of the elimination share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_ECHELON_IMPL_H
#define LEIE_SOLVER_MFA_ECHELON_IMPL_H

#include "solver/mfa/echelon.h"

/* Room for so many entries more at the end of the arena. LEIE_ERR_NOMEM. */
leie_status leie_echelon_room(leie_echelon *e, leie_size more, leie_error *err);
/* Entry of a row in a column, 0 when it is not there. */
double leie_echelon_entry(const leie_echelon *e, leie_size row, leie_index col);
/* old - part; 0 when they cancel. */
double leie_echelon_rest(double old, double part);
/* The next pivot. */
void leie_echelon_pivot(leie_echelon *e, leie_size row, leie_index col, double value);
/* A step that was taken. LEIE_ERR_NOMEM. */
leie_status leie_echelon_record(leie_echelon *e, leie_size row, leie_size pivot, double factor, leie_error *err);

/* Eliminates the columns of the kind that were pivots before, as far as they can be again. *more: rows are left that hold
 * others of the kind. *good false: an earlier pivot is too small now; what is there is of no use. LEIE_ERR_NOMEM. */
leie_status leie_echelon_repeat(leie_echelon *e, unsigned char kind, bool *more, bool *good, leie_error *err);

#endif
