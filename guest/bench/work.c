/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "work.h"
#include <stddef.h>

#define NODES       48
#define SIZE        10
#define POLYNOMIAL  0xedb88320u

struct node {
    struct node *next;
    uint32_t key;
};

static struct node nodes[NODES];
static int16_t left[SIZE][SIZE], right[SIZE][SIZE];
static int32_t product[SIZE][SIZE];

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static uint32_t checksum(uint32_t sum, uint32_t word)
{
    unsigned bit;

    sum ^= word;
    for (bit = 0; bit < 32; bit++) {
        sum = sum & 1 ? (sum >> 1) ^ POLYNOMIAL : sum >> 1;
    }
    return sum;
}

/* The list, which is not in the order of memory, from the smallest key on */
static struct node *sorted(struct node *unsorted)
{
    struct node *head = NULL;

    while (unsorted) {
        struct node *node = unsorted, **at = &head;

        unsorted = unsorted->next;
        while (*at && (*at)->key <= node->key) {
            at = &(*at)->next;
        }
        node->next = *at;
        *at = node;
    }
    return head;
}

static uint32_t lists(uint32_t *random)
{
    struct node *node, *head = NULL;
    uint32_t sum = 0;
    unsigned i;

    for (i = 0; i < NODES; i++) {
        node = &nodes[i * 7 % NODES];
        node->key = next_random(random) & 0xffff;
        node->next = head;
        head = node;
    }
    i = 0;
    for (node = sorted(head); node; node = node->next) {
        sum += node->key * ++i;
    }
    return sum;
}

static uint32_t matrices(uint32_t *random)
{
    unsigned i, j, k;
    uint32_t sum = 0;

    for (i = 0; i < SIZE; i++) {
        for (j = 0; j < SIZE; j++) {
            left[i][j] = next_random(random);
            right[i][j] = next_random(random);
        }
    }
    for (i = 0; i < SIZE; i++) {
        for (j = 0; j < SIZE; j++) {
            product[i][j] = 0;
            for (k = 0; k < SIZE; k++) {
                product[i][j] += (left[i][k] * right[k][j]) >> 4;
            }
            sum ^= (uint32_t)product[i][j] << (j & 7);
        }
    }
    return sum;
}

enum state { BETWEEN, SIGN, DECIMAL, HEXADECIMAL, WRONG };

static enum state after(enum state state, char c, uint32_t *number)
{
    switch (state) {
    case BETWEEN:
    case SIGN:
        if (c == '-' && state == BETWEEN) {
            return SIGN;
        }
        if (c == 'x') {
            return HEXADECIMAL;
        }
        if (c >= '0' && c <= '9') {
            *number = c - '0';
            return DECIMAL;
        }
        return WRONG;
    case DECIMAL:
        if (c >= '0' && c <= '9') {
            *number = *number * 10 + (c - '0');
            return DECIMAL;
        }
        return WRONG;
    case HEXADECIMAL:
        if (c >= '0' && c <= '9') {
            *number = *number * 16 + (c - '0');
            return HEXADECIMAL;
        }
        if (c >= 'a' && c <= 'f') {
            *number = *number * 16 + (c - 'a' + 10);
            return HEXADECIMAL;
        }
        return WRONG;
    default:
        return WRONG;
    }
}

static uint32_t texts(uint32_t first)
{
    static const char text[] = "17 -4 x1f 0 k9 88123 -x3 --2 4096 xffe0 7a -1 "
                               "512 x 30000 -77 x2a 6";
    enum state state = BETWEEN;
    uint32_t number = 0, sum = first;
    const char *c;

    for (c = text; *c; c++) {
        if (*c == ' ') {
            sum = sum * 31 + (state == WRONG ? 1 : number);
            state = BETWEEN;
            number = 0;
        } else {
            state = after(state, *c, &number);
        }
    }
    return sum + number;
}

uint32_t work(uint32_t count)
{
    uint32_t random = 1, sum = ~0u, i;

    for (i = 0; i < count; i++) {
        sum = checksum(sum, lists(&random));
        sum = checksum(sum, matrices(&random));
        sum = checksum(sum, texts(i));
    }
    return sum;
}
