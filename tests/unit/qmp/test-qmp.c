/*
 * QMP wrappers against a fake peer: what is sent, and what hostile replies do
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "config.h"

#include "data.h"
#include "qmp/json-text.h"
#include "util/error.h"
#include "fake-peer.h"

#define OK_REPLY "{\"return\": {}, \"id\": \"libvirt-7\"}"

#define IDM(links) "{\"return\":[{\"id\":\"ipcc\",\"model\":\"stm32-ipcc\"," \
                   "\"channels\":6,\"links\":[" links "]}]}"
#define LINK(members) "{\"peer\":\"m4\",\"state\":\"connected\"," members "}"
#define COUNTERS "\"sent\":3,\"received\":2,\"coalesced\":1," \
                 "\"pending-in\":4294967295,\"pending-out\":5," \
                 "\"peer-boots\":7"

static FakePeer *peer;
static HetQmp *qmp;

static void setup(void)
{
    peer = fake_peer_new();
    qmp = fake_peer_connect(peer);
}

static void teardown(void)
{
    het_qmp_free(qmp);
    fake_peer_free(peer);
}

static void assert_error(GError *error, int code, const char *text)
{
    ck_assert_ptr_nonnull(error);
    ck_assert(error->domain == HET_ERROR);
    ck_assert_int_eq(error->code, code);
    ck_assert_msg(strstr(error->message, text) != NULL, "'%s' not in '%s'",
                  text, error->message);
    g_error_free(error);
}

START_TEST(test_getfd_sends_descriptor)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"getfd\","
                     "\"arguments\":{\"fdname\":\"w\"}}", TRUE, OK_REPLY);
    ck_assert(het_qmp_getfd(qmp, "w", 0, &error));
    fake_peer_expect(peer, "{\"execute\":\"closefd\","
                     "\"arguments\":{\"fdname\":\"w\"}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_closefd(qmp, "w", &error));
}
END_TEST

static void expect_hold_monitor(const char *reply)
{
    fake_peer_expect(peer, "{\"execute\":\"getfd\","
                     "\"arguments\":{\"fdname\":\"het-state\"}}", TRUE,
                     OK_REPLY);
    fake_peer_expect(peer, "{\"execute\":\"processor-hold-monitor\","
                     "\"arguments\":{\"fdname\":\"het-state\"}}", FALSE,
                     reply);
}

START_TEST(test_hold_monitor_passes_a_socket)
{
    GError *error = NULL;

    expect_hold_monitor(OK_REPLY);
    ck_assert(het_qmp_processor_hold_monitor(qmp, 0, &error));
}
END_TEST

/* What it was given does not stay with an emulator that does not know that. */
START_TEST(test_hold_monitor_of_an_old_emulator)
{
    GError *error = NULL;

    expect_hold_monitor("{\"error\":{\"class\":\"CommandNotFound\","
                        "\"desc\":\"not found\"}}");
    fake_peer_expect(peer, "{\"execute\":\"closefd\","
                     "\"arguments\":{\"fdname\":\"het-state\"}}", FALSE,
                     OK_REPLY);
    ck_assert(!het_qmp_processor_hold_monitor(qmp, 0, &error));
    ck_assert(g_error_matches(error, HET_ERROR, HET_ERROR_EMULATOR));
    g_error_free(error);
}
END_TEST

START_TEST(test_slave_commands_as_documented)
{
    const guint64 entry = 0x80000000;

    fake_peer_expect(peer, "{\"execute\":\"slave-attach-memory\","
                     "\"arguments\":{\"id\":\"sram\",\"fdname\":\"f\","
                     "\"offset\":503316480}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_attach_memory(qmp, "sram", "f", 503316480, 0,
                                          NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-attach-memory\","
                     "\"arguments\":{\"id\":\"sram\",\"fdname\":\"f\","
                     "\"offset\":0,\"size\":4096}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_attach_memory(qmp, "sram", "f", 0, 4096, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-detach-memory\","
                     "\"arguments\":{}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_detach_memory(qmp, NULL, FALSE, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-detach-memory\","
                     "\"arguments\":{\"id\":\"sram\"}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_detach_memory(qmp, "sram", FALSE, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-detach-memory\","
                     "\"arguments\":{\"if-held\":true}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_detach_memory(qmp, NULL, TRUE, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-boot\",\"arguments\":{}}",
                     FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_boot(qmp, NULL, 0, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-boot\","
                     "\"arguments\":{\"entry\":2147483648}}", FALSE,
                     OK_REPLY);
    ck_assert(het_qmp_slave_boot(qmp, &entry, 0, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-boot\","
                     "\"arguments\":{\"resource-table\":268566528}}", FALSE,
                     OK_REPLY);
    ck_assert(het_qmp_slave_boot(qmp, NULL, 0x10020000, NULL));
    fake_peer_expect(peer, "{\"execute\":\"slave-reset\"}", FALSE, OK_REPLY);
    ck_assert(het_qmp_slave_reset(qmp, NULL));
    fake_peer_expect(peer, "{\"execute\":\"recorder-attach\","
                     "\"arguments\":{\"fdname\":\"f\",\"offset\":65536,"
                     "\"size\":442368}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_recorder_attach(qmp, "f", 65536, 442368, NULL));
    fake_peer_expect(peer, "{\"execute\":\"recorder-note\","
                     "\"arguments\":{\"text\":\"hetctl boot\","
                     "\"pid\":4711}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_recorder_note(qmp, "hetctl boot", 4711, NULL));
}
END_TEST

START_TEST(test_idm_commands_as_documented)
{
    const HetIdmConnection links[] = {
        { "ipcc", "m4", 'a' }, { "idm", "r5", 'b' },
    };

    fake_peer_expect(peer, "{\"execute\":\"idm-connect\",\"arguments\":"
                     "{\"id\":\"ipcc\",\"peer\":\"m4\",\"role\":\"a\"}}",
                     TRUE, OK_REPLY);
    ck_assert(het_qmp_idm_connect(qmp, "ipcc", "m4", 0, 'a', NULL));
    fake_peer_expect(peer, "{\"execute\":\"idm-connect-many\",\"arguments\":"
                     "{\"links\":[{\"id\":\"ipcc\",\"peer\":\"m4\","
                     "\"role\":\"a\"},{\"id\":\"idm\",\"peer\":\"r5\","
                     "\"role\":\"b\"}]}}", TRUE, OK_REPLY);
    ck_assert(het_qmp_idm_connect_many(qmp, links, G_N_ELEMENTS(links), 0,
                                       NULL));
    fake_peer_expect(peer, "{\"execute\":\"idm-disconnect\",\"arguments\":"
                     "{\"id\":\"ipcc\",\"peer\":\"m4\"}}", FALSE, OK_REPLY);
    ck_assert(het_qmp_idm_disconnect(qmp, "ipcc", "m4", NULL));
}
END_TEST

START_TEST(test_error_reply_names_command)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"slave-reset\"}", FALSE,
                     "{\"id\":\"libvirt-1\",\"error\":{\"class\":"
                     "\"GenericError\",\"desc\":\"this machine is not a "
                     "slave\"}}");
    ck_assert(!het_qmp_slave_reset(qmp, &error));
    assert_error(error, HET_ERROR_FAILED,
                 "'slave-reset': this machine is not a slave");
}
END_TEST

START_TEST(test_lost_transport_names_command)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"slave-reset\"}", FALSE, NULL);
    ck_assert(!het_qmp_slave_reset(qmp, &error));
    assert_error(error, HET_ERROR_FAILED,
                 "'slave-reset': the connection is gone");
}
END_TEST

START_TEST(test_query_slave_reads_all)
{
    g_autoptr(HetSlaveInfo) info = NULL;
    const HetSlaveWindow *window;
    const HetSlaveStop *stop;

    fake_peer_expect(peer, "{\"execute\":\"query-slave\"}", FALSE,
                     "{\"return\":{\"state\":\"crashed\",\"released\":true,"
                     "\"boots\":9223372036854775807,\"entry\":4096,"
                     "\"reason\":\"lockup\",\"message\":\"HardFault\","
                     "\"later\":[],\"resource-table\":268566528,"
                     "\"stops\":[{\"reason\":\"watchdog\",\"count\":3}],"
                     "\"windows\":[{\"id\":\"sram\","
                     "\"size\":393216,\"attached\":true,\"offset\":4096},"
                     "{\"id\":\"ram\",\"size\":1,\"attached\":false}]}}");
    info = het_qmp_query_slave(qmp, NULL);
    ck_assert_ptr_nonnull(info);
    ck_assert_int_eq(info->state, HET_CORE_CRASHED);
    ck_assert_str_eq(het_core_state_name(info->state), "crashed");
    ck_assert(info->released && info->has_entry);
    ck_assert_uint_eq(info->boots, G_MAXINT64);
    ck_assert_uint_eq(info->entry, 4096);
    ck_assert_str_eq(info->reason, "lockup");
    ck_assert_str_eq(info->message, "HardFault");
    ck_assert_uint_eq(info->resource_table, 0x10020000);
    ck_assert_uint_eq(info->stops->len, 1);
    stop = g_ptr_array_index(info->stops, 0);
    ck_assert_str_eq(stop->reason, "watchdog");
    ck_assert_uint_eq(stop->count, 3);
    ck_assert_uint_eq(info->windows->len, 2);
    window = g_ptr_array_index(info->windows, 0);
    ck_assert_str_eq(window->id, "sram");
    ck_assert_uint_eq(window->size, 393216);
    ck_assert(window->attached);
    ck_assert_uint_eq(window->offset, 4096);
    window = g_ptr_array_index(info->windows, 1);
    ck_assert(!window->attached);
}
END_TEST

START_TEST(test_query_idm_reads_all)
{
    g_autoptr(GPtrArray) infos = NULL;
    const HetIdmLink *link;

    fake_peer_expect(peer, "{\"execute\":\"query-idm\"}", FALSE,
                     IDM(LINK(COUNTERS ",\"peer-core\":\"held\","
                              "\"error\":\"none\"")));
    infos = het_qmp_query_idm(qmp, NULL);
    ck_assert_ptr_nonnull(infos);
    ck_assert_uint_eq(infos->len, 1);
    link = het_idm_infos_find_link(infos, "ipcc", "m4");
    ck_assert_ptr_nonnull(link);
    ck_assert_int_eq(link->state, HET_LINK_CONNECTED);
    ck_assert_uint_eq(link->sent, 3);
    ck_assert_uint_eq(link->received, 2);
    ck_assert_uint_eq(link->coalesced, 1);
    ck_assert_uint_eq(link->pending_in, G_MAXUINT32);
    ck_assert_uint_eq(link->pending_out, 5);
    ck_assert_uint_eq(link->peer_boots, 7);
    ck_assert_str_eq(link->peer_core, "held");
    ck_assert_str_eq(link->error, "none");
    ck_assert_ptr_null(het_idm_infos_find_link(infos, "ipcc", "m7"));
    ck_assert_ptr_null(het_idm_infos_find_link(infos, "idm", "m4"));
}
END_TEST

START_TEST(test_query_stubs_reads_all)
{
    g_autoptr(GPtrArray) stubs = NULL;
    const HetStubInfo *stub;
    const HetStubAccess *access;

    fake_peer_expect(peer, "{\"execute\":\"query-stubs\"}", FALSE,
                     "{\"return\":[{\"id\":\"rcc\",\"type\":\"stub\","
                     "\"addr\":1342177280,\"size\":4096,\"dropped\":7,"
                     "\"accesses\":[{\"address\":1342177284,\"reads\":3,"
                     "\"writes\":2,\"pc\":18446744071562067968},"
                     "{\"address\":1342177288,\"reads\":0,"
                     "\"writes\":1}]},{\"id\":\"unassigned\","
                     "\"type\":\"unassigned\",\"addr\":0,"
                     "\"dropped\":0,\"accesses\":[]}]}");
    stubs = het_qmp_query_stubs(qmp, NULL);
    ck_assert_ptr_nonnull(stubs);
    ck_assert_uint_eq(stubs->len, 2);
    stub = g_ptr_array_index(stubs, 0);
    ck_assert_str_eq(stub->id, "rcc");
    ck_assert_int_eq(stub->type, HET_STUB_STUB);
    ck_assert_uint_eq(stub->address, 0x50000000);
    ck_assert_uint_eq(stub->size, 4096);
    ck_assert_uint_eq(stub->dropped, 7);
    ck_assert_uint_eq(stub->accesses->len, 2);
    access = &g_array_index(stub->accesses, HetStubAccess, 0);
    ck_assert_uint_eq(access->address, 0x50000004);
    ck_assert_uint_eq(access->reads, 3);
    ck_assert_uint_eq(access->writes, 2);
    ck_assert(access->has_pc);
    ck_assert_uint_eq(access->pc, 0xffffffff80000000);
    ck_assert(!g_array_index(stub->accesses, HetStubAccess, 1).has_pc);
    stub = g_ptr_array_index(stubs, 1);
    ck_assert_str_eq(het_stub_type_name(stub->type), "unassigned");
    ck_assert_uint_eq(stub->size, 0);
}
END_TEST

START_TEST(test_query_core_reads_all)
{
    g_autoptr(GPtrArray) cores = NULL;
    const HetCoreRegister *reg;
    const HetCoreInfo *core;

    fake_peer_expect(peer, "{\"execute\":\"query-core\"}", FALSE,
                     "{\"return\":[{\"cpu-index\":0,\"pc\":4,"
                     "\"lr\":18446744071562067968,\"sp\":8,"
                     "\"halted\":true,\"exception\":\"none\"},"
                     "{\"cpu-index\":1,\"pc\":4,\"lr\":5,\"sp\":8,"
                     "\"halted\":false,\"exception\":\"HardFault\","
                     "\"fault\":{\"exception\":\"HardFault\",\"pc\":16,"
                     "\"lr\":17,\"address\":1140850688,\"repeats\":3,"
                     "\"stuck\":true,\"causes\":[\"a\",\"b\"],"
                     "\"registers\":[{\"name\":\"CFSR\","
                     "\"value\":33280}]}}]}");
    cores = het_qmp_query_core(qmp, NULL);
    ck_assert_ptr_nonnull(cores);
    ck_assert_uint_eq(cores->len, 2);
    core = g_ptr_array_index(cores, 0);
    ck_assert(core->halted);
    ck_assert_ptr_null(core->fault);
    ck_assert_uint_eq(core->lr, 0xffffffff80000000);
    core = g_ptr_array_index(cores, 1);
    ck_assert_uint_eq(core->index, 1);
    ck_assert_str_eq(core->exception, "HardFault");
    ck_assert_ptr_nonnull(core->fault);
    ck_assert(core->fault->stuck);
    ck_assert(core->fault->has_address);
    ck_assert_uint_eq(core->fault->address, 0x44000000);
    ck_assert_uint_eq(core->fault->pc, 16);
    ck_assert_uint_eq(core->fault->lr, 17);
    ck_assert_uint_eq(core->fault->repeats, 3);
    ck_assert_uint_eq(core->fault->causes->len, 2);
    ck_assert_str_eq(g_ptr_array_index(core->fault->causes, 1), "b");
    ck_assert_uint_eq(core->fault->registers->len, 1);
    reg = &g_array_index(core->fault->registers, HetCoreRegister, 0);
    ck_assert_str_eq(reg->name, "CFSR");
    ck_assert_uint_eq(reg->value, 0x8200);
}
END_TEST

START_TEST(test_old_emulator_is_named)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-stubs\"}", FALSE,
                     "{\"error\":{\"class\":\"CommandNotFound\","
                     "\"desc\":\"The command query-stubs has not been "
                     "found\"}}");
    ck_assert_ptr_null(het_qmp_query_stubs(qmp, &error));
    assert_error(error, HET_ERROR_EMULATOR,
                 "no command 'query-stubs': it is older");
}
END_TEST

START_TEST(test_query_thread)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-cpus-fast\"}", FALSE,
                     "{\"return\":[{\"thread-id\":4711},{}]}");
    ck_assert_uint_eq(het_qmp_query_thread(qmp, NULL), 4711);
    fake_peer_expect(peer, "{\"execute\":\"query-cpus-fast\"}", FALSE,
                     "{\"return\":[]}");
    ck_assert_uint_eq(het_qmp_query_thread(qmp, &error), 0);
    assert_error(error, HET_ERROR_FAILED, "'return' is not an object");
}
END_TEST

static const struct {
    const char *reply;
    const char *message;
} hostile_any[] = {
    { "", "'reply' is not an object" },
    { "{", "'reply' is not an object" },
    { "null", "'reply' is not an object" },
    { "[]", "'reply' is not an object" },
    { "7", "'reply' is not an object" },
    { "{}", "member 'return' is missing" },
    { "{\"error\":7}", "'error' is not an object" },
    { "{\"error\":{}}", "member 'desc' is missing" },
    { "{\"error\":{\"desc\":7}}", "member 'desc' is not a string" },
    { "{\"error\":{\"desc\":null}}", "member 'desc' is not a string" },
};

static const struct {
    const char *value;
    const char *message;
} hostile_slave[] = {
    { "null", "'return' is not an object" },
    { "[]", "'return' is not an object" },
    { "{}", "member 'state' is missing" },
    { "{\"state\":7}", "member 'state' is not a string" },
    { "{\"state\":\"flying\"}", "unknown value 'flying'" },
    { "{\"state\":\"held\"}", "member 'released' is missing" },
    { "{\"state\":\"held\",\"released\":\"yes\"}",
      "member 'released' is not a boolean" },
    { "{\"state\":\"held\",\"released\":false}",
      "member 'boots' is missing" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":-1}",
      "member 'boots' is out of range" },
    { "{\"state\":\"held\",\"released\":false,"
      "\"boots\":99999999999999999999}", "member 'boots' is out of range" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":1e30}",
      "member 'boots' is not a whole number" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":\"1\"}",
      "member 'boots' is not a whole number" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0}",
      "member 'windows' is missing" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,\"entry\":{}}",
      "member 'entry' is not a whole number" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"reason\":[1]}", "member 'reason' is not a string" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"resource-table\":4294967296}",
      "member 'resource-table' is out of range" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"stops\":{}}", "'stops' is not an array" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"stops\":[7]}", "'stops' is not an object" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"stops\":[{\"reason\":\"x\"}]}", "member 'count' is missing" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"windows\":{}}", "'windows' is not an array" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"windows\":[7]}", "'windows' is not an object" },
    { "{\"state\":\"held\",\"released\":false,\"boots\":0,"
      "\"windows\":[{\"id\":\"x\",\"size\":1,\"attached\":true}]}",
      "member 'offset' is missing" },
};

static const struct {
    const char *reply;
    const char *message;
} hostile_idm[] = {
    { "{\"return\":{}}", "'return' is not an array" },
    { "{\"return\":[7]}", "'return' is not an object" },
    { "{\"return\":[{}]}", "member 'id' is missing" },
    { IDM("7"), "'links' is not an object" },
    { IDM("{}"), "member 'peer' is missing" },
    { IDM("{\"peer\":\"m4\",\"state\":\"odd\"}"), "unknown value 'odd'" },
    { IDM(LINK("\"sent\":-3")), "member 'sent' is out of range" },
    { IDM(LINK("\"sent\":0,\"received\":0,\"coalesced\":0,"
               "\"pending-in\":4294967296")),
      "member 'pending-in' is out of range" },
    { IDM(LINK(COUNTERS ",\"peer-core\":7")),
      "member 'peer-core' is not a string" },
    { "{\"return\":[{\"id\":\"i\",\"model\":\"idm\",\"channels\":6,"
      "\"links\":null}]}", "'links' is not an array" },
};

#define STUB(members) "{\"return\":[{\"id\":\"rcc\",\"type\":\"stub\"," \
                      "\"addr\":0,\"size\":4" members "}]}"
#define ACCESS(members) STUB(",\"dropped\":0,\"accesses\":[{" members "}]")

static const struct {
    const char *reply;
    const char *message;
} hostile_stubs[] = {
    { "{\"return\":{}}", "'return' is not an array" },
    { "{\"return\":[null]}", "'return' is not an object" },
    { "{\"return\":[{\"id\":\"rcc\",\"type\":\"odd\"}]}",
      "unknown value 'odd'" },
    { STUB(""), "member 'dropped' is missing" },
    { STUB(",\"dropped\":-1"), "member 'dropped' is out of range" },
    { STUB(",\"dropped\":0"), "member 'accesses' is missing" },
    { STUB(",\"dropped\":0,\"accesses\":{}"),
      "'accesses' is not an array" },
    { STUB(",\"dropped\":0,\"accesses\":[1]"),
      "'accesses' is not an object" },
    { ACCESS(""), "member 'address' is missing" },
    { ACCESS("\"address\":\"0\""),
      "member 'address' is not a whole number" },
    { ACCESS("\"address\":0,\"reads\":-1"),
      "member 'reads' is out of range" },
    { ACCESS("\"address\":0,\"reads\":0,\"writes\":0,\"pc\":[]"),
      "member 'pc' is not a whole number" },
};

#define CORE(members) "{\"return\":[{\"cpu-index\":0,\"pc\":0,\"lr\":0," \
                      "\"sp\":0,\"halted\":false," members "}]}"
#define CORE_FAULT(members) CORE("\"exception\":\"x\",\"fault\":{" \
                                 members "}")
#define CORE_FAULT_FIELDS "\"exception\":\"x\",\"pc\":0,\"lr\":0," \
                          "\"repeats\":1,\"stuck\":true"

static const struct {
    const char *reply;
    const char *message;
} hostile_core[] = {
    { "{\"return\":{}}", "'return' is not an array" },
    { "{\"return\":[0]}", "'return' is not an object" },
    { "{\"return\":[{\"cpu-index\":-1}]}",
      "member 'cpu-index' is out of range" },
    { CORE("\"exception\":7"), "member 'exception' is not a string" },
    { CORE("\"exception\":\"x\",\"fault\":null"),
      "'fault' is not an object" },
    { CORE_FAULT(""), "member 'exception' is missing" },
    { CORE_FAULT("\"exception\":\"x\",\"pc\":0,\"lr\":0,"
                 "\"repeats\":-1"), "member 'repeats' is out of range" },
    { CORE_FAULT(CORE_FAULT_FIELDS ",\"address\":\"0\""),
      "member 'address' is not a whole number" },
    { CORE_FAULT(CORE_FAULT_FIELDS), "member 'causes' is missing" },
    { CORE_FAULT(CORE_FAULT_FIELDS ",\"causes\":[1]"),
      "'causes' has something that is not a string" },
    { CORE_FAULT(CORE_FAULT_FIELDS ",\"causes\":[]"),
      "member 'registers' is missing" },
    { CORE_FAULT(CORE_FAULT_FIELDS ",\"causes\":[],\"registers\":[{}]"),
      "member 'name' is missing" },
};

START_TEST(test_hostile_reply_to_query_core)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-core\"}", FALSE,
                     hostile_core[_i].reply);
    ck_assert_ptr_null(het_qmp_query_core(qmp, &error));
    assert_error(error, HET_ERROR_FAILED, hostile_core[_i].message);
}
END_TEST

START_TEST(test_hostile_reply_to_query_stubs)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-stubs\"}", FALSE,
                     hostile_stubs[_i].reply);
    ck_assert_ptr_null(het_qmp_query_stubs(qmp, &error));
    assert_error(error, HET_ERROR_FAILED, hostile_stubs[_i].message);
}
END_TEST

START_TEST(test_hostile_reply_to_any)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"slave-reset\"}", FALSE,
                     hostile_any[_i].reply);
    ck_assert(!het_qmp_slave_reset(qmp, &error));
    assert_error(error, HET_ERROR_FAILED, hostile_any[_i].message);
}
END_TEST

START_TEST(test_hostile_reply_to_query_slave)
{
    g_autofree char *reply = g_strdup_printf("{\"return\":%s}",
                                             hostile_slave[_i].value);
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-slave\"}", FALSE, reply);
    ck_assert_ptr_null(het_qmp_query_slave(qmp, &error));
    assert_error(error, HET_ERROR_FAILED, hostile_slave[_i].message);
}
END_TEST

START_TEST(test_hostile_reply_to_query_idm)
{
    GError *error = NULL;

    fake_peer_expect(peer, "{\"execute\":\"query-idm\"}", FALSE,
                     hostile_idm[_i].reply);
    ck_assert_ptr_null(het_qmp_query_idm(qmp, &error));
    assert_error(error, HET_ERROR_FAILED, hostile_idm[_i].message);
}
END_TEST

static const struct {
    const char *text;
    gint64 value;
} numbers[] = {
    { "0", 0 },
    { "-1", -1 },
    { "9223372036854775807", G_MAXINT64 },
    { "9223372036854775808", G_MININT64 },
    { "18446744071562067968", (gint64)0xffffffff80000000 },
    { "18446744073709551615", -1 },
    { "99999999999999999999", -1 },
    { "-9223372036854775808", G_MININT64 },
    { "-9223372036854775809", G_MININT64 },
    { "-18446744073709551615", G_MININT64 },
};

START_TEST(test_numbers_keep_their_64_bits)
{
    g_autofree char *list = g_strdup_printf("{\"\\\"1\":[1.5,%s]}",
                                            numbers[_i].text);
    g_autoptr(JsonNode) one = het_json_parse(numbers[_i].text);
    g_autoptr(JsonNode) many = het_json_parse(list);
    JsonArray *array;

    ck_assert(one && JSON_NODE_HOLDS_VALUE(one));
    ck_assert(json_node_get_value_type(one) == G_TYPE_INT64);
    ck_assert_int_eq(json_node_get_int(one), numbers[_i].value);
    ck_assert(many && JSON_NODE_HOLDS_OBJECT(many));
    array = json_object_get_array_member(json_node_get_object(many), "\"1");
    ck_assert_int_eq(json_array_get_int_element(array, 1), numbers[_i].value);
}
END_TEST

static const char *const other_numbers[] = {
    "99999999999999999999.5", "-1.99999999999999999999",
    "99999999999999999999e1", "1e-18446744073709551615",
};

START_TEST(test_other_numbers_are_no_integers)
{
    g_autoptr(JsonNode) node = het_json_parse(other_numbers[_i]);

    ck_assert(node && json_node_get_value_type(node) == G_TYPE_DOUBLE);
}
END_TEST

START_TEST(test_digits_of_strings_stay)
{
    g_autoptr(JsonNode) node =
        het_json_parse("\"\\\\18446744073709551615\\\"18446744073709551615\"");

    ck_assert(node && json_node_get_value_type(node) == G_TYPE_STRING);
    ck_assert_str_eq(json_node_get_string(node),
                     "\\18446744073709551615\"18446744073709551615");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("qmp");
    TCase *tests = tcase_create("wrappers");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_getfd_sends_descriptor);
    tcase_add_test(tests, test_hold_monitor_passes_a_socket);
    tcase_add_test(tests, test_hold_monitor_of_an_old_emulator);
    tcase_add_test(tests, test_slave_commands_as_documented);
    tcase_add_test(tests, test_idm_commands_as_documented);
    tcase_add_test(tests, test_error_reply_names_command);
    tcase_add_test(tests, test_lost_transport_names_command);
    tcase_add_test(tests, test_query_slave_reads_all);
    tcase_add_test(tests, test_query_idm_reads_all);
    tcase_add_test(tests, test_query_stubs_reads_all);
    tcase_add_test(tests, test_query_core_reads_all);
    tcase_add_test(tests, test_old_emulator_is_named);
    tcase_add_test(tests, test_query_thread);
    tcase_add_loop_test(tests, test_hostile_reply_to_query_stubs, 0,
                        G_N_ELEMENTS(hostile_stubs));
    tcase_add_loop_test(tests, test_hostile_reply_to_query_core, 0,
                        G_N_ELEMENTS(hostile_core));
    tcase_add_loop_test(tests, test_hostile_reply_to_any, 0,
                        G_N_ELEMENTS(hostile_any));
    tcase_add_loop_test(tests, test_hostile_reply_to_query_slave, 0,
                        G_N_ELEMENTS(hostile_slave));
    tcase_add_loop_test(tests, test_hostile_reply_to_query_idm, 0,
                        G_N_ELEMENTS(hostile_idm));
    tcase_add_loop_test(tests, test_numbers_keep_their_64_bits, 0,
                        G_N_ELEMENTS(numbers));
    tcase_add_loop_test(tests, test_other_numbers_are_no_integers, 0,
                        G_N_ELEMENTS(other_numbers));
    tcase_add_test(tests, test_digits_of_strings_stay);
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
