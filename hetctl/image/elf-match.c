/*
 * Is an ELF file what lies in the memory of a slave?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "image/elf-match.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "image/elf-file.h"
#include "image/load-plan.h"

/* The file of the memory may have been cut: a mapping would end hetctl. */
static gboolean is_same(const HetLoadPiece *piece, const HetSegment *segment)
{
    gsize size;
    const void *want = g_bytes_get_data(piece->data, &size);
    g_autofree void *have = g_malloc(size);
    ssize_t n = het_segment_require(segment, piece->segment_offset, size, NULL)
                ? pread(het_segment_get_fd(segment), have, size,
                        piece->segment_offset) : -1;

    return n >= 0 && (gsize)n == size && !memcmp(want, have, size);
}

static gboolean code_is_there(const HetElfSection *code, const HetSoc *soc,
                              const HetProcessor *slave,
                              const HetSegment *segment)
{
    g_autoptr(HetLoadPlan) plan = het_load_plan_new(soc, slave);
    const HetLoadPiece whole = {
        .kind = HET_LOAD_PIECE_KERNEL, .address = code->address,
        .size = g_bytes_get_size(code->bytes), .data = code->bytes,
        .file_size = g_bytes_get_size(code->bytes),
    };

    if (!het_load_plan_add(plan, &whole, NULL)) {
        return FALSE;
    }
    for (guint i = 0; i < het_load_plan_count(plan); i++) {
        if (!is_same(het_load_plan_get(plan, i), segment)) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean het_elf_matches_memory(const char *path, const HetSoc *soc,
                                const HetProcessor *slave,
                                const HetSegment *segment)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    g_autoptr(HetElfFile) file =
        fd >= 0 ? het_elf_file_open(fd, slave, NULL) : NULL;
    g_auto(HetElfSection) code = { 0 };
    gboolean ok =
        file && het_elf_file_read_section(file, ".text", &code, NULL) &&
        code.bytes && code_is_there(&code, soc, slave, segment);

    g_clear_pointer(&file, het_elf_file_free);
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}
