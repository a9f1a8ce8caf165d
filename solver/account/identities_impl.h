/* What identities_table.c and identities_accounts.c share, and those of results that are read again (io/result): finding the
 * worst offenders and writing an item. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_IDENTITIES_IMPL_H
#define LEIE_SOLVER_ACCOUNT_IDENTITIES_IMPL_H

#include "solver/account/identities.h"

enum { LEIE_OFFENDERS = 3 };

/* The largest sizes seen and how many were above the threshold. NaN counts as infinite. */
typedef struct leie_worst {
    double threshold;
    double largest;  // of all sizes seen
    leie_size count; // above the threshold
    int n;
    double size[LEIE_OFFENDERS];  // descending; equal ones in the order they were seen
    double shown[LEIE_OFFENDERS]; // what the text says of it
    leie_size at[LEIE_OFFENDERS]; // where, in the numbering of the item
} leie_worst;

/* Sees a place of this size; places at or below the threshold are not kept as offenders. */
void leie_worst_see(leie_worst *worst, leie_size at, double size, double shown);

/* The gap |left - right| relative to scale, 0 when there is none. */
double leie_gap(double left, double right, double scale);

/* Writes one offender: its label and the value shown, "BEL c19 (-113 MUSD)". */
typedef void (*leie_describe_fn)(char *out, size_t size, const void *ctx, leie_size at, double shown);

/* Appends an item with the largest size, the count and the offenders of `worst`. */
leie_status leie_identity_add(leie_identities *list, const char *name, leie_verdict verdict, double tolerance,
                              const leie_worst *worst, leie_describe_fn describe, const void *ctx, leie_error *err);

/* The same with its own words instead of offenders; count 0. */
leie_status leie_identity_say(leie_identities *list, const char *name, leie_verdict verdict, double size,
                              double tolerance, leie_error *err, const char *format, ...)
    __attribute__((format(printf, 7, 8)));

/* PASS when nothing was above the threshold, else FAIL. */
leie_verdict leie_judge(const leie_worst *worst);

#endif
