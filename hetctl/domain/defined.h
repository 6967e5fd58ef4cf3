/*
 * The SoCs that libvirt knows
 *
 * libvirt is the database: a SoC is its domains, found by their metadata.
 * The master's metadata holds the SoC XML.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_DEFINED_H
#define HET_DEFINED_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "soc/soc.h"

/* One processor and its domain */
typedef struct {
    char *name;
    gboolean is_master;
    virDomainPtr domain;        /* NULL: not defined */
    gboolean is_renamed;        /* it is not called SOC.PROCESSOR */
    char *segment;              /* as its domain has it */
    int state;                  /* virDomainState, SHUTOFF without domain */
    int reason;                 /* of @state, for example
                                   VIR_DOMAIN_SHUTOFF_CRASHED */
    gboolean is_silent;         /* it runs, but was seen not to answer */
} HetPart;

typedef enum {
    HET_RUN_OFF,
    HET_RUN_PARTIAL,            /* some processors run, or start was cut */
    HET_RUN_RUNNING,
    HET_RUN_SUSPENDED,          /* it runs, but all processors are stopped */
} HetRunState;

typedef struct {
    char *name;
    HetSoc *soc;                /* NULL: see @error */
    GError *error;              /* why there is no model */
    GPtrArray *parts;           /* HetPart, the master first, then as in the
                                   XML */
    gboolean started;           /* the master runs, and start was complete */
    char *segment;              /* path of the platform memory */
    char *identity;             /* of the segment it has started with; NULL:
                                   not known */
    char *recorders;            /* the same of its recorders, "m4=25:1234
                                   ..."; NULL: it runs without, or is off */
    char *demand;               /* the same of the map of its memory; NULL:
                                   all is reserved */
    char *image;                /* and of what that is filled from, or NULL */
    char *owner;                /* uid of who has defined it; NULL: unknown */
} HetDefined;

void het_defined_free(HetDefined *defined);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetDefined, het_defined_free)

/* HetDefined, sorted by name */
GPtrArray *het_defined_list(virConnectPtr conn, GError **error);

/* Errors: HET_ERROR_NOT_FOUND */
HetDefined *het_defined_find(virConnectPtr conn, const char *name,
                             GError **error);

/* Has it a model, and all its domains under their names? */
gboolean het_defined_check_whole(const HetDefined *defined, GError **error);
/* As het_defined_find(), but it must be whole. */
HetDefined *het_defined_find_whole(virConnectPtr conn, const char *name,
                                   GError **error);

HetPart *het_defined_master(const HetDefined *defined);
/* HetPart that belong to @defined: all but the master */
GPtrArray *het_defined_slaves(const HetDefined *defined);
/* Errors: HET_ERROR_NOT_FOUND */
HetPart *het_defined_part(const HetDefined *defined, const char *name,
                          GError **error);
/* As het_defined_part(), but the master is no answer */
HetPart *het_defined_slave(const HetDefined *defined, const char *name,
                           GError **error);
gboolean het_part_is_active(const HetPart *part);
/* "running", "shut off", ..., "not answering", "not defined" */
const char *het_part_state_name(const HetPart *part);

/* The processor that @domain is, and of which SoC; NULL: of none */
char *het_defined_processor_of(virDomainPtr domain, char **soc);

HetRunState het_defined_state(const HetDefined *defined);
const char *het_run_state_name(HetRunState state);

/*
 * Marks a SoC whose start is complete, with identity, recorders, demand and
 * image; the mark ends with the master.
 */
gboolean het_defined_mark_started(const HetDefined *defined, GError **error);
/* The attributes of the mark that are of the memory */
void het_defined_add_identities(GString *mark, const HetDefined *defined);
/* The mark itself, a <run> element that may have children; NULL: none */
char *het_defined_get_mark(const HetDefined *defined);
gboolean het_defined_set_mark(const HetDefined *defined, const char *xml,
                              GError **error);

#endif
