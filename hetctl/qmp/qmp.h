/*
 * QMP of one processor: a wrapper per command, replies as structures
 *
 * The transport carries one command and its reply as text; the real one is
 * libvirt's QMP passthrough, the tests bring their own.  Nothing in a reply is
 * trusted: a missing member, a wrong type or a number out of range is an
 * error that names the command and the member.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_QMP_H
#define HET_QMP_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <libvirt/libvirt.h>

typedef struct {
    /* The reply, to be freed with g_free().  @fd is -1 or goes along. */
    char *(*send)(void *opaque, const char *command, int fd, GError **error);
    void (*free)(void *opaque);
} HetQmpTransport;

typedef struct HetQmp HetQmp;

HetQmp *het_qmp_new(const HetQmpTransport *transport, void *opaque);
HetQmp *het_qmp_new_for_domain(virDomainPtr domain);
void het_qmp_free(HetQmp *qmp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetQmp, het_qmp_free)

typedef enum {
    HET_CORE_WAIT_MEMORY,
    HET_CORE_HELD,
    HET_CORE_RUNNING,
    HET_CORE_CRASHED,
} HetCoreState;

const char *het_core_state_name(HetCoreState state);

typedef struct {
    char *id;
    guint64 size;
    gboolean attached;
    guint64 offset;             /* valid when attached */
} HetSlaveWindow;

/* How often the core stopped for one reason */
typedef struct {
    char *reason;
    guint64 count;
} HetSlaveStop;

typedef struct {
    HetCoreState state;
    gboolean released;
    guint64 boots;
    guint64 crashes;            /* 0 when the emulator does not tell */
    gboolean has_entry;
    guint64 entry;
    char *reason;               /* NULL: has not stopped yet */
    char *message;              /* NULL: has not crashed yet */
    guint32 resource_table;     /* 0: not told */
    GPtrArray *stops;           /* HetSlaveStop; empty: not told, or none */
    GPtrArray *windows;         /* HetSlaveWindow */
} HetSlaveInfo;

void het_slave_info_free(HetSlaveInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HetSlaveInfo, het_slave_info_free)

typedef enum {
    HET_LINK_CONNECTING,
    HET_LINK_CONNECTED,
    HET_LINK_LOST,
    HET_LINK_REFUSED,
    HET_LINK_DISCONNECTED,
} HetLinkState;

const char *het_link_state_name(HetLinkState state);

typedef struct {
    char *peer;
    HetLinkState state;
    char *error;                /* NULL: none */
    guint64 sent;
    guint64 received;
    guint64 coalesced;
    guint32 pending_in;
    guint32 pending_out;
    char *peer_core;            /* NULL: not told */
    guint32 peer_boots;
    gboolean boot_ignored;      /* this side released a core that ran */
} HetIdmLink;

typedef struct {
    char *id;
    char *model;
    guint32 channels;
    GPtrArray *links;           /* HetIdmLink */
} HetIdmInfo;

typedef enum {
    HET_STUB_STUB,              /* a <stub> */
    HET_STUB_UNASSIGNED,        /* nothing at all */
    HET_STUB_CORE,              /* of the core itself, a trace unit say */
} HetStubType;

const char *het_stub_type_name(HetStubType type);

typedef struct {
    guint64 address;            /* physical, of the register */
    guint64 reads;
    guint64 writes;
    gboolean has_pc;
    guint64 pc;                 /* of the first access */
    guint64 order;              /* of first accesses; 0: it is not told */
} HetStubAccess;

typedef struct {
    char *id;
    HetStubType type;
    guint64 address;
    guint64 size;               /* 0: the whole address space */
    guint64 dropped;            /* accesses for which there was no room */
    GArray *accesses;           /* HetStubAccess */
} HetStubInfo;

typedef struct {
    char *name;
    guint64 value;
} HetCoreRegister;

typedef struct {
    char *exception;            /* in words */
    guint64 pc;                 /* of what faulted */
    guint64 lr;
    gboolean has_address;
    guint64 address;            /* that could not be accessed */
    guint64 repeats;
    gboolean stuck;             /* it does not get on */
    GPtrArray *causes;          /* char *, in words */
    GArray *registers;          /* HetCoreRegister: of fault status */
} HetCoreFault;

typedef struct {
    guint index;
    guint64 pc;
    guint64 lr;
    guint64 sp;
    gboolean halted;
    char *exception;            /* or mode, or privilege */
    HetCoreFault *fault;        /* NULL: it is in no handler of a fault */
} HetCoreInfo;

HetIdmLink *het_idm_infos_find_link(GPtrArray *infos, const char *id,
                                    const char *peer);

gboolean het_qmp_getfd(HetQmp *qmp, const char *fdname, int fd,
                       GError **error);
gboolean het_qmp_closefd(HetQmp *qmp, const char *fdname, GError **error);

/* HET_ERROR_EMULATOR: the emulator does not know the command */
gboolean het_qmp_recorder_attach(HetQmp *qmp, const char *fdname,
                                 guint64 offset, guint64 size,
                                 GError **error);
gboolean het_qmp_recorder_note(HetQmp *qmp, const char *text, guint pid,
                               GError **error);

/* @size 0: the size of the window itself */
gboolean het_qmp_slave_attach_memory(HetQmp *qmp, const char *id,
                                     const char *fdname, guint64 offset,
                                     guint64 size, GError **error);
/* @id NULL: all windows; @if_held: an error instead of stopping the core */
gboolean het_qmp_slave_detach_memory(HetQmp *qmp, const char *id,
                                     gboolean if_held, GError **error);
/*
 * @entry NULL: where the core starts by itself; @resource_table 0: none that
 * the master is to be told of
 */
gboolean het_qmp_slave_boot(HetQmp *qmp, const guint64 *entry,
                            guint32 resource_table, GError **error);
gboolean het_qmp_slave_reset(HetQmp *qmp, GError **error);
HetSlaveInfo *het_qmp_query_slave(HetQmp *qmp, GError **error);

/* @role 'a' makes the state page, 'b' takes it; @fd stays ours */
gboolean het_qmp_idm_connect(HetQmp *qmp, const char *id, const char *peer,
                             int fd, char role, GError **error);

typedef struct {
    const char *id;
    const char *peer;
    char role;
} HetIdmConnection;

/* @fd: a parcel with a socket for each of @connections */
gboolean het_qmp_idm_connect_many(HetQmp *qmp,
                                  const HetIdmConnection *connections,
                                  gsize n, int fd, GError **error);
gboolean het_qmp_idm_disconnect(HetQmp *qmp, const char *id,
                                const char *peer, GError **error);
/* HetIdmInfo */
GPtrArray *het_qmp_query_idm(HetQmp *qmp, GError **error);

/* HetStubInfo. HET_ERROR_EMULATOR: the emulator does not know the command */
GPtrArray *het_qmp_query_stubs(HetQmp *qmp, GError **error);

/* HetCoreInfo. HET_ERROR_EMULATOR: the emulator does not know the command */
GPtrArray *het_qmp_query_core(HetQmp *qmp, GError **error);

typedef struct {
    gboolean running;           /* it was, before a freeze */
    gint64 host_ns;             /* of the host's monotonic clock */
    gint64 guest_ns;            /* the virtual clock then */
} HetClock;

/*
 * Stopped, it takes no notice of the others until it is resumed.  @leash: the
 * reading end of a pipe, which stays ours; at its end one that ran goes on, and
 * at a byte it quits, if the emulator knows of that.  -1: none.
 * HET_ERROR_EMULATOR: the emulator does not know the command
 */
gboolean het_qmp_processor_freeze(HetQmp *qmp, int leash, HetClock *clock,
                                  GError **error);
/* Memory that comes when it is first used */
typedef struct {
    gboolean is_enabled;
    gboolean is_exhausted;      /* it is suspended for want of memory */
    guint64 filled;             /* bytes, by this emulator */
} HetMemoryDemand;

/*
 * @memory: the segment; @map: see host/demand-map.h; @image: -1: none;
 * @reserve: the number of the emulator's in the map
 */
gboolean het_qmp_memory_demand(HetQmp *qmp, int memory, int map, int image,
                               guint reserve, GError **error);
gboolean het_qmp_query_memory_demand(HetQmp *qmp, HetMemoryDemand *demand,
                                     GError **error);

/* Of one that is frozen; @fd stays ours */
gboolean het_qmp_processor_save(HetQmp *qmp, int fd, GError **error);
/* Of one that is frozen and has not run yet; @fd stays ours */
gboolean het_qmp_processor_load(HetQmp *qmp, int fd, GError **error);
/*
 * What the emulator of one that is frozen has translated, and its like in one
 * that has taken on that state; @fd stays ours.  HET_ERROR_EMULATOR: without
 * it nothing is lost but time.
 */
gboolean het_qmp_processor_save_code(HetQmp *qmp, int fd, GError **error);
gboolean het_qmp_processor_load_code(HetQmp *qmp, int fd, GError **error);
/*
 * Passes a duplicate of the monitor's socket on over @fd, which stays ours.
 * HET_ERROR_EMULATOR: the emulator does not know the command
 */
gboolean het_qmp_processor_hold_monitor(HetQmp *qmp, int fd, GError **error);
gboolean het_qmp_query_clock(HetQmp *qmp, HetClock *clock, GError **error);

/* "10.0.13 (package)" */
char *het_qmp_query_version(HetQmp *qmp, GError **error);

/*
 * The GDB stub, on a chardev @id that has @fd, which stays ours; the emulator
 * halts.
 */
gboolean het_qmp_open_stub(HetQmp *qmp, const char *id, int fd,
                           GError **error);
/* The descriptor of an opening that went no further; there may be none. */
void het_qmp_drop_stub_fd(HetQmp *qmp);
/* Its chardev ends too; breakpoints stay, the emulator as well. */
gboolean het_qmp_close_stub(HetQmp *qmp, GError **error);

/* Of the chardev by which 'hetctl gdb' debugs; its process follows */
#define HET_QMP_DEBUGGER "hetctl-gdb-"
/* Behind that, when it had not run before */
#define HET_QMP_DEBUGGER_PAUSED "-paused"

typedef struct {
    char *label;                /* NULL: nobody debugs */
    guint64 pid;
    gboolean has_left;          /* it has ended, and left the stub open */
} HetDebugger;

void het_debugger_clear(HetDebugger *debugger);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HetDebugger, het_debugger_clear)

gboolean het_qmp_query_debugger(HetQmp *qmp, HetDebugger *debugger,
                                GError **error);
/*
 * Chardevs that debuggers have left, which were killed before their stub was
 * open.  The one that the stub uses must have another end.
 */
gboolean het_qmp_remove_left_debuggers(HetQmp *qmp, GError **error);

/* A thread of the emulator, by which its process is found; 0 is an error */
guint64 het_qmp_query_thread(HetQmp *qmp, GError **error);

#endif
