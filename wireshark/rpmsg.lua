-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Wireshark dissector of rpmsg: what 'hetctl trace SOC --format pcapng' writes
--
--     wireshark -X lua_script:rpmsg.lua trace.pcapng
--
-- or in Wireshark's folder of personal Lua plugins. A packet is a message with
-- the header of Linux' drivers/rpmsg/virtio_rpmsg_bus.c, little endian; its
-- link type is USER0.

local rpmsg = Proto("rpmsg", "Remote Processor Messaging")

local HEADER_SIZE = 16
local NAME_SERVICE = 0x35
local NAME_SIZE = 32
local NS_SIZE = NAME_SIZE + 8
local NS_FLAGS = { [0] = "announces", [1] = "takes back" }

local f = {
    src = ProtoField.uint32("rpmsg.src", "Source", base.HEX),
    dst = ProtoField.uint32("rpmsg.dst", "Destination", base.HEX),
    reserved = ProtoField.uint32("rpmsg.reserved", "Reserved", base.HEX),
    len = ProtoField.uint16("rpmsg.len", "Length", base.DEC),
    flags = ProtoField.uint16("rpmsg.flags", "Flags", base.HEX),
    data = ProtoField.bytes("rpmsg.data", "Data"),
    ns_name = ProtoField.string("rpmsg.ns.name", "Name"),
    ns_addr = ProtoField.uint32("rpmsg.ns.addr", "Address", base.HEX),
    ns_flags = ProtoField.uint32("rpmsg.ns.flags", "Flags", base.HEX,
                                 NS_FLAGS),
}
rpmsg.fields = f

local e = {
    short = ProtoExpert.new("rpmsg.short", "Message is shorter than it says",
                            expert.group.MALFORMED, expert.severity.WARN),
}
rpmsg.experts = e

-- Other dissectors may take what is sent to or from an address.
local by_address = DissectorTable.new("rpmsg.address", "rpmsg address",
                                      ftypes.UINT32, base.HEX, rpmsg)

local function dissect_name_service(tvb, tree, info)
    local name = tvb(0, NAME_SIZE):stringz()
    local address = tvb(NAME_SIZE, 4):le_uint()
    local flags = tvb(NAME_SIZE + 4, 4):le_uint()
    local branch = tree:add(rpmsg, tvb(), "Name service")

    branch:add(f.ns_name, tvb(0, NAME_SIZE), name)
    branch:add_le(f.ns_addr, tvb(NAME_SIZE, 4))
    branch:add_le(f.ns_flags, tvb(NAME_SIZE + 4, 4))
    info.cols.info:append(string.format(", %s '%s' at 0x%x",
                                        NS_FLAGS[flags % 2], name, address))
end

local function dissect_payload(tvb, info, tree, branch, src, dst)
    local other = by_address:get_dissector(dst) or
                  by_address:get_dissector(src)

    if dst == NAME_SERVICE and tvb:len() == NS_SIZE then
        dissect_name_service(tvb, branch, info)
    elseif other then
        other:call(tvb, info, tree)
    else
        branch:add(f.data, tvb())
    end
end

function rpmsg.dissector(tvb, info, tree)
    if tvb:captured_len() < HEADER_SIZE then
        return 0
    end
    local src, dst = tvb(0, 4):le_uint(), tvb(4, 4):le_uint()
    local len = tvb(12, 2):le_uint()
    local branch = tree:add(rpmsg, tvb(), string.format(
        "rpmsg, 0x%x to 0x%x, %d bytes", src, dst, len))

    info.cols.protocol = "rpmsg"
    info.cols.src = string.format("0x%x", src)
    info.cols.dst = string.format("0x%x", dst)
    info.cols.info = string.format("0x%x to 0x%x, %d bytes", src, dst, len)
    branch:add_le(f.src, tvb(0, 4))
    branch:add_le(f.dst, tvb(4, 4))
    branch:add_le(f.reserved, tvb(8, 4))
    branch:add_le(f.len, tvb(12, 2))
    branch:add_le(f.flags, tvb(14, 2))

    local there = math.min(len, tvb:captured_len() - HEADER_SIZE)
    if there < len then
        branch:add_proto_expert_info(e.short)
    end
    if there > 0 then
        dissect_payload(tvb(HEADER_SIZE, there):tvb(), info, tree, branch, src,
                        dst)
    end
    return tvb:captured_len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, rpmsg)
