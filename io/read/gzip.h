/* Inflates gzip data: one or more members, zero bytes as padding behind the last one. Check sums and
 * lengths are verified. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_GZIP_H
#define LEIE_IO_READ_GZIP_H

#include "kernels/status.h"

/* Whether data begins like gzip. */
bool leie_is_gzip(const void *data, leie_size size);

/* data [*size + 1] receives the text and a closing NUL; the caller frees it. path is for messages;
 * limit is the largest *size, 0 for none. Errors: LEIE_ERR_IO with the byte position in the file
 * (truncated or damaged), LEIE_ERR_LIMIT, LEIE_ERR_NOMEM. */
leie_status leie_gzip_inflate(char **data, leie_size *size, const unsigned char *packed, leie_size packed_size,
                              leie_size limit, const char *path, leie_error *err);

#endif
