/*
 * STM32MP157 as its Cortex-M4 sees it: addresses, registers, interrupts
 * (RM0436). Sources and who else touches what: docs/stm32mp157.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHIP_H
#define CHIP_H

#include "cpu.h"

#define REG16(addr) (*(volatile uint16_t *)(uintptr_t)(addr))

#define HSI_HZ          64000000u
#define CSI_HZ          4000000u
#define HSE_HZ          24000000u       /* quartz of the discovery board */

/* Memories */
#define RETRAM          0x00000000u
#define SRAM_CODE       0x10000000u
#define SRAM_DATA       0x10020000u
#define SRAM_SHARED     0x10040000u     /* rings and buffers */
#define SRAM_ALIAS      0x30000000u

/* Reset and clock control */
#define RCC             0x50000000u
#define RCC_HSICFGR     (RCC + 0x018)
#define RCC_MSSCKSELR   (RCC + 0x048)
#define RCC_OCRDYR      (RCC + 0x808)
#define RCC_RCK3SELR    (RCC + 0x820)
#define RCC_TIMG1PRER   (RCC + 0x828)
#define RCC_MCUDIVR     (RCC + 0x830)
#define RCC_APB1DIVR    (RCC + 0x834)
#define RCC_PLL3CR      (RCC + 0x880)
#define RCC_PLL3CFGR1   (RCC + 0x884)
#define RCC_PLL3CFGR2   (RCC + 0x888)
#define RCC_PLL3FRACR   (RCC + 0x88c)
#define RCC_UART35CKSELR (RCC + 0x8ec)
#define RCC_UART78CKSELR (RCC + 0x8f0)
#define RCC_MC_APB1ENSETR (RCC + 0xa80)
#define RCC_MC_APB3ENSETR (RCC + 0xa90)
#define RCC_MC_AHB3ENSETR (RCC + 0xaa0)
#define RCC_MC_AHB4ENSETR (RCC + 0xaa8)
#define RCC_READY       (1u << 31)      /* of selectors and dividers */
#define RCC_PLL_READY   (1u << 1)
#define RCC_OCRDYR_HSI  (1u << 0)
#define RCC_OCRDYR_HSE  (1u << 8)
#define APB1_TIM2       (1u << 0)
#define APB1_USART3     (1u << 15)
#define APB1_UART7      (1u << 18)
#define APB3_SYSCFG     (1u << 11)
#define AHB3_HSEM       (1u << 11)
#define AHB3_IPCC       (1u << 12)

/* Power control */
#define PWR_MCUCR       0x50001014u
#define PWR_MCUCR_PDDS  (1u << 0)

/* System configuration, debug */
#define SYSCFG_BOOTR    0x50020000u
#define BOOTR_PINS      7u
#define BOOTR_ENGINEERING 4u
#define DBGMCU_IDCODE   0x50081000u

/* Ports A to K */
#define GPIO(port)      (0x50002000u + (port) * 0x1000u)
#define GPIO_MODER      0x00
#define GPIO_OTYPER     0x04
#define GPIO_OSPEEDR    0x08
#define GPIO_PUPDR      0x0c
#define GPIO_BSRR       0x18
#define GPIO_AFR        0x20

/* Extended interrupts: the M4 is processor 2 */
#define EXTI            0x5000d000u
#define EXTI_RTSR1      (EXTI + 0x00)
#define EXTI_FTSR1      (EXTI + 0x04)
#define EXTI_FPR1       (EXTI + 0x10)
#define EXTI_CR(line)   (EXTI + 0x60 + (line) / 4 * 4)
#define EXTI_C2IMR(n)   (EXTI + 0xc0 + ((n) - 1) * 0x10)
#define EXTI_C2EMR(n)   (EXTI + 0xc4 + ((n) - 1) * 0x10)

/* Hardware semaphores */
#define HSEM_R(n)       (0x4c000000u + (n) * 4)
#define HSEM_RLR(n)     (0x4c000080u + (n) * 4)
#define HSEM_LOCK       (1u << 31)
#define HSEM_COREID_M4  (2u << 8)

/* Inter-processor communication: the M4 is processor 2 */
#define IPCC            0x4c001000u
#define IPCC_C1TOC2SR   (IPCC + 0x0c)
#define IPCC_C2CR       (IPCC + 0x10)
#define IPCC_C2MR       (IPCC + 0x14)
#define IPCC_C2SCR      (IPCC + 0x18)
#define IPCC_C2TOC1SR   (IPCC + 0x1c)
#define IPCC_HWCFGR     (IPCC + 0x3f0)
#define IPCC_CR_RXOIE   (1u << 0)
#define IPCC_CR_TXFIE   (1u << 16)
#define IPCC_TX_SHIFT   16

/* Timer 2 */
#define TIM2            0x40000000u
#define TIM_CR1         0x00
#define TIM_CR1_CEN     (1u << 0)
#define TIM_DIER        0x0c
#define TIM_SR          0x10
#define TIM_UI          (1u << 0)       /* of DIER, SR, EGR */
#define TIM_EGR         0x14
#define TIM_PSC         0x28
#define TIM_ARR         0x2c

/* UARTs; a register that ST's header declares as a half-word is one here */
#define USART3          0x4000f000u
#define UART7           0x40018000u
#define USART_CR1       0x00
#define USART_CR1_UE    (1u << 0)
#define USART_CR1_RE    (1u << 2)
#define USART_CR1_TE    (1u << 3)
#define USART_CR1_RXNEIE (1u << 5)
#define USART_CR1_TXEIE (1u << 7)
#define USART_CR2       0x04
#define USART_CR3       0x08
#define USART_BRR       0x0c
#define USART_RQR       0x18
#define USART_RQR_RXFRQ (1u << 3)
#define USART_ISR       0x1c
#define USART_ISR_ORE   (1u << 3)
#define USART_ISR_RXNE  (1u << 5)
#define USART_ISR_TC    (1u << 6)
#define USART_ISR_TXE   (1u << 7)
#define USART_ISR_TEACK (1u << 21)
#define USART_ISR_REACK (1u << 22)
#define USART_ICR       0x20
#define USART_ICR_ALL   0x00123bffu
#define USART_RDR       0x24
#define USART_TDR       0x28
#define USART_PRESC     0x2c

/* Interrupts */
#define IRQ_TIM2        28
#define IRQ_USART3      39
#define IRQ_UART7       82
#define IRQ_IPCC_RX1    103
#define IRQ_IPCC_TX1    104
#define IRQ_EXTI14      121

#endif
