/*
 * A slave and the files that go into its windows, for tests of these
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_TEST_SLAVE_FILES_H
#define HET_TEST_SLAVE_FILES_H

#include "image/firmware.h"

extern char *folder;
extern HetSoc *soc;
extern const HetProcessor *slave;

/* Makes the folder; slave_files_end() removes it with what is in it. */
void slave_files_begin(void);
void slave_files_end(void);

char *file_path(const char *name);
void put(const char *name, const void *data, gsize size);
void put_bytes(const char *name, char value, gsize size);

/* Sets @soc from @xml, with the files of the folder, and @slave. */
void parse_soc(const char *xml, const char *slave_name);

HetFirmware *open_valid(void);
void assert_refused(const char *file, const char *why);
const HetLoadPiece *piece_of(const HetFirmware *image, HetLoadPieceKind kind);

#endif
