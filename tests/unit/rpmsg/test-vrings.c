/*
 * Resource tables and vrings as guests leave them in memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "rpmsg/tap.h"
#include "rpmsg/vrings.h"

#include <string.h>

#define BASE 0x10000000u
#define SIZE 0x10000
/* The master alone sees it there as well. */
#define MASTER_BASE 0x30000000u
#define RING0 0x1000
#define RING1 0x2000
#define BUFFERS 0x3000
#define NUM 4
#define BUFFER_SIZE 512
/* Of a ring of four with an alignment of 16 */
#define AVAIL 64
#define USED 80
#define VDEV 24
#define DRIVER_RUNS (HET_VDEV_ACKNOWLEDGE | HET_VDEV_DRIVER | \
                     HET_VDEV_DRIVER_OK)

static guint8 bytes[SIZE];

static gboolean read_bytes(void *opaque, HetSide side, guint64 address,
                           void *buf, gsize size)
{
    guint64 base = side == HET_SIDE_SLAVE ? BASE : MASTER_BASE;

    if (address < base || address - base >= SIZE ||
        size > SIZE - (address - base)) {
        return FALSE;
    }
    memcpy(buf, bytes + (address - base), size);
    return TRUE;
}

static void put16(guint32 at, guint16 value)
{
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
}

static void put32(guint32 at, guint32 value)
{
    put16(at, value);
    put16(at + 2, value >> 16);
}

static void put_descriptor(guint32 ring, guint id, guint32 address,
                           guint32 size, guint16 flags)
{
    put32(ring + id * 16, address);
    put32(ring + id * 16 + 4, 0);
    put32(ring + id * 16 + 8, size);
    put16(ring + id * 16 + 12, flags);
}

static void put_vring(guint at, guint32 da)
{
    put32(at, da);
    put32(at + 4, 16);
    put32(at + 8, NUM);
}

static void put_message(guint buffer, guint32 source, guint32 destination,
                        guint16 length)
{
    guint32 at = BUFFERS + buffer * BUFFER_SIZE;

    put32(at, source);
    put32(at + 4, destination);
    put32(at + 8, 0);
    put16(at + 12, length);
    put16(at + 14, 0);
}

static void set_indices(guint32 ring, guint16 avail, guint16 used)
{
    put16(ring + AVAIL + 2, avail);
    put16(ring + USED + 2, used);
}

/* As Linux leaves them: ring 0 has four empty buffers, ring 1 none. */
static void setup(void)
{
    memset(bytes, 0, sizeof(bytes));
    put32(0, 1);
    put32(4, 1);
    put32(16, VDEV);
    put32(VDEV, HET_RSC_VDEV);
    put32(VDEV + 4, HET_VDEV_RPMSG);
    put32(VDEV + 12, 1);
    put32(VDEV + 16, 1);
    bytes[VDEV + 24] = DRIVER_RUNS;
    bytes[VDEV + 25] = 2;
    put_vring(VDEV + 28, BASE + RING0);
    put_vring(VDEV + 48, BASE + RING1);
    for (guint i = 0; i < NUM; i++) {
        put_descriptor(RING0, i, BASE + BUFFERS + i * BUFFER_SIZE,
                       BUFFER_SIZE, 2);
        put16(RING0 + AVAIL + 4 + 2 * i, i);
    }
    set_indices(RING0, NUM, 0);
}

/* One more from the slave */
static void slave_sends(guint id, guint16 length)
{
    guint16 used = bytes[RING0 + USED + 2];

    put32(RING0 + USED + 4 + 8 * (used % NUM), id);
    put32(RING0 + USED + 8 + 8 * (used % NUM), length + 16);
    set_indices(RING0, NUM, used + 1);
}

static void master_sends(guint id, guint32 address)
{
    guint16 avail = bytes[RING1 + AVAIL + 2];

    put_descriptor(RING1, id, address, BUFFER_SIZE, 0);
    put16(RING1 + AVAIL + 4 + 2 * (avail % NUM), id);
    set_indices(RING1, avail + 1, bytes[RING1 + USED + 2]);
}

static HetVrings *read_table(void)
{
    static const HetSharedMemory memory = { .read = read_bytes };

    return het_vrings_read(&memory, BASE);
}

static HetVdev *vdev_of(const HetVrings *vrings)
{
    HetRscEntry *entry;

    ck_assert_uint_eq(vrings->entries->len, 1);
    entry = g_ptr_array_index(vrings->entries, 0);
    ck_assert_ptr_nonnull(entry->vdev);
    return entry->vdev;
}

static HetVring *ring_of(const HetVrings *vrings, guint index)
{
    return g_ptr_array_index(vdev_of(vrings)->vrings, index);
}

static void expect_wrong(const HetVrings *vrings, const char *part)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < vrings->wrong->len; i++) {
        g_string_append_printf(all, "%s\n",
                               (char *)g_ptr_array_index(vrings->wrong, i));
    }
    ck_assert_msg(part ? strstr(all->str, part) != NULL : !all->len,
                  "wrong: %s; expected: %s", all->str, part ?: "nothing");
}

static void read_expecting(const char *part)
{
    g_autoptr(HetVrings) vrings = read_table();

    expect_wrong(vrings, part);
}

START_TEST(test_idle)
{
    g_autoptr(HetVrings) vrings = read_table();
    g_autofree char *status = het_vdev_status_text(vdev_of(vrings)->status);

    expect_wrong(vrings, NULL);
    ck_assert_str_eq(status, "ACKNOWLEDGE DRIVER DRIVER_OK");
    ck_assert_uint_eq(ring_of(vrings, 0)->avail, BASE + RING0 + AVAIL);
    ck_assert_uint_eq(ring_of(vrings, 0)->used, BASE + RING0 + USED);
    ck_assert_uint_eq(ring_of(vrings, 0)->in_flight, 0);
    ck_assert_uint_eq(ring_of(vrings, 1)->in_flight, 0);
}
END_TEST

START_TEST(test_messages)
{
    g_autoptr(HetVrings) vrings = NULL;
    const HetRpmsgMessage *m;

    put_message(0, 0x400, 0x35, 40);
    strcpy((char *)bytes + BUFFERS + 16, "rpmsg-tty");
    put32(BUFFERS + 16 + 32, 0x400);
    slave_sends(0, 40);
    put_message(2, 0x401, 0x400, 7);
    master_sends(0, BASE + BUFFERS + 2 * BUFFER_SIZE);
    vrings = read_table();
    expect_wrong(vrings, NULL);
    ck_assert_uint_eq(ring_of(vrings, 0)->in_flight, 1);
    m = g_ptr_array_index(ring_of(vrings, 0)->messages, 0);
    ck_assert_uint_eq(m->header.destination, HET_RPMSG_NAME_SERVICE);
    ck_assert_uint_eq(m->size, 56);
    m = g_ptr_array_index(ring_of(vrings, 1)->messages, 0);
    ck_assert_uint_eq(m->header.source, 0x401);
    ck_assert_uint_eq(m->header.length, 7);
    ck_assert_uint_eq(vdev_of(vrings)->names->len, 1);
    ck_assert_str_eq(((HetRpmsgName *)vdev_of(vrings)->names->pdata[0])->name,
                     "rpmsg-tty");
    ck_assert_str_eq(((HetRpmsgEndpoint *)
                      vdev_of(vrings)->endpoints->pdata[0])->name,
                     "rpmsg-tty");
}
END_TEST

/* After 65,536 buffers the indices start again. */
START_TEST(test_wrap)
{
    g_autoptr(HetVrings) vrings = NULL;

    for (guint i = 0; i < NUM; i++) {
        put16(RING1 + AVAIL + 4 + 2 * i, i);
        put32(RING1 + USED + 4 + 8 * i, i);
        put_descriptor(RING1, i, BASE + BUFFERS, BUFFER_SIZE, 0);
    }
    set_indices(RING1, 1, 0xffff);
    vrings = read_table();
    ck_assert_uint_eq(ring_of(vrings, 1)->in_flight, 2);
    expect_wrong(vrings, NULL);
}
END_TEST

START_TEST(test_waits)
{
    bytes[VDEV + 24] = HET_VDEV_ACKNOWLEDGE | HET_VDEV_DRIVER;
    read_expecting("the slave waits for DRIVER_OK");
    bytes[VDEV + 24] = HET_VDEV_ACKNOWLEDGE;
    read_expecting("none is there for id 7");
    bytes[VDEV + 24] = 0;
    read_expecting("has not acknowledged it");
    bytes[VDEV + 24] = 0x80 | DRIVER_RUNS;
    read_expecting("FAILED");
    put32(VDEV + 28, HET_RSC_ADDRESS_ANY);
    read_expecting("vring 0 has no address yet");
}
END_TEST

START_TEST(test_full)
{
    for (guint i = 0; i < NUM; i++) {
        master_sends(i, BASE + BUFFERS);
    }
    read_expecting("vring 1: 4 buffers used, none given back");
    for (guint i = 0; i < NUM; i++) {
        slave_sends(i, 1);
    }
    read_expecting("the slave has no buffer for a message");
}
END_TEST

START_TEST(test_unseen_buffers)
{
    master_sends(0, MASTER_BASE + BUFFERS);
    read_expecting("an address that the slave does not see: 0x30003000 with "
                   "512 bytes (the master sees it)");
    setup();
    master_sends(0, BASE + SIZE - 16);
    read_expecting("an address that the slave does not see: 0x1000fff0");
    setup();
    put_descriptor(RING0, 0, 0x60000000, BUFFER_SIZE, 2);
    read_expecting("vring 0: buffer 0 is at an address");
    put32(VDEV + 48, MASTER_BASE + RING1);
    read_expecting("slave sees, only the master");
}
END_TEST

START_TEST(test_hostile_rings)
{
    set_indices(RING1, NUM + 1, 0);
    read_expecting("no state of a ring of 4");
    setup();
    put16(RING1 + AVAIL + 4, NUM);
    set_indices(RING1, 1, 0);
    read_expecting("buffer 4 is in the ring, which has 4");
    setup();
    slave_sends(0xfffffff0, 0);
    put16(RING0 + AVAIL + 4, 3);
    read_expecting("vring 0");
    setup();
    master_sends(0, BASE + BUFFERS);
    put_message(0, 1, 2, 0xffff);
    read_expecting("says 65535 bytes");
    put_descriptor(RING1, 0, BASE + BUFFERS, BUFFER_SIZE, 1);
    read_expecting("chain of descriptors");
    put_descriptor(RING1, 0, BASE + BUFFERS, BUFFER_SIZE, 2);
    read_expecting("buffer 0 is for the slave to write");
}
END_TEST

START_TEST(test_hostile_layout)
{
    static const guint32 nums[] = { 0, 3, 65536, 0xffffffff };

    for (gsize i = 0; i < G_N_ELEMENTS(nums); i++) {
        put32(VDEV + 36, nums[i]);
        read_expecting("power of two");
        setup();
        put32(VDEV + 32, nums[i] == 65536 ? 0x20000 : nums[i]);
        read_expecting("alignment");
        setup();
    }
    put32(VDEV + 28, 0xfffffff0);
    put32(VDEV + 36, HET_VRING_NUM_MAX);
    read_expecting("is not in memory that the slave sees");
    setup();
    put32(VDEV + 48, BASE + RING0 + 16);
    read_expecting("vrings 0 and 1 overlap");
}
END_TEST

START_TEST(test_hostile_table)
{
    put32(4, 0xffffffff);
    read_expecting("4294967295 entries; the first 64");
    setup();
    put32(16, 0xfffffffc);
    read_expecting("entry 0 at offset 0xfffffffc");
    setup();
    put32(0, 2);
    read_expecting("is no resource table: its version is 2");
    setup();
    put32(VDEV, 77);
    read_expecting("type 77");
    put32(VDEV, HET_RSC_TRACE);
    memset(bytes + VDEV + 4, 0xff, 44);
    read_expecting("the name of the trace has no end");
    setup();
    bytes[VDEV + 25] = 255;
    read_expecting("255 vrings");
}
END_TEST

/* Each byte of the table another one, and each end of memory */
START_TEST(test_every_byte)
{
    for (guint i = 0; i < VDEV + 68; i++) {
        for (guint value = 0; value < 256; value += 15) {
            g_autoptr(HetVrings) vrings = NULL;

            setup();
            bytes[i] = value;
            vrings = read_table();
            ck_assert_uint_le(vrings->entries->len, HET_RSC_ENTRIES_MAX);
        }
    }
}
END_TEST

START_TEST(test_found)
{
    g_autofree guint8 *area = g_malloc0(SIZE + 0x100);

    ck_assert_uint_eq(het_vrings_find_table(area, SIZE, 0), SIZE);
    memcpy(area + 0x80, bytes, SIZE);
    ck_assert_uint_eq(het_vrings_find_table(area, SIZE, 0), 0x80);
    ck_assert_uint_eq(het_vrings_find_table(area, SIZE, 0x84), SIZE);
    /* Cut within the device */
    ck_assert_uint_eq(het_vrings_find_table(area, 0x80 + VDEV + 8, 0),
                      0x80 + VDEV + 8);
    for (gsize size = 0; size < 16; size++) {
        ck_assert_uint_eq(het_vrings_find_table(area, size, 0), size);
    }
}
END_TEST

/* ---- the tap ---- */

static GPtrArray *passed;
static guint64 lost;

static HetTap *tap_new(gboolean from_begin)
{
    static const HetSharedMemory memory = { .read = read_bytes };

    g_clear_pointer(&passed, g_ptr_array_unref);
    passed = g_ptr_array_new_with_free_func(
        (GDestroyNotify)het_tap_message_free);
    lost = 0;
    return het_tap_new(&memory, BASE, from_begin);
}

static void expect_passed(HetTap *tap, guint count)
{
    g_ptr_array_set_size(passed, 0);
    het_tap_poll(tap, passed, &lost);
    ck_assert_uint_eq(passed->len, count);
}

static const HetTapMessage *passed_at(guint i)
{
    return g_ptr_array_index(passed, i);
}

START_TEST(test_tap)
{
    g_autoptr(HetTap) tap = tap_new(FALSE);
    g_autoptr(HetRpmsgName) name = NULL;

    put_message(1, 0x400, 0x401, 3);
    slave_sends(1, 3);
    expect_passed(tap, 0);
    put_message(0, 0x400, 0x35, 40);
    strcpy((char *)bytes + BUFFERS + 16, "rpmsg-tty");
    slave_sends(0, 40);
    put_message(2, 0x401, 0x400, 7);
    memcpy(bytes + BUFFERS + 2 * BUFFER_SIZE + 16, "payload", 7);
    master_sends(0, BASE + BUFFERS + 2 * BUFFER_SIZE);
    expect_passed(tap, 2);
    ck_assert_int_eq(passed_at(0)->from, HET_SIDE_SLAVE);
    name = het_tap_announcement(passed_at(0));
    ck_assert_str_eq(name->name, "rpmsg-tty");
    ck_assert_int_eq(passed_at(1)->from, HET_SIDE_MASTER);
    ck_assert_ptr_null(het_tap_announcement(passed_at(1)));
    ck_assert_uint_eq(g_bytes_get_size(passed_at(1)->bytes), 23);
    ck_assert_mem_eq((const guint8 *)g_bytes_get_data(passed_at(1)->bytes,
                                                      NULL) + 16,
                     "payload", 7);
    expect_passed(tap, 0);
    ck_assert_uint_eq(lost, 0);
}
END_TEST

/* More than the ring has buffers: the oldest are overwritten. */
START_TEST(test_tap_loses)
{
    g_autoptr(HetTap) tap = tap_new(FALSE);

    expect_passed(tap, 0);
    for (guint i = 0; i < NUM + 2; i++) {
        put_message(i % NUM, i, 1, 1);
        slave_sends(i % NUM, 1);
    }
    expect_passed(tap, NUM);
    ck_assert_uint_eq(lost, 2);
    ck_assert_uint_eq(passed_at(0)->header.source, 2);
}
END_TEST

/* Linux has reset the device; what comes is of another boot. */
START_TEST(test_tap_restarts)
{
    g_autoptr(HetTap) tap = tap_new(FALSE);

    slave_sends(0, 1);
    slave_sends(1, 1);
    expect_passed(tap, 0);
    bytes[VDEV + 24] = 0;
    expect_passed(tap, 0);
    ck_assert(!het_tap_is_up(tap));
    setup();
    slave_sends(2, 1);
    expect_passed(tap, 1);
    /* So fast that nobody saw it */
    slave_sends(2, 1);
    slave_sends(2, 1);
    expect_passed(tap, 2);
    setup();
    slave_sends(3, 1);
    expect_passed(tap, 1);
    ck_assert_uint_eq(lost, 0);
}
END_TEST

START_TEST(test_tap_from_begin)
{
    g_autoptr(HetTap) tap = tap_new(TRUE);

    slave_sends(0, 1);
    slave_sends(1, 1);
    expect_passed(tap, 2);
}
END_TEST

/* Buffers that are none, lengths that lie */
START_TEST(test_tap_hostile)
{
    g_autoptr(HetTap) tap = tap_new(FALSE);

    expect_passed(tap, 0);
    slave_sends(0xfffffff0u, 1);
    master_sends(NUM - 1, BASE + SIZE - 8);
    expect_passed(tap, 0);
    put_message(0, 1, 2, 0xffff);
    slave_sends(0, 4);
    master_sends(0, BASE + BUFFERS);
    expect_passed(tap, 2);
    ck_assert_uint_eq(g_bytes_get_size(passed_at(0)->bytes), 20);
    ck_assert_uint_eq(g_bytes_get_size(passed_at(1)->bytes), BUFFER_SIZE);
    bytes[VDEV + 24] = 0xff;
    memset(bytes + RING0, 0xff, 0x2000);
    for (guint i = 0; i < 3; i++) {
        g_ptr_array_set_size(passed, 0);
        het_tap_poll(tap, passed, &lost);
        bytes[RING0 + USED + 2] = i;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vrings");
    TCase *tests = tcase_create("read");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, test_idle);
    tcase_add_test(tests, test_messages);
    tcase_add_test(tests, test_wrap);
    tcase_add_test(tests, test_waits);
    tcase_add_test(tests, test_full);
    tcase_add_test(tests, test_unseen_buffers);
    tcase_add_test(tests, test_hostile_rings);
    tcase_add_test(tests, test_hostile_layout);
    tcase_add_test(tests, test_hostile_table);
    tcase_add_test(tests, test_every_byte);
    tcase_add_test(tests, test_found);
    tcase_add_test(tests, test_tap);
    tcase_add_test(tests, test_tap_loses);
    tcase_add_test(tests, test_tap_restarts);
    tcase_add_test(tests, test_tap_from_begin);
    tcase_add_test(tests, test_tap_hostile);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
