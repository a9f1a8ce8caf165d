/* What the files about zip archives share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_ZIP_IMPL_H
#define LEIE_IO_READ_ZIP_IMPL_H

#include "io/read/zip.h"

/* Every member is called in the directory as it is in front of its bytes. Errors: LEIE_ERR_IO with both names,
 * LEIE_ERR_NOMEM. Cost: two short reads a member. */
leie_status leie_zip_check_names(const leie_zip *zip, leie_error *err);

#endif
