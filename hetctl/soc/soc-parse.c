/*
 * SoC XML -> model. The schema has been checked before the model is filled,
 * so that mandatory elements and attributes are there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "soc/include.h"
#include "soc/schema.h"
#include "soc/soc-parse.h"
#include "util/read-file.h"

#include <string.h>

static const struct {
    const char *name;
    guint64 bytes;
} units[] = {
    { "b", 1 }, { "bytes", 1 },
    { "KB", 1000 }, { "k", 1 << 10 }, { "KiB", 1 << 10 },
    { "MB", 1000000 }, { "M", 1 << 20 }, { "MiB", 1 << 20 },
    { "GB", 1000000000 }, { "G", 1 << 30 }, { "GiB", 1 << 30 },
};

static guint64 unit_bytes(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_strcmp0(units[i].name, name) == 0) {
            return units[i].bytes;
        }
    }
    return 1 << 10;
}

static char *text_or_null(const xmlNode *parent, const char *name)
{
    const xmlNode *child = het_xml_child(parent, name);
    g_autofree char *text = child ? het_xml_text(child) : NULL;

    return text && *text ? g_steal_pointer(&text) : NULL;
}

/*
 * What another host has sent lies below a folder as it does there below /: see
 * remote/request.h. A path of a file that is not there is that of this host.
 */
static char *sent_path(const char *path, const char *folder)
{
    const char *root = g_getenv("HETCTL_SENT_ROOT") ?: "";
    gsize len = strlen(root);
    g_autofree char *here = NULL;
    g_autofree char *sent = NULL;

    if (!len || strncmp(folder, root, len) || folder[len] != '/') {
        return g_canonicalize_filename(path, folder);
    }
    here = g_canonicalize_filename(path, folder + len);
    sent = g_strconcat(root, here, NULL);
    return g_file_test(sent, G_FILE_TEST_EXISTS) ? g_steal_pointer(&sent)
                                                 : g_steal_pointer(&here);
}

/* A path starts at the folder of the file that it stands in. */
static char *absolute_path(const HetSocParser *p, const xmlNode *node,
                           const char *path)
{
    const char *file = g_hash_table_lookup(p->paths, node->_private);
    g_autofree char *below = g_path_get_dirname(file);
    g_autofree char *folder = g_canonicalize_filename(below, p->base);

    return sent_path(path, folder);
}

/* A path that an element holds, made absolute. */
static char *path_or_null(const HetSocParser *p, const xmlNode *parent,
                          const char *name, HetXmlLocation *at)
{
    const xmlNode *child = het_xml_child(parent, name);
    g_autofree char *text = text_or_null(parent, name);

    if (!text) {
        return NULL;
    }
    *at = het_xml_location(child);
    return absolute_path(p, child, text);
}

/* A command line may stand in several lines. */
static char *joined_or_null(const xmlNode *parent, const char *name)
{
    g_autofree char *text = text_or_null(parent, name);
    g_auto(GStrv) lines = g_strsplit_set(text ?: "", "\r\n", -1);
    GString *joined = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        g_strstrip(*line);
        g_string_append_printf(joined, "%s%s",
                               joined->len && **line ? " " : "", *line);
    }
    return g_string_free(joined, !text);
}

static gboolean parse_memory(const HetSocParser *p, const xmlNode *node,
                             GError **error)
{
    HetMemory *memory = het_memory_new(p->soc);
    g_autofree char *unit = het_xml_attr(node, "unit");
    g_autofree char *reserve = het_xml_attr(node, "reserve");
    g_autofree char *text = het_xml_text(node);
    guint64 factor = unit_bytes(unit);

    memory->name = het_xml_attr(node, "name");
    memory->is_reserved = g_strcmp0(reserve, "no");
    memory->at = het_xml_location(node);
    if (!het_xml_number(text, HET_SOC_MEMORY_MAX / factor, &memory->size)) {
        return het_xml_location_fail(error, memory->at,
                                     "size '%s' of memory '%s' "
                                     "is not a number up to 1 TiB",
                                     text, memory->name);
    }
    memory->size *= factor;
    return TRUE;
}

static gboolean parse_map(const HetSocParser *p, HetProcessor *proc,
                          const xmlNode *node, GError **error)
{
    HetMap *map = het_map_new(proc);
    gboolean has_size;

    map->memory = het_xml_attr(node, "memory");
    map->at = het_xml_location(node);
    if (!het_xml_attr_u64(node, "address", &map->address, NULL, error) ||
        !het_xml_attr_u64(node, "offset", &map->offset, NULL, error) ||
        !het_xml_attr_u64(node, "size", &map->size, &has_size, error)) {
        return FALSE;
    }
    if (has_size && !map->size) {
        return het_xml_location_fail(error, map->at,
                                     "map of '%s' has the size 0; "
                                     "leave size out to map the rest of the "
                                     "memory",
                                     map->memory);
    }
    return TRUE;
}

static void parse_firmware(const HetSocParser *p, HetProcessor *proc,
                           const xmlNode *node)
{
    HetFirmwareFile *file = het_firmware_file_new(proc);
    g_autofree char *text = het_xml_text(node);

    file->name = het_xml_attr(node, "name");
    file->path = absolute_path(p, node, text);
    file->at = het_xml_location(node);
}

static void parse_overlay(const HetSocParser *p, HetProcessor *proc,
                          const xmlNode *node)
{
    HetOverlayFile *file = het_overlay_file_new(proc);
    g_autofree char *text = het_xml_text(node);

    file->path = absolute_path(p, node, text);
    file->at = het_xml_location(node);
}

static gboolean keeps_kernel(const xmlNode *os)
{
    const xmlNode *kernel = het_xml_child(os, "kernel");
    g_autofree char *unpack = kernel ? het_xml_attr(kernel, "unpack") : NULL;

    return g_strcmp0(unpack, "no") == 0;
}

static void parse_os(const HetSocParser *p, HetProcessor *proc,
                     const xmlNode *node)
{
    const xmlNode *type = het_xml_child(node, "type");

    proc->arch = het_xml_attr(type, "arch");
    proc->machine = het_xml_attr(type, "machine");
    proc->loader = path_or_null(p, node, "loader", &proc->loader_at);
    proc->kernel = path_or_null(p, node, "kernel", &proc->kernel_at);
    proc->keeps_kernel = keeps_kernel(node);
    proc->initrd = path_or_null(p, node, "initrd", &proc->initrd_at);
    proc->cmdline = joined_or_null(node, "cmdline");
    proc->dtb_file = path_or_null(p, node, "dtb", &proc->dtb_file_at);
    HET_XML_FOREACH(child, node) {
        if (het_xml_is(child, "option")) {
            HetOption *option = het_option_new(proc);

            option->name = het_xml_attr(child, "name");
            option->value = het_xml_attr(child, "value");
            option->at = het_xml_location(child);
        } else if (het_xml_is(child, "firmware")) {
            parse_firmware(p, proc, child);
        } else if (het_xml_is(child, "overlay")) {
            parse_overlay(p, proc, child);
        }
    }
}

static void parse_cpu(HetProcessor *proc, const xmlNode *node)
{
    const xmlNode *cpu = het_xml_child(node, "cpu");
    const xmlNode *tune = het_xml_child(node, "cputune");
    g_autofree char *vcpu = text_or_null(node, "vcpu");
    guint64 n = 1;

    proc->cpu_model = cpu ? text_or_null(cpu, "model") : NULL;
    if (vcpu) {
        het_xml_number(vcpu, G_MAXUINT, &n);
    }
    proc->vcpus = n;
    proc->cputune = tune ? het_cputune_parse(tune) : NULL;
}

static void parse_on_crash(HetProcessor *proc, const xmlNode *node)
{
    g_autofree char *on_crash = text_or_null(node, "on_crash");

    if (g_strcmp0(on_crash, "preserve") == 0) {
        proc->on_crash = HET_ON_CRASH_PRESERVE;
    } else if (g_strcmp0(on_crash, "destroy") == 0) {
        proc->on_crash = HET_ON_CRASH_DESTROY;
    }
}

static HetSelfAction parse_self_action(const xmlNode *node, const char *name)
{
    g_autofree char *text = text_or_null(node, name);
    HetSelfAction action = HET_SELF_ACTION_CRASH;

    /* The schema knows no other names. */
    while (text && !g_str_equal(text, het_self_action_to_string(action))) {
        action++;
    }
    return action;
}

static gboolean parse_boot(const HetSocParser *p, HetProcessor *proc,
                           const xmlNode *node, GError **error)
{
    const xmlNode *boot = het_xml_child(node, "boot");
    g_autofree char *control = NULL;
    g_autofree char *attach = NULL;
    g_autofree char *timeout = NULL;

    if (!boot) {
        return TRUE;
    }
    proc->boot_at = het_xml_location(boot);
    control = het_xml_attr(boot, "control");
    if (g_strcmp0(control, "guest") == 0) {
        proc->boot_control = HET_BOOT_CONTROL_GUEST;
    }
    attach = het_xml_attr(boot, "attach");
    if (g_strcmp0(attach, "request") == 0) {
        proc->boot_attach = HET_BOOT_ATTACH_REQUEST;
    }
    timeout = het_xml_attr(boot, "answer-timeout");
    if (timeout) {
        proc->answer_timeout = g_ascii_strtoull(timeout, NULL, 10);
    }
    return het_xml_attr_u64(boot, "entry", &proc->entry, &proc->has_entry,
                            error) &&
           het_xml_attr_u64(boot, "dtb", &proc->dtb, &proc->has_dtb, error);
}

static gboolean parse_maps(const HetSocParser *p, HetProcessor *proc,
                           const xmlNode *node, GError **error)
{
    HET_XML_FOREACH(child, node) {
        if (het_xml_is(child, "map") && !parse_map(p, proc, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean is_serial_console(const xmlNode *console)
{
    const xmlNode *target = het_xml_child(console, "target");
    g_autofree char *type = target ? het_xml_attr(target, "type") : NULL;

    return !type || g_str_equal(type, "serial");
}

/*
 * libvirt numbers the <serial>. Without any, the first <console> is one if
 * it does not say otherwise; with them, it is the first of them.
 */
static guint count_serials(const xmlNode *devices)
{
    const xmlNode *console = het_xml_child(devices, "console");
    guint n = 0;

    HET_XML_FOREACH(child, devices) {
        n += het_xml_is(child, "serial");
    }
    return n ?: console && is_serial_console(console);
}

/* <devices> is libvirt's, except for <emulator>, which hetctl needs. */
static void parse_libvirt_devices(const HetSocParser *p, HetProcessor *proc,
                                  const xmlNode *node)
{
    xmlNode *devices = het_xml_child(node, "devices");
    xmlNode *next;

    if (!devices) {
        return;
    }
    proc->emulator = path_or_null(p, devices, "emulator",
                                  &proc->emulator_at);
    for (xmlNode *n = xmlFirstElementChild(devices); n; n = next) {
        next = xmlNextElementSibling(n);
        if (het_xml_is(n, "emulator")) {
            xmlUnlinkNode(n);
            xmlFreeNode(n);
        }
    }
    proc->devices_xml = het_xml_dump_children(devices, 2);
    proc->serials = count_serials(devices);
}

static gboolean parse_processor(const HetSocParser *p, const xmlNode *node,
                                GError **error)
{
    gboolean is_master = het_xml_is(node, "master");
    HetProcessor *proc = het_processor_new(p->soc, is_master);
    const xmlNode *features = het_xml_child(node, "features");

    proc->name = het_xml_attr(node, "name");
    proc->at = het_xml_location(node);
    parse_os(p, proc, het_xml_child(node, "os"));
    parse_cpu(proc, node);
    parse_libvirt_devices(p, proc, node);
    parse_on_crash(proc, node);
    proc->on_reboot = parse_self_action(node, "on_reboot");
    proc->on_poweroff = parse_self_action(node, "on_poweroff");
    if (features) {
        proc->features_xml = het_xml_dump_children(features, 2);
    }
    return parse_boot(p, proc, node, error) &&
           parse_maps(p, proc, node, error) &&
           het_soc_parse_devices(p, proc, node, error);
}

static gboolean parse_endpoint(const HetSocParser *p, HetIdm *idm,
                               const xmlNode *node, GError **error)
{
    HetEndpoint *endpoint = het_endpoint_new(idm);

    endpoint->processor = het_xml_attr(node, "processor");
    endpoint->at = het_xml_location(node);
    return het_xml_attr_u64(node, "address", &endpoint->address, NULL,
                            error) &&
           het_xml_attr_u32_list(node, "irqs", endpoint->irqs, error);
}

static gboolean parse_idm_model(HetIdm *idm, const xmlNode *node,
                                GError **error)
{
    g_autofree char *name = het_xml_attr(node, "model");
    g_autofree char *list = het_idm_model_list();

    idm->model = het_idm_model_find(name);
    return idm->model ||
           het_xml_location_fail(error, idm->at, "model='%s' of <idm> is not "
                                 "one of: %s", name, list);
}

static gboolean parse_idm(const HetSocParser *p, const xmlNode *node,
                          GError **error)
{
    HetIdm *idm = het_idm_new(p->soc);
    guint32 channels;
    gboolean given;

    idm->name = het_xml_attr(node, "name");
    idm->at = het_xml_location(node);
    if (!parse_idm_model(idm, node, error)) {
        return FALSE;
    }
    channels = idm->model->channels_default;
    if (!het_xml_attr_u32(node, "channels", &channels, &given, error)) {
        return FALSE;
    }
    if (given && idm->model->channels_fixed) {
        return het_xml_location_fail(error, idm->at,
                                     "idm '%s': model '%s' has no channels, "
                                     "remove the attribute", idm->name,
                                     idm->model->name);
    }
    idm->channels = channels;
    HET_XML_FOREACH(child, node) {
        if (!parse_endpoint(p, idm, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean parse_region(const HetSocParser *p, HetRemoteproc *remoteproc,
                             const xmlNode *node, GError **error)
{
    HetRegion *region = het_region_new(remoteproc);

    region->name = het_xml_attr(node, "name");
    region->memory = het_xml_attr(node, "memory");
    region->at = het_xml_location(node);
    return het_xml_attr_u64(node, "offset", &region->offset, NULL, error) &&
           het_xml_attr_u64(node, "size", &region->size, NULL, error) &&
           het_xml_attr_u64(node, "address", &region->address,
                            &region->has_address, error);
}

static gboolean parse_remoteproc_model(HetRemoteproc *remoteproc,
                                       const xmlNode *node, GError **error)
{
    g_autofree char *name = het_xml_attr(node, "model");
    g_autofree char *list = het_remoteproc_model_list();

    remoteproc->model = het_remoteproc_model_find(name);
    return remoteproc->model ||
           het_xml_location_fail(error, remoteproc->at, "model='%s' of "
                                 "<remoteproc> is not one of: %s", name,
                                 list);
}

static gboolean parse_remoteproc(const HetSocParser *p, const xmlNode *node,
                                 GError **error)
{
    HetRemoteproc *remoteproc = het_remoteproc_new(p->soc);

    remoteproc->slave = het_xml_attr(node, "slave");
    remoteproc->mailbox = het_xml_attr(node, "mailbox");
    remoteproc->stub = het_xml_attr(node, "stub");
    remoteproc->at = het_xml_location(node);
    if (!parse_remoteproc_model(remoteproc, node, error) ||
        !het_xml_attr_u64(node, "address", &remoteproc->address, NULL,
                          error) ||
        !het_xml_attr_u32(node, "irq", &remoteproc->irq,
                          &remoteproc->has_irq, error) ||
        !het_xml_attr_u64(node, "backup", &remoteproc->backup,
                          &remoteproc->has_backup, error)) {
        return FALSE;
    }
    HET_XML_FOREACH(child, node) {
        if (!parse_region(p, remoteproc, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static const struct {
    const char *name;
    gboolean (*parse)(const HetSocParser *p, const xmlNode *node,
                      GError **error);
} elements[] = {
    { "memory", parse_memory },
    { "master", parse_processor },
    { "slave", parse_processor },
    { "idm", parse_idm },
    { "remoteproc", parse_remoteproc },
};

static gboolean parse_element(const HetSocParser *p, const xmlNode *node,
                              GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++) {
        if (het_xml_is(node, elements[i].name)) {
            return elements[i].parse(p, node, error);
        }
    }
    return TRUE;
}

static gboolean parse_soc(const HetSocParser *p, const xmlNode *root,
                          GError **error)
{
    p->soc->name = text_or_null(root, "name");
    p->soc->uuid = text_or_null(root, "uuid");
    p->soc->description = text_or_null(root, "description");
    p->soc->at = het_xml_location(root);
    HET_XML_FOREACH(child, root) {
        if (!parse_element(p, child, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The top file is the first. */
static void add_sources(const HetSocParser *p, const xmlNode *root)
{
    const char *top = g_hash_table_lookup(p->paths, root->_private);
    GHashTableIter iter;
    gpointer path;

    g_ptr_array_add(p->soc->sources, g_canonicalize_filename(top, p->base));
    g_hash_table_iter_init(&iter, p->paths);
    while (g_hash_table_iter_next(&iter, NULL, &path)) {
        if (path != top) {
            g_ptr_array_add(p->soc->sources,
                            g_canonicalize_filename(path, p->base));
        }
    }
}

HetSoc *het_soc_parse(const char *xml, gsize len, const char *base,
                      const char *source, const char *include_folder,
                      GError **error)
{
    g_autoptr(HetSoc) soc = het_soc_new();
    g_autoptr(GHashTable) paths = g_hash_table_new_full(NULL, NULL, NULL,
                                                        g_free);
    g_autofree char *folder = g_canonicalize_filename(base ?: ".", NULL);
    HetSocParser p = { .soc = soc, .base = folder, .paths = paths };
    g_autoptr(xmlDoc) doc = het_xml_parse(xml, len, source, error);

    if (!doc ||
        !het_include_resolve(doc, len, include_folder, paths, error) ||
        !het_schema_check(doc, het_schema_rng, error) ||
        !parse_soc(&p, xmlDocGetRootElement(doc), error)) {
        return NULL;
    }
    if (include_folder) {
        add_sources(&p, xmlDocGetRootElement(doc));
    }
    return g_steal_pointer(&soc);
}

/*
 * What was parsed last.  A command comes across the same XML several times, and
 * to match it against the schema takes long.
 */
#define KNOWN_MAX 4

typedef struct {
    char *xml;
    gsize len;
    char *base;
    char *source;
    HetSoc *soc;
} Known;

static GMutex known_lock;
static Known known[KNOWN_MAX];
static guint known_next;

static HetSoc *find_known(const char *xml, gsize len, const char *base,
                          const char *source)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&known_lock);

    for (guint i = 0; i < KNOWN_MAX; i++) {
        const Known *k = &known[i];

        if (k->soc && k->len == len && !memcmp(k->xml, xml, len) &&
            !g_strcmp0(k->base, base) && !g_strcmp0(k->source, source)) {
            return het_soc_ref(k->soc);
        }
    }
    return NULL;
}

static void add_known(const char *xml, gsize len, const char *base,
                      const char *source, HetSoc *soc)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&known_lock);
    Known *k = &known[known_next++ % KNOWN_MAX];

    g_free(k->xml);
    g_free(k->base);
    g_free(k->source);
    het_soc_free(k->soc);
    *k = (Known) {
        .xml = g_memdup2(xml, len), .len = len, .base = g_strdup(base),
        .source = g_strdup(source), .soc = het_soc_ref(soc),
    };
}

HetSoc *het_soc_parse_string(const char *xml, gssize len, const char *base,
                             const char *source, GError **error)
{
    gsize size = len < 0 ? strlen(xml) : (gsize)len;
    HetSoc *soc = find_known(xml, size, base, source);

    if (soc) {
        return soc;
    }
    soc = het_soc_parse(xml, size, base, source, NULL, error);
    if (soc) {
        add_known(xml, size, base, source, soc);
    }
    return soc;
}

static void set_file_error(GError **error, const char *path, GError *cause)
{
    const HetXmlLocation start = { path, 1 };
    gboolean missing = g_error_matches(cause, G_FILE_ERROR,
                                       G_FILE_ERROR_NOENT);

    if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOSPC)) {
        het_xml_location_fail(error, start, "the document has more than the "
                              "%d bytes allowed", HET_XML_SIZE_MAX);
        return;
    }
    g_set_error(error, HET_ERROR,
                missing ? HET_ERROR_NOT_FOUND : HET_ERROR_FAILED,
                "cannot read '%s': %s", path, cause->message);
}

HetSoc *het_soc_parse_file(const char *path, GError **error)
{
    g_autofree char *base = g_path_get_dirname(path);
    g_autofree char *xml = NULL;
    g_autoptr(GError) cause = NULL;
    gsize len;

    if (!het_read_file(path, HET_XML_SIZE_MAX, &xml, &len, &cause)) {
        set_file_error(error, path, cause);
        return NULL;
    }
    return het_soc_parse(xml, len, base, path, base, error);
}
