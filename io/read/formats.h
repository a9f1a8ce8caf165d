/* The layouts of datasets/formats as texts, made into C by .build/embed.sh when the program is built. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_FORMATS_H
#define LEIE_IO_READ_FORMATS_H

extern const char *const leie_formats_name[]; // NULL-terminated
extern const char *const leie_formats_text[]; // in the same order

#endif
