// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/netcdf_part.h"

#include <math.h>
#include <netcdf.h>
#include <string.h>

#include "kernels/memory.h"

void leie_netcdf_missing(leie_var *v, int nc, int var)
{
    double fill;
    size_t length;
    if (nc_inq_attlen(nc, var, "_FillValue", &length) || length != 1 || nc_get_att_double(nc, var, "_FillValue", &fill))
        return;
    for (leie_size i = 0; i < v->count; i++)
        if (v->number[i] == fill)
            v->number[i] = NAN;
}

static leie_status fill_var(leie_var *v, const leie_dataset *ds, int nc, const leie_size *from, leie_error *err)
{
    size_t start[LEIE_RANK_MAX] = {0}, count[LEIE_RANK_MAX] = {0};
    int var, code = nc_inq_varid(nc, v->name, &var);
    for (int k = 0; k < v->rank; k++) {
        start[k] = (size_t)from[v->dim[k]];
        count[k] = (size_t)ds->dim[v->dim[k]].n;
    }
    if (!code && v->type == LEIE_VAR_INT)
        code = nc_get_vara_longlong(nc, var, start, count, (long long *)v->integer);
    else if (!code)
        code = nc_get_vara_double(nc, var, start, count, v->number);
    if (code)
        return leie_fail(err, code == NC_ENOMEM ? LEIE_ERR_NOMEM : LEIE_ERR_DATA, "variable '%s' cannot be read: %s", v->name,
                         nc_strerror(code));
    if (v->type == LEIE_VAR_DOUBLE)
        leie_netcdf_missing(v, nc, var);
    return LEIE_OK;
}

static leie_status take_values(leie_var *v, leie_size *budget, leie_error *err)
{
    leie_size bytes;
    if (__builtin_mul_overflow(v->count, 8, &bytes) || bytes > *budget)
        return leie_fail(err, LEIE_ERR_DATA, "'%s' states %lld values, more than the file can hold", v->name,
                         (long long)v->count);
    *budget -= bytes;
    void *values = leie_new(v->count, 8);
    if (!values)
        return leie_fail_memory(err, v->name, v->count, 8);
    if (v->type == LEIE_VAR_INT)
        v->integer = values;
    else
        v->number = values;
    return LEIE_OK;
}

leie_status leie_netcdf_fill(leie_dataset *ds, int nc, const char *name, const leie_size *from, leie_size *budget,
                             leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < ds->vars; i++) {
        leie_var *v = ds->var[i];
        if (v->type == LEIE_VAR_TEXT || v->number || v->integer || v->narrow || v->raw || (name && strcmp(name, v->name)))
            continue;
        st = take_values(v, budget, err);
        st = st ? st : fill_var(v, ds, nc, from, err);
    }
    return st;
}
