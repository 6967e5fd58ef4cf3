/*
 * Registers of the native interrupt distribution module (idm)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IDM_REGISTERS_H
#define IDM_REGISTERS_H

#define IDM_ID              0x000   /* reads IDM_ID_VALUE */
#define IDM_ID_VALUE        0x4d444948u
#define IDM_VERSION         0x004
#define IDM_CONFIG          0x008   /* channels, peers << 8, words << 16 */
#define IDM_PEERS           0x00c   /* mask of the peers that it knows */
#define IDM_LINKED          0x010   /* mask of those that are connected */
#define IDM_CTRL            0x014
#define IDM_CTRL_IE         (1u << 0)
#define IDM_IRQ             0x018   /* mask of the peers that interrupt */

/* A block of registers for each peer */
#define IDM_PEER(n)         (0x800 + (n) * 0x80)
#define IDM_STATUS          0x00
#define IDM_STATUS_LINKED   (1u << 0)
#define IDM_STATUS_BOOT     (1u << 1)   /* it obeys our boot line */
#define IDM_STATUS_CORE(x)  ((x) >> 8 & 0xf)
#define IDM_BOOTS           0x04
#define IDM_BOOT            0x08    /* write 1: release its core */
#define IDM_RESET           0x0c    /* write 1: its core into reset */
#define IDM_TX_PEND         0x10    /* write: ring; read: not yet taken */
#define IDM_TX_FREE         0x14
#define IDM_TX_IE           0x18
#define IDM_RX_PEND         0x20    /* read: rung by the peer; write: take */
#define IDM_RX_STAT         0x24    /* RX_PEND & RX_IE */
#define IDM_RX_IE           0x28
#define IDM_EV              0x30    /* write 1 clears */
#define IDM_EV_CRASH        (1u << 0)
#define IDM_EV_LOST         (1u << 1)
#define IDM_EV_UP           (1u << 2)
#define IDM_EV_IE           0x34
#define IDM_TX_CHAN         0x40    /* the channel of TX_DATA */
#define IDM_RX_CHAN         0x44
#define IDM_TX_DATA(n)      (0x50 + (n) * 4)
#define IDM_RX_DATA(n)      (0x60 + (n) * 4)
#define IDM_NAME(n)         (0x70 + (n) * 4)

#endif
