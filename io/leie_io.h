/* Leie: studies, readers, writers and the main job. Tables, methods and accounts are in leie.h. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_H
#define LEIE_IO_H

#include "io/mfa/flow_run.h"
#include "io/mfa/flow_system.h"
#include "io/mfa/stock_run.h"
#include "io/mfa/stock_study.h"
#include "io/mfa/waste_run.h"
#include "io/mfa/waste_study.h"
#include "io/read/read_balance.h"
#include "io/read/read_flows.h"
#include "io/read/read_split.h"
#include "io/read/read_scenario.h"
#include "io/read/read_sut.h"
#include "io/read/read_table.h"
#include "io/read/read_targets.h"
#include "io/result/dataset.h"
#include "io/result/dataset_text.h"
#include "io/result/netcdf.h"
#include "io/run/flow_accounts.h"
#include "io/run/import.h"
#include "io/run/nest_sut.h"
#include "io/run/profile_text.h"
#include "io/run/run.h"
#include "io/run/table_study.h"
#include "io/run/version.h"
#include "io/study/study.h"
#include "io/write/write_balance.h"
#include "io/write/write_csv.h"
#include "io/write/write_netcdf_table.h"
#include "io/write/write_pymrio.h"
#include "io/write/write_result_csv.h"
#include "io/write/write_xlsx.h"
#include "io/write/write_sut.h"
#include "solver/leie.h"

#endif
