/* Which of the study files of material flow analysis a file is. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_MFA_PART_H
#define LEIE_IO_MFA_MFA_PART_H

#include "kernels/status.h"

typedef enum leie_mfa_part { LEIE_MFA_PART_NONE, LEIE_MFA_PART_SYSTEM, LEIE_MFA_PART_STOCKS, LEIE_MFA_PART_WASTE } leie_mfa_part;

/* By the keys of a YAML file: `values` (a system), `lifetimes` (a stock model), `accounts` of waste. NONE for all else, and
 * for files that cannot be read: the reader of studies says why. */
LEIE_API leie_mfa_part leie_mfa_part_of(const char *path);

#endif
