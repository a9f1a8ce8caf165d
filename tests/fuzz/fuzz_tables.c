// SPDX-License-Identifier: GPL-3.0-or-later
/* Folders of files: whole studies (every table reader, extensions, keys, concordances, flows), supply and use,
 * balances, material flow systems, stocks. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "kernels/parallel.h"
#include "tests/fuzz/fuzz.h"

enum { PATH_SIZE = 600 };

// The path of a file of the folder, NULL when it is not there.
static const char *path_in(char path[PATH_SIZE], const char *folder, const char *name)
{
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return access(path, R_OK) == 0 ? path : NULL;
}

static void tables(const uint8_t *data, size_t size)
{
    char path[PATH_SIZE];
    leie_study study = {0};
    leie_error err = {0};
    leie_threads_set(1);
    const char *file = path_in(path, fuzz_unpack(data, size), "study.yaml");
    if (!file || leie_study_read(&study, file, 0, NULL, &err))
        return;
    fuzz_assemble(&study);
    leie_study_clear(&study);
}
FUZZ_TARGET("tables", tables)

static void sut(const uint8_t *data, size_t size)
{
    leie_sut s = {0};
    leie_error err = {0};
    leie_threads_set(1);
    const leie_sut_source from = {.folder = fuzz_unpack(data, size)};
    if (!leie_read_sut(&s, &from, &err))
        leie_sut_clear(&s);
}
FUZZ_TARGET("sut", sut)

static void balance(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"prior.csv", "rows.csv", "cols.csv", "blocks.csv", "fixed.csv", "bounds.csv", "sd.csv"};
    char room[7][PATH_SIZE];
    const char *path[7], *folder = fuzz_unpack(data, size);
    leie_balance_input in = {0};
    leie_sut_input sut_in = {0};
    leie_error err = {0}, why = {0};
    for (int i = 0; i < 7; i++)
        path[i] = path_in(room[i], folder, names[i]);
    const leie_balance_files files = {path[0], path[1], path[2], path[3], path[4], path[5], path[6]};
    if (!path[0])
        return;
    if (!leie_read_balance(&in, &files, &err))
        leie_balance_input_clear(&in);
    if (path[1] && !leie_read_sut_prior(&sut_in, path[0], path[1], &why))
        leie_sut_input_clear(&sut_in);
}
FUZZ_TARGET("balance", balance)

static void flow_system(const uint8_t *data, size_t size)
{
    char path[PATH_SIZE];
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_error err = {0};
    const char *file = path_in(path, fuzz_unpack(data, size), "system.yaml");
    if (!file || leie_flow_study_read(&study, file, 0, NULL, &err))
        return;
    if (!leie_flow_system_read(&sys, &study, &err))
        leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
}
FUZZ_TARGET("flow_system", flow_system)

static void stock(const uint8_t *data, size_t size)
{
    char path[PATH_SIZE];
    leie_stock_study study = {0};
    leie_stock_data in = {0};
    leie_error err = {0};
    const char *file = path_in(path, fuzz_unpack(data, size), "study.yaml");
    if (!file || leie_stock_study_read(&study, file, 0, NULL, &err))
        return;
    if (!leie_stock_data_read(&in, &study, &err))
        leie_stock_data_clear(&in);
    leie_stock_study_clear(&study);
}
FUZZ_TARGET("stock", stock)
