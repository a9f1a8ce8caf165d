/* Small input files for tests of readers. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_WRITE_FILES_H
#define LEIE_TESTS_WRITE_FILES_H

#include <stddef.h>

/* Path of a file in a folder; one of a few buffers that are used in turn. */
const char *path_in(const char *folder, const char *name);

/* Writes bytes or a text into a file of a folder and returns its path. */
const char *write_bytes(const char *folder, const char *name, const void *data, size_t size);
const char *write_text(const char *folder, const char *name, const char *text);

/* The same as one gzip member. */
const char *write_gzip(const char *folder, const char *name, const char *text);

/* One gzip member in memory; returns its size. */
size_t gzip_member(unsigned char *packed, size_t room, const void *data, size_t size);

#endif
