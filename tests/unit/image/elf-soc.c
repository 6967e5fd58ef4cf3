/*
 * A Cortex-M slave whose memories ELF files are loaded into, for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "elf-soc.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "data.h"
#include "util/error.h"

static const char soc_xml[] =
    "<soc><name>elf-%d</name><memory name='boot' unit='KiB'>64</memory>"
    "<memory name='itcm' unit='KiB'>128</memory>"
    "<memory name='high' unit='KiB'>64</memory>"
    "<memory name='flash' unit='MiB'>1</memory>"
    "<memory name='ccm' unit='KiB'>64</memory>"
    "<memory name='sram' unit='KiB'>192</memory>"
    "<memory name='low' unit='KiB'>64</memory>"
    "<memory name='backup' unit='KiB'>4</memory>"
    "<master name='m33'><os><type arch='armv7l' machine='het-m'/>"
    "<kernel>m.elf</kernel></os><cpu><model>cortex-m33</model></cpu>"
    "<map memory='boot' address='0x0'/></master>"
    "<slave name='m4'><os><type arch='armv7l' machine='het-m'/></os>"
    "<cpu><model>cortex-m4</model></cpu>"
    "<map memory='itcm' address='0x0'/>"
    "<map memory='flash' address='0x08000000'/>"
    "<map memory='ccm' address='0x10000000'/>"
    "<map memory='sram' address='0x20000000'/>"
    "<map memory='sram' address='0x60000000'/>"
    "<map memory='low' address='0x30000000'/>"
    "<map memory='high' address='0x30010000'/>"
    "<map memory='backup' address='0x40024000'/></slave></soc>";

static HetSegment *segment;
static char *segment_path;
static guint8 *memory;
static GPtrArray *windows;      /* HetWindow */

void elf_soc_begin(void)
{
    g_autofree char *xml = g_strdup_printf(soc_xml, (int)getpid());

    slave_files_begin();
    parse_soc(xml, "m4");
    windows = het_soc_get_windows(soc, slave);
    segment_path = het_segment_any_path(soc->name);
    segment = het_segment_create(segment_path, elf_soc_size(),
                                 &(HetAccess) { 0 }, NULL);
    ck_assert_ptr_nonnull(segment);
    memory = mmap(NULL, elf_soc_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
                  het_segment_get_fd(segment), 0);
    ck_assert_ptr_ne(memory, MAP_FAILED);
}

void elf_soc_end(void)
{
    munmap(memory, elf_soc_size());
    g_ptr_array_unref(windows);
    het_segment_free(segment);
    het_segment_remove(segment_path, NULL);
    g_free(segment_path);
    slave_files_end();
}

gsize elf_soc_size(void)
{
    return het_soc_segment_size(soc);
}

guint8 *elf_soc_copy(void)
{
    return g_memdup2(memory, elf_soc_size());
}

gboolean elf_soc_load(const char *name, GError **error)
{
    g_autofree char *path = file_path(name);
    g_autoptr(HetFirmware) image = NULL;

    memset(memory, OLD, elf_soc_size());
    image = het_firmware_open(soc, slave, path, error);
    return image && het_firmware_write(image, segment, error);
}

void elf_soc_load_valid(const char *name)
{
    g_autoptr(GError) error = NULL;

    ck_assert_msg(elf_soc_load(name, &error), "%s",
                  error ? error->message : "");
}

static guint8 *locate(guint64 address)
{
    for (guint i = 0; i < windows->len; i++) {
        const HetWindow *window = g_ptr_array_index(windows, i);

        for (guint j = 0; j < window->addresses->len; j++) {
            guint64 start = g_array_index(window->addresses, guint64, j);

            if (address >= start && address - start < window->size) {
                return memory + window->segment_offset + (address - start);
            }
        }
    }
    ck_abort_msg("nothing at 0x%" G_GINT64_MODIFIER "x", address);
    return NULL;
}

void elf_soc_load_as_linux(const char *name)
{
    g_autofree char *path = file_path(name);
    g_autofree char *data = NULL;
    const Elf32_Ehdr *header;

    ck_assert(g_file_get_contents(path, &data, NULL, NULL));
    header = (const Elf32_Ehdr *)data;
    memset(memory, OLD, elf_soc_size());
    for (guint i = 0; i < header->e_phnum; i++) {
        const Elf32_Phdr *ph =
            (const Elf32_Phdr *)(data + header->e_phoff) + i;
        guint8 *to = locate(ph->p_paddr);

        memcpy(to, data + ph->p_offset, ph->p_filesz);
        memset(to + ph->p_filesz, 0, ph->p_memsz - ph->p_filesz);
    }
}

static void assert_byte(guint64 address, guint8 want)
{
    guint8 got = *locate(address);

    if (got != want) {
        ck_abort_msg("0x%" G_GINT64_MODIFIER "x: 0x%02x, not 0x%02x",
                     address, got, want);
    }
}

void elf_soc_assert_filled(guint64 address, guint64 size, guint8 byte)
{
    for (guint64 i = 0; i < size; i++) {
        assert_byte(address + i, byte);
    }
}

void elf_soc_assert_bytes(const ElfImagePart *part)
{
    for (guint32 i = 0; i < part->file_size; i++) {
        assert_byte(part->address + i, elf_image_byte(part, i));
    }
}

void elf_soc_put(const char *name, GByteArray *image)
{
    put(name, image->data, image->len);
}

void elf_soc_assert_refused(GByteArray *image, const char *why)
{
    g_autoptr(GError) error = NULL;
    gsize size = elf_soc_size();

    elf_soc_put("elf", image);
    ck_assert_msg(!elf_soc_load("elf", &error), "not refused: %s", why);
    ck_assert(error->domain == HET_ERROR);
    ck_assert_int_eq(error->code, HET_ERROR_FAILED);
    ck_assert_msg(strstr(error->message, why) != NULL, "'%s' not in '%s'",
                  why, error->message);
    ck_assert(strstr(error->message, "elf'") != NULL);
    ck_assert_int_eq(memory[0], OLD);
    ck_assert(!memcmp(memory, memory + 1, size - 1));
}
