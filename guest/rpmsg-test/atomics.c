/*
 * Adds to the counter that the firmware 'atomics' adds to at the same time
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rpmsg-test.h"
#include "atomics.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEFAULT_COUNT 10000000
#define PAGE 4096
#define PATIENCE_S 300

static volatile struct atomics *map_counter(void)
{
    int fd = open("/dev/mem", O_RDWR | O_SYNC);
    void *p = fd < 0 ? MAP_FAILED :
              mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                   ATOMICS_ADDR);

    if (p == MAP_FAILED) {
        perror("rpmsg-test: /dev/mem");
        exit(BROKEN);
    }
    return p;
}

static void add(volatile uint32_t *counter, uint32_t count)
{
    uint32_t value, failed;

    while (count--) {
        do {
            __asm__ volatile("ldrex %0, [%1]"
                             : "=&r"(value) : "r"(counter) : "memory");
            __asm__ volatile("strex %0, %1, [%2]"
                             : "=&r"(failed)
                             : "r"(value + 1), "r"(counter) : "memory");
        } while (failed);
    }
}

static int wait_done(volatile struct atomics *a, uint32_t count)
{
    int i;

    for (i = 0; i < PATIENCE_S * 10 && a->done != count; i++) {
        usleep(100000);
    }
    __sync_synchronize();
    return a->done == count;
}

/*
 * Additions of the one that ended last, made while the other still ran: what
 * each saw in the counter at its end, without its own.
 */
static uint32_t overlap(uint32_t count, uint32_t seen, uint32_t firmware_seen)
{
    return (seen < firmware_seen ? seen : firmware_seen) - count;
}

int run_atomics(int argc, char **argv)
{
    uint32_t count = argc > 1 ? number(argv[1], INT32_MAX) : DEFAULT_COUNT;
    volatile struct atomics *a = map_counter();
    uint32_t seen, sum;

    if (a->ready != ATOMICS_READY) {
        fprintf(stderr, "rpmsg-test: firmware 'atomics' does not run\n");
        return BROKEN;
    }
    a->done = 0;
    a->counter = 0;
    __sync_synchronize();
    a->start = count;
    while (!a->counter) {
    }
    add(&a->counter, count);
    seen = a->counter;
    if (!wait_done(a, count)) {
        fprintf(stderr, "rpmsg-test: the firmware did not finish\n");
        return BROKEN;
    }
    sum = a->counter;
    printf("linux=%u firmware=%u overlapped=%u sum=%u expected=%u\n", count,
           count, overlap(count, seen, a->seen), sum, 2 * count);
    return sum == 2 * count ? OK : DIFFERENT;
}
