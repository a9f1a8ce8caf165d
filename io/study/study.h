/* The study file as a structure: what to read, what to do with it, what to report. Every path is kept
 * twice: as written (for provenance) and resolved against the study's folder with ${NAME} replaced from
 * the environment; a path that begins with ${NAME} stands by itself, so a relative value is relative to the working
 * folder, as in a shell. {year} in a path is replaced for each year. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_STUDY_STUDY_H
#define LEIE_IO_STUDY_STUDY_H

#include "solver/leie.h"

typedef struct leie_path {
    char *shown; // as the study writes it, may hold {year}
    char *real;  // resolved, may hold {year}; NULL when the study does not give it
    leie_size line;
} leie_path;

typedef enum leie_format {
    LEIE_FORMAT_CSV,
    LEIE_FORMAT_TRIPLETS,
    LEIE_FORMAT_MATRIX,
    LEIE_FORMAT_NETCDF, // Leie's own table file
    LEIE_FORMAT_LAYOUT  // a database by its layout (io/read/layout.h)
} leie_format;

typedef struct leie_study_tables {
    leie_size line;
    leie_size years;
    int *year;                // [years] ascending
    leie_format format;
    leie_path path;           // folder; netcdf: the file
    char *layout;             // format layout: name of the layout, a file of one, or "auto"
    leie_size keeps, stressor_patterns;
    char **keep;              // [keeps] regions that stay, the others become one; none: all stay
    char *rest;               // its code; NULL: REST
    char **stressor_pattern;  // [stressor_patterns] stressors or extensions to read; none: all
    leie_path Z, Y, x, labels, demand_labels; // triplets; matrix uses Z for its one file
    leie_labels demand;       // code, name, kind for formats whose files do not carry them
    leie_labels inputs;       // rows of a matrix file that are primary inputs
    double *input_sign;       // [inputs.n] 1, or -1 for a row that the file prints positive and that is received
                              // (subsidies); NULL without inputs
    char *region;             // of a national matrix
    char *output_row;         // of a matrix file: total output
    char *currency, *unit, *valuation, *prices, *system, *source, *licence; // override the table's own
    leie_x_choice x_choice;
    bool x_stated;            // x_choice is in the study: netcdf keeps the file's x when it is not
    leie_size blocks_from;    // no key: sectors from which a Z that is only solved and written is read as blocks of A; 0: never
    // imports of a national table
    leie_path imports;        // matrix file
    char *import_region, *import_name;
    leie_import_method import_method;
    leie_path import_multipliers; // stressor,sector,value,unit
} leie_study_tables;

typedef struct leie_study_extension {
    leie_size line;
    char *name;
    char *derive;             // "value_added", "inputs"; NULL for files
    char *layout;             // database whose extension of this name the folder F has; NULL for Leie's CSV files
    leie_path F, F_Y;         // stressor,region,sector,value,unit · stressor,region,category,value,unit
    leie_path stressors;      // optional list that selects and names
    leie_path factors, totals, allocate, groups; // characterise
    leie_size years;          // 0: all; needed when the paths are without {year} and the tables of several years
    int *year;
    char *basis, *kind;
    bool before_aggregation;  // applies to the table's labels as read (default), not to the aggregate's
} leie_study_extension;

/* The country's own supply-use table in a nest, and how it meets the world table. */
typedef struct leie_study_sut {
    leie_path path;           // folder; real is NULL: the nest splits the world table's own country by keys
    int format;               // leie_sut_format
    char *geo;                // Eurostat: country
    int year;                 // 0: the one that the folder has
    leie_labels margin_trade, margin_transport; // products that earn margins, when the layers do not say
    int model;                // leie_model: how it becomes a symmetric table
    bool interregional;       // it has the regions already: no keys, no trade
    leie_path national;       // national table to hold an interregional one against
    // split
    int method;               // leie_trade_method
    double delta, beta;       // FLQ; decay with distance
    leie_path distances, trade, known;
    bool normalise;           // shares in the keys that do not add up to one are made to
    // bridge
    double rate;              // money of the world table for one of the country's; 0: the same money
    char *rate_source;
    leie_path prices, cif_fob, vintage, concordance, back;
    bool vintage_world;       // outputs of the world table
    int totals, re_exports;   // leie_totals, leie_re_exports
    bool end_use;
    leie_path pressures;      // known pressures of the regions
    int coupling;             // leie_coupling
    leie_balance_opts balance;
    // update
    int update_to;            // 0: none
    bool update_wls;          // least squares, else SUT-RAS
    leie_path update_totals;
} leie_study_sut;

typedef struct leie_study_nest {
    leie_size line;
    char *country;
    leie_labels region;       // code, name
    leie_path keys;           // region,variable,list,sector,year,value,unit,source
    bool nearest_keys;        // keys of the nearest year where the table's own has none; else refused
    leie_path sectors;        // concordance from the keys' sector list to the table's
    char *industries;         // key variable for sectors; default employment
    char *demand[LEIE_DEMAND_KINDS]; // key variable per kind; "output" means share in total output. Defaults:
                              // household income, npish and government population, gfcf gfcf, others output
    char *direct;             // key variable for F_Y; default population
    char *pressure;           // key variable whose sector column holds stressors; default extraction
    leie_study_sut sut;
} leie_study_nest;

/* A sector cut into parts (solver/build/disaggregate.h). */
typedef struct leie_study_split {
    leie_size line;
    char *sector;
    leie_labels part;         // code, name
    leie_size regions;        // 0: every region that has the sector
    char **region;
    leie_path weights;        // part,what,value[,in][,region][,item][,source][,note]
    bool normalise;           // shares that do not sum to one are scaled
} leie_study_split;
/* Endogenous capital: one of the three is given, or none (line 0). */
typedef struct leie_study_capital {
    leie_size line;
    char *input;              // row of primary inputs that holds the consumption of fixed capital
    leie_path consumption;    // region,sector,value
    leie_path matrix;         // region,sector,to_region,to_sector,value
} leie_study_capital;

/* A list of needs. */
typedef struct leie_study_needs {
    char *name;               // "need" for a study with one unnamed list
    leie_path path;           // product,category,need,weight
    bool overlapping;
} leie_study_needs;

/* Accounts of one region brought down to its places (solver/account/local.h). */
typedef struct leie_study_local {
    leie_study_nest nest;     // country: the region, NULL without local accounts; region: the places, unless in a file
    leie_path places;         // place,name
    leie_path firms;          // place,sector,stressor,value,unit[,sd]
    leie_path stocks;         // stock,year,value,unit[,name][,sd], by shares of the key variable floor_area
    leie_path ports;          // port,flow,material,year,value,unit[,sd]
    double industry_error, demand_error, direct_error, stock_error; // relative standard errors of keys
} leie_study_local;

/* A stock model, by itself or coupled to the last table (solver/mfa/loop.h). */
typedef struct leie_study_stocks {
    leie_size line;           // 0: the study has none
    leie_path model;          // study file of the stock model
    leie_path durables;       // product,region,rows,columns,value,unit[,share]; without it nothing is coupled
    leie_path intensities;    // product,material[,region],value,unit
    leie_path recovery;       // material,secondary,collection,sorting,yield[,...]
    leie_path replace;        // secondary,users,rows|stressor,ratio[,...]
    bool all;                 // all secondary material replaces, not only what comes on top of the table's year
    double gap;               // largest relative gap between the table route and the inflow of the stock model
    bool allow_gap;
    leie_size rounds;
    double tolerance;
} leie_study_stocks;

typedef struct leie_study_group {
    leie_size line;
    char *code, *name;
    leie_size members;
    char **member;
} leie_study_group;

/* Routes to an indicator: direct flows, raw material equivalents by coefficients, the input-output table. */
typedef enum leie_route { LEIE_ROUTE_EWMFA, LEIE_ROUTE_RME, LEIE_ROUTE_IO, LEIE_ROUTES } leie_route;

typedef struct leie_study_flows {
    leie_size line;
    leie_path path;           // real is NULL when the study has no flows
    leie_path materials;      // code,parent,name_en,name_nl,renewable,energy; tables use it too (route io)
    leie_path rme;            // direction,product,material,origin,year,value,unit,source
    leie_path rme_prices;     // direction,region,product,year,value,unit: t per EUR behind coefficients per EUR
    leie_path gdp;            // region,year,value,unit,source
    leie_path regions;        // from,to: codes of regions in the flows as the study has them
    leie_path products;       // from,to,weight: products of the flows among those of the table
    leie_path unit_values;    // direction,region,product,year,value,unit[,material]
    char *edition;            // of the rows to take; NULL: the one the file has
    bool route[LEIE_ROUTES];  // default: all that the study has data for
    leie_averaging averaging; // years 0: none
} leie_study_flows;

enum { LEIE_QUANTILES_MAX = 99 };

/* Uncertain inputs and scenarios, and what to report; inputs.draws is 0 when the study has none. */
typedef struct leie_study_uncertainty {
    leie_size line;
    leie_uncertain inputs;
    leie_size quantiles;
    double quantile[LEIE_QUANTILES_MAX]; // ascending
    bool keep;                // every draw in the result
    leie_size ranking;        // cells that drive the variance
    leie_size years;          // 0: all
    int *year;
    bool all_scenarios;       // those whose parameters vary
    leie_size scenarios;      // or these
    char **scenario;          // [scenarios]
    bool joint;               // inputs and parameters in one draw too
    leie_provenance sources;  // concordances of groups
} leie_study_uncertainty;

typedef struct leie_study_goal {
    leie_size line;
    char *region, *stressor; // account region; NULL or TOTAL: all materials together
    bool relative;           // level is a change against the table's year
    bool per_capita;
    double level;
} leie_study_goal;

typedef struct leie_study_lever {
    leie_size line;
    char *parameter;         // of the scenario files
    double from, to;         // NaN: the parameter's range
    double cost;             // of all of it
} leie_study_lever;

typedef struct leie_study_backcast {
    leie_size line;
    char *name, *scenario;
    int year;                // 0: that of the last table
    leie_size goals, levers;
    leie_study_goal goal[LEIE_GOALS_MAX];
    leie_study_lever lever[LEIE_LEVERS_MAX];
} leie_study_backcast;

typedef struct leie_study {
    char *file;               // study file as given
    char *folder;             // its folder
    char sha256[65];
    char *name, *title, *summary, *edition, *label; // label: "demonstration", printed wherever results are
    leie_size tables;
    leie_study_tables *table; // [tables] years do not overlap
    leie_path aggregate_regions, aggregate_sectors;
    leie_exogenous remove;    // regions and sectors that leave; rest NULL: REST
    leie_size nests;
    leie_study_nest *nest;
    leie_size splits;
    leie_study_split *split;  // [splits] in their order, when regions are in
    leie_study_local local;
    leie_study_stocks stocks;
    leie_size systems;
    leie_path *system;        // [systems] material flow systems
    leie_study_capital capital;
    leie_size needs;
    leie_study_needs *need;   // [needs]
    leie_path margins;        // product,margin,rate,category: margins of purchases, to the good bought
    leie_path needs_concordance; // products of a table to those of the lists
    leie_size extensions;
    leie_study_extension *extension;
    leie_study_flows flows;
    leie_path population;     // region,year,value,kind,source
    leie_path published;      // published values to print beside: indicator,route,edition,averaging,region,year,value,unit,source
    leie_path targets;
    leie_size scenario_files;
    leie_path *scenario_file; // [scenario_files] read by leie_read_scenarios
    leie_study_uncertainty uncertainty;
    leie_size backcasts;
    leie_study_backcast *backcast; // [backcasts]
    leie_size groups;
    leie_study_group *group;
    leie_size account_regions, accounts_line;
    char **account_region;    // [account_regions] none: all regions, then groups
    unsigned by;              // leie_breakdown bits
    leie_path report;         // concordance from product codes to those of the result; others stay
    bool exclude[LEIE_DEMAND_KINDS];
    leie_path material_map;   // stressor,material,factor,definition: materials of the route io
    leie_linsys_opts linsys;
    int scenario_method;      // leie_scenario_method
    char *output;             // result file, in the working folder
    char options_sha256[65];  // of everything in the study that can change numbers, in a fixed spelling
                              // (which years there are does not change the numbers of a year)
} leie_study;

/* Reads and checks a study file; sets are "key=value" of --set. Nothing but the study file itself is
 * opened. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with path, line, key and the nearest valid key,
 * LEIE_ERR_USAGE for what came from --set. */
LEIE_API leie_status leie_study_read(leie_study *study, const char *path, leie_size sets, char *const *set,
                                     leie_error *err);

/* The same for a study that is a text in memory: paths are relative to the working folder, name stands for
 * the file in messages. */
LEIE_API leie_status leie_study_parse(leie_study *study, const char *name, const char *text, leie_size sets,
                                      char *const *set, leie_error *err);
LEIE_API void leie_study_clear(leie_study *study);

/* Reads a file that holds nothing but `leie: 1` and `disaggregate:` into study->split. Errors as for a study. */
LEIE_API leie_status leie_study_splits_read(leie_study *study, const char *path, leie_error *err);

/* SHA-256 of the options that can change the numbers of one year: as options_sha256, but of all tables
 * only the entry that holds the year. hex has room for 65. */
LEIE_API leie_status leie_study_options_hash(char *hex, const leie_study *study, int year, leie_error *err);

/* A nest outside of a study: every option at its default (keys employment, income, population, gfcf, output), then one
 * key variable changed: what = industries, household, ..., export, direct, pressure. LEIE_ERR_USAGE for another word. */
LEIE_API leie_status leie_study_nest_defaults(leie_study_nest *nest, leie_error *err);
LEIE_API leie_status leie_study_nest_use(leie_study_nest *nest, const char *what, const char *variable, leie_error *err);
LEIE_API void leie_study_nest_clear(leie_study_nest *nest);
/* Whether the study asks for the uncertainty of a year: of inputs of its table, or of scenarios on it. */
LEIE_API bool leie_study_uncertain(const leie_study *study, int year);
LEIE_API bool leie_study_uncertain_scenarios(const leie_study *study, int year);

/* Whether accounts of tables take something from the material flows. */
bool leie_study_uses_flows(const leie_study *study);

/* Whether the routes rme and io are reconciled: tables, flows and coefficients are there. */
bool leie_study_bridges(const leie_study *study);

/* "ewmfa", "rme", "io". */
LEIE_API const char *leie_route_name(leie_route route);

/* All years of all tables, ascending; none when `routes` leaves out io. years [*n] is allocated and the caller's to leie_free. */
LEIE_API leie_status leie_study_years(int **years, leie_size *n, const leie_study *study, leie_error *err);

/* path.real with {year} replaced; the caller frees it. NULL when out of memory. */
LEIE_API char *leie_path_for(const leie_path *path, int year);

#endif
