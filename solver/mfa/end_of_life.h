/* What happens to goods at the end of their use: a share hibernates (kept, not used), of the rest a share is demolished
 * and collected, and what is left is abandoned where it is.
 *
 *   R(t) = release H(t - 1)                          hibernating goods that are let go
 *   H(t) = H(t - 1) - R(t) + hibernates O(t)         hibernating stock at the end of the year, H = 0 before the first
 *   D(t) = demolished ((1 - hibernates) O(t) + R(t)) demolished
 *   B(t) = (1 - demolished) (...)                    abandoned
 *
 * so that sum_t O = H + sum_t (D + B).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_END_OF_LIFE_H
#define LEIE_SOLVER_MFA_END_OF_LIFE_H

#include "kernels/status.h"

typedef struct leie_end_of_life {
    double hibernates; // share of the outflow
    double release;    // share of the hibernating stock that is let go in a year
    double demolished; // share of what is neither in use nor hibernating
} leie_end_of_life;

/* outflow, hibernating, demolished, abandoned [years]; none may overlap. Errors: LEIE_ERR_DATA for a share outside
 * 0 .. 1. */
LEIE_API leie_status leie_end_of_life_follow(double *hibernating, double *demolished, double *abandoned,
                                             const leie_end_of_life *end, leie_size years, const double *outflow,
                                             leie_error *err);

#endif
