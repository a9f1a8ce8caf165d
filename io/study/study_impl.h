/* What the files that interpret a study share. Every reader leaves its target as it is when the key is
 * missing, and what it allocated belongs to the study and is released by leie_study_clear. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_STUDY_STUDY_IMPL_H
#define LEIE_IO_STUDY_STUDY_IMPL_H

#include "io/study/study.h"
#include "io/study/yaml.h"

/* ---- values ---- */

/* "row", "column", "given": leie_x_choice. */
extern const char *const leie_x_words[];

/* Copy of a text; an older one is released. */
leie_status leie_study_string(char **to, const leie_yaml *map, const char *key, leie_error *err);
leie_status leie_study_set_string(char **to, const char *text, leie_error *err);

/* A list of texts, or one text. No text may occur twice. */
leie_status leie_study_strings(char ***list, leie_size *n, const leie_yaml *map, const char *key, leie_error *err);
char **leie_study_free_strings(char **list, leie_size n);

/* One of the words of a NULL-terminated list; *choice receives its position. */
leie_status leie_study_choice(int *choice, const leie_yaml *map, const char *key, const char *const *words,
                              leie_error *err);
leie_status leie_study_choice_fail(const leie_yaml *node, const char *key, const char *word,
                                   const char *const *words, leie_error *err);

/* Labels: a list of codes or of {code, name, kind}; or a map from codes to kinds or to names. With
 * LEIE_STUDY_SIGN entries may say {code, name, sign}, and the caller reads the sign. */
typedef enum leie_study_label { LEIE_STUDY_KIND, LEIE_STUDY_NAME, LEIE_STUDY_SIGN } leie_study_label;
leie_status leie_study_labels(leie_labels *to, const leie_yaml *map, const char *key, leie_study_label value,
                              leie_error *err);

/* Years under `year` or `years`: 2011, 1995-2011 or a list of these; ascending, none twice. */
leie_status leie_study_read_years(int **year, leie_size *n, const leie_yaml *map, leie_error *err);

/* Members of a list, or the node itself as the only one. */
leie_size leie_study_items(const leie_yaml *node);
const leie_yaml *leie_study_item(const leie_yaml *node, leie_size i);

/* ---- paths ---- */

/* A path inside a folder: ${NAME} comes from the environment; what is absolute stands alone. base NULL
 * or without a real path: the study's folder. */
leie_status leie_study_path(leie_path *to, const leie_study *study, const leie_yaml *map, const char *key,
                            const leie_path *base, leie_error *err);

/* The same for a text that the study does not write itself: a default name. */
leie_status leie_study_default_path(leie_path *to, const leie_study *study, const leie_yaml *at, const char *key,
                                    const char *text, const leie_path *base, leie_error *err);
void leie_study_path_clear(leie_path *path);

/* ---- parts ---- */

/* Opens a study file of any kind: file, folder, name and hash are set, the tree has the changes of --set and
 * is of version 1. The caller frees the tree and clears the study, also when it fails. */
leie_status leie_study_begin(leie_study *study, leie_yaml **root, const char *path, leie_size sets, char *const *set,
                            leie_error *err);

/* Name, title, summary, edition, label and output. */
leie_status leie_study_read_texts(leie_study *study, const leie_yaml *root, leie_error *err);

leie_status leie_study_read_tables(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_extensions(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_nests(leie_study *study, const leie_yaml *root, leie_error *err);
/* The key variables of a nest, each with its default, from `use`. */
leie_status leie_study_read_use(leie_study_nest *nest, const leie_yaml *map, leie_error *err);

/* `keys` of a nest or of local accounts: a path, or {path: ..., years: exact|nearest}. */
leie_status leie_study_read_keys(leie_study_nest *nest, const leie_study *study, const leie_yaml *map, leie_error *err);
leie_status leie_study_read_local(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_stocks(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_systems(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_splits(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_backcasts(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_uncertainty(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_flows(leie_study *study, const leie_yaml *root, leie_error *err);
leie_status leie_study_read_needs(leie_study *study, const leie_yaml *root, leie_error *err);
void leie_study_needs_clear(leie_study *study);
void leie_study_tables_clear(leie_study_tables *t);
void leie_study_extension_clear(leie_study_extension *e);
void leie_study_stocks_clear(leie_study *study); // systems too
void leie_study_local_clear(leie_study_local *local);
void leie_study_split_clear(leie_study_split *split);
void leie_study_backcast_clear(leie_study_backcast *b);
void leie_study_uncertainty_clear(leie_study_uncertainty *u);
void leie_study_flows_clear(leie_study_flows *flows);

#endif
