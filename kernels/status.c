// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/status.h"

#include <stdarg.h>
#include <stdio.h>

leie_status leie_fail(leie_error *err, leie_status code, const char *format, ...)
{
    if (err && err->code == LEIE_OK) {
        va_list args;
        va_start(args, format);
        err->code = code;
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return code;
}

leie_status leie_fail_memory(leie_error *err, const char *what, leie_size count, size_t size)
{
    return leie_fail(err, LEIE_ERR_NOMEM, "out of memory for %s: %lld items of %zu bytes", what,
                     (long long)count, size);
}

int leie_exit_code(leie_status status)
{
    switch (status) {
    case LEIE_OK:
        return 0;
    case LEIE_ERR_USAGE:
        return 2;
    case LEIE_ERR_IO:
    case LEIE_ERR_DATA:
    case LEIE_ERR_SHAPE:
    case LEIE_ERR_UNIT:
        return 3;
    case LEIE_ERR_CHECK:
        return 4;
    case LEIE_ERR_NOMEM:
    case LEIE_ERR_LIMIT:
    case LEIE_ERR_OUTPUT:
        return 5;
    case LEIE_ERR_SINGULAR:
    case LEIE_ERR_CONVERGE:
    case LEIE_ERR_INTERNAL:
    case LEIE_ERR_STOPPED:
        return 1;
    }
    return 1;
}
