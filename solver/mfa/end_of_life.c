// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/end_of_life.h"

static bool share(double x)
{
    return x >= 0 && x <= 1;
}

leie_status leie_end_of_life_follow(double *hibernating, double *demolished, double *abandoned, const leie_end_of_life *end,
                                    leie_size years, const double *outflow, leie_error *err)
{
    double stock = 0;
    if (!share(end->hibernates) || !share(end->release) || !share(end->demolished))
        return leie_fail(err, LEIE_ERR_DATA, "shares of the end of life of %g, %g and %g; each should lie between 0 and 1",
                         end->hibernates, end->release, end->demolished);
    for (leie_size t = 0; t < years; t++) {
        double released = end->release * stock, left = (1 - end->hibernates) * outflow[t] + released;
        stock += end->hibernates * outflow[t] - released;
        hibernating[t] = stock;
        demolished[t] = end->demolished * left;
        abandoned[t] = left - demolished[t];
    }
    return LEIE_OK;
}
