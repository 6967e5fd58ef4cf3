/*
 * The resource table and the vrings of a slave, wherever they are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "run/slave-vrings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/memory.h"
#include "image/resource-table.h"
#include "qmp/qmp.h"
#include "run/cores.h"
#include "run/slave-memory.h"
#include "util/error.h"

#define X64 "0x%" G_GINT64_MODIFIER "x"
/* Tables are looked for in pieces of this; one lies within OVERLAP. */
#define PIECE (4 << 20)
#define OVERLAP (64 << 10)
#define SEARCH_MAX (G_GUINT64_CONSTANT(1) << 30)
#define FOUND_MAX 16

typedef struct {
    HetDefined *defined;
    HetPart *part;
    const HetProcessor *slave;
    HetSegment *segment;
    HetSlaveMemory sides;
    HetSharedMemory memory;
    HetSlaveInfo *info;         /* NULL: the emulator has not told */
    HetSlaveVrings *result;
} Search;

static void search_clear(Search *s)
{
    g_clear_pointer(&s->info, het_slave_info_free);
    het_slave_memory_clear(&s->sides);
    g_clear_pointer(&s->segment, het_segment_free);
    g_clear_pointer(&s->defined, het_defined_free);
    g_clear_pointer(&s->result, het_slave_vrings_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Search, search_clear)

void het_slave_vrings_free(HetSlaveVrings *vrings)
{
    if (vrings) {
        g_free(vrings->core);
        g_free(vrings->found);
        het_vrings_free(vrings->vrings);
        g_ptr_array_unref(vrings->notes);
        g_free(vrings);
    }
}

static void note(Search *s, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(Search *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(s->result->notes, g_strdup_vprintf(format, args));
    va_end(args);
}

/* ---- where the table is ---- */

static gboolean is_table(const Search *s, guint64 address)
{
    g_autofree guint8 *bytes = g_malloc(OVERLAP);
    gsize size = OVERLAP;

    /* It may lie at the end of a window. */
    while (size >= 64 && !s->memory.read(s->memory.opaque, HET_SIDE_SLAVE,
                                          address, bytes, size)) {
        size /= 2;
    }
    return size >= 64 && het_vrings_find_table(bytes, size, 0) == 0;
}

static guint32 table_of_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int saved = errno;
    guint32 address = 0;
    struct stat st;

    if (fd < 0) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "cannot open '%s': %s", path, g_strerror(saved));
        return 0;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        address = het_resource_table_find(fd);
    }
    close(fd);
    if (!address) {
        g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                    "'%s' is no ELF file with a section .resource_table",
                    path);
    }
    return address;
}

static void take(Search *s, guint64 address, char *found)
{
    g_clear_pointer(&s->result->vrings, het_vrings_free);
    s->result->vrings = het_vrings_read(&s->memory, address);
    g_free(s->result->found);
    s->result->found = found;
}

static gboolean take_wanted(Search *s, const HetVringsOptions *options,
                            GError **error)
{
    guint32 address;

    if (options->has_table) {
        take(s, options->table, g_strdup("as --table says"));
        return TRUE;
    }
    address = table_of_file(options->firmware, error);
    if (address) {
        take(s, address, g_strdup_printf("section .resource_table of '%s'",
                                         options->firmware));
    }
    return address != 0;
}

static gboolean take_told(Search *s)
{
    if (!s->info || !s->info->resource_table) {
        note(s, "the emulator knows no resource table: the host has booted no "
             "firmware that has one");
        return FALSE;
    }
    take(s, s->info->resource_table,
         g_strdup("the emulator knows it from 'hetctl boot'"));
    return TRUE;
}

/* Of what hetctl has booted, else of the XML; what Linux loads may differ. */
static gboolean take_from_file(Search *s)
{
    g_autofree char *path =
        s->info ? het_cores_firmware(s->defined, s->part, s->info)
                : g_strdup(s->slave->kernel);
    g_autoptr(GError) why = NULL;
    guint32 address;

    if (!path) {
        note(s, "hetctl knows no firmware: it has booted none, and the XML "
             "has no <kernel>");
        return FALSE;
    }
    address = table_of_file(path, &why);
    if (!address) {
        note(s, "%s", why->message);
    } else if (!is_table(s, address)) {
        note(s, "'%s' has its resource table at 0x%x, but in memory there is "
             "none", path, address);
    } else {
        take(s, address, g_strdup_printf("section .resource_table of '%s'",
                                         path));
        return TRUE;
    }
    return FALSE;
}

/* Of the segment, and where the slave sees it */
typedef struct {
    guint64 offset;
    guint64 address;
    guint64 size;
} Area;

/* Not twice: two regions may be one memory, a hit lies in both pieces. */
static void add_found(GArray *found, guint64 address)
{
    for (guint i = 0; i < found->len; i++) {
        if (g_array_index(found, guint64, i) == address) {
            return;
        }
    }
    if (found->len < FOUND_MAX) {
        g_array_append_val(found, address);
    }
}

static gboolean search_area(const Search *s, const Area *area, GArray *found,
                            guint64 *left)
{
    guint64 size = MIN(area->size, *left);
    g_autofree guint8 *bytes = g_malloc(PIECE + OVERLAP);

    *left -= size;
    for (guint64 at = 0; at < size; at += PIECE) {
        gsize n = MIN(size - at, PIECE + OVERLAP);
        gsize hit = 0;

        if (!het_slave_memory_read_segment(&s->sides, area->offset + at, bytes,
                                           n)) {
            return FALSE;
        }
        while ((hit = het_vrings_find_table(bytes, n, hit)) < n &&
               found->len < FOUND_MAX) {
            add_found(found, area->address + at + hit);
            hit += 4;
        }
    }
    return TRUE;
}

static void add_area(GArray *areas, const HetWindow *w, guint64 offset,
                     guint64 size)
{
    guint64 start = MAX(w->segment_offset, offset);
    guint64 end = MIN(w->segment_offset + w->size, offset + size);
    Area area = { .offset = start };

    if (start < end) {
        area.address = g_array_index(w->addresses, guint64, 0) +
                       (start - w->segment_offset);
        area.size = end - start;
        g_array_append_val(areas, area);
    }
}

/*
 * Where Linux loads firmware, as the XML says it: in the rest of its memory
 * are the firmware files themselves, which have tables too.
 */
static void add_regions(GArray *areas, const HetSoc *soc, const HetWindow *w,
                        const HetRemoteproc *remoteproc)
{
    for (guint i = 0; i < remoteproc->regions->len; i++) {
        const HetRegion *region = g_ptr_array_index(remoteproc->regions, i);
        const HetMemory *memory = het_soc_find_memory(soc, region->memory);

        add_area(areas, w, het_soc_memory_offset(soc, memory) +
                 region->offset, region->size);
    }
}

static GArray *find_areas(const Search *s)
{
    const HetSoc *soc = s->defined->soc;
    const HetRemoteproc *remoteproc = het_soc_find_remoteproc(soc,
                                                              s->slave->name);
    GArray *areas = g_array_new(FALSE, FALSE, sizeof(Area));

    for (guint i = 0; i < s->sides.windows[HET_SIDE_SLAVE]->len; i++) {
        const HetWindow *w =
            g_ptr_array_index(s->sides.windows[HET_SIDE_SLAVE], i);

        if (remoteproc && remoteproc->regions->len) {
            add_regions(areas, soc, w, remoteproc);
        } else {
            add_area(areas, w, w->segment_offset, w->size);
        }
    }
    return areas;
}

/* The one that is alive; among the others the first */
static guint worth(const HetVrings *vrings)
{
    guint best = 0;

    for (guint i = 0; i < vrings->entries->len; i++) {
        const HetRscEntry *entry = g_ptr_array_index(vrings->entries, i);

        if (entry->vdev) {
            best = MAX(best, entry->vdev->status & HET_VDEV_DRIVER_OK ? 3
                             : entry->vdev->status ? 2 : 1);
        }
    }
    return best;
}

static void take_best(Search *s, const GArray *found)
{
    guint64 best = g_array_index(found, guint64, 0);
    guint best_worth = 0;

    for (guint i = 0; i < found->len; i++) {
        guint64 address = g_array_index(found, guint64, i);
        g_autoptr(HetVrings) vrings = het_vrings_read(&s->memory, address);

        if (worth(vrings) > best_worth) {
            best_worth = worth(vrings);
            best = address;
        }
    }
    for (guint i = 0; i < found->len; i++) {
        guint64 address = g_array_index(found, guint64, i);

        if (address != best) {
            note(s, "at " X64 " is what looks like a resource table as well; "
                 "--table shows it", address);
        }
    }
    take(s, best, g_strdup("it looks like one, in the memory of the slave"));
}

static gboolean take_by_looks(Search *s, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autoptr(GArray) areas = find_areas(s);
    g_autofree char *tried = NULL;
    guint64 left = SEARCH_MAX;

    /* Found by its looks: what Linux has loaded only Linux knows. */
    for (guint i = 0; i < areas->len && left; i++) {
        if (!search_area(s, &g_array_index(areas, Area, i), found, &left)) {
            g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                        "cannot read the platform memory; somebody has cut "
                        "it");
            return FALSE;
        }
    }
    if (found->len) {
        take_best(s, found);
        return TRUE;
    }
    g_ptr_array_add(s->result->notes, NULL);
    tried = g_strjoinv("; ", (char **)s->result->notes->pdata);
    g_set_error(error, HET_ERROR, HET_ERROR_NOT_FOUND,
                "no resource table: %s; nothing in its memory looks like one%s"
                "; the core is %s; --table ADDRESS or --firmware FILE say "
                "where it is", tried, left ? "" : " (the first GiB)",
                s->result->core);
    return FALSE;
}

static gboolean find(Search *s, const HetVringsOptions *options,
                     GError **error)
{
    if (options->has_table || options->firmware) {
        return take_wanted(s, options, error);
    }
    return take_told(s) || take_from_file(s) || take_by_looks(s, error);
}

/* ---- the slave ---- */

static void ask_emulator(Search *s)
{
    g_autoptr(HetQmp) qmp = NULL;
    g_autoptr(GError) why = NULL;

    if (!het_part_is_active(s->part)) {
        s->result->core = g_strdup(het_part_state_name(s->part));
        return;
    }
    qmp = het_qmp_new_for_domain(s->part->domain);
    s->info = het_qmp_query_slave(qmp, &why);
    if (s->info) {
        s->result->core = g_strdup(het_core_state_name(s->info->state));
    } else {
        s->result->core = g_strdup("unknown");
        note(s, "%s", why->message);
    }
}

static gboolean open_soc(Search *s, virConnectPtr conn, const char *soc,
                         const char *slave, const HetVringsOptions *options,
                         GError **error)
{
    s->defined = het_defined_find_whole(conn, soc, error);
    s->part = s->defined ? het_defined_slave(s->defined, slave, error) : NULL;
    if (!s->part) {
        return FALSE;
    }
    if (!s->defined->started && !options->may_have_ended) {
        g_set_error(error, HET_ERROR, HET_ERROR_STATE,
                    "soc '%s' does not run; 'hetctl start %s' starts it", soc,
                    soc);
        return FALSE;
    }
    s->segment = het_memory_open(s->defined, error);
    return s->segment != NULL;
}

HetSlaveVrings *het_slave_vrings_read(virConnectPtr conn, const char *soc,
                                      const char *slave,
                                      const HetVringsOptions *options,
                                      GError **error)
{
    g_auto(Search) s = { .result = g_new0(HetSlaveVrings, 1) };

    s.result->notes = g_ptr_array_new_with_free_func(g_free);
    if (!open_soc(&s, conn, soc, slave, options, error)) {
        return NULL;
    }
    s.slave = het_soc_find_processor(s.defined->soc, slave);
    het_slave_memory_init(&s.sides, s.defined->soc, s.slave, s.segment);
    s.memory = het_slave_memory_shared(&s.sides);
    ask_emulator(&s);
    if (!find(&s, options, error)) {
        g_prefix_error(error, "soc '%s': slave '%s': ", soc, slave);
        return NULL;
    }
    return g_steal_pointer(&s.result);
}
