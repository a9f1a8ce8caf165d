/* Leie: tables, methods and accounts. The public library; readers and writers are in leie_io.h. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_H
#define LEIE_H

#include "kernels/matrix.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/status.h"
#include "kernels/sum.h"
#include "kernels/utf8.h"
#include "solver/account/accounts.h"
#include "solver/account/identities.h"
#include "solver/build/aggregate.h"
#include "solver/build/characterise.h"
#include "solver/build/imports.h"
#include "solver/build/nest.h"
#include "solver/linear/linsys.h"
#include "solver/mfa/lifetime.h"
#include "solver/mfa/reconcile.h"
#include "solver/mfa/stock.h"
#include "solver/table/labels.h"
#include "solver/table/provenance.h"
#include "solver/table/table.h"
#include "solver/table/unit.h"

#define LEIE_VERSION "0.1.0"

#endif
