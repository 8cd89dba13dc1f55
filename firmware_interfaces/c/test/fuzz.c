/*
 * Whatever comes over the wire, codec and device core keep their promises. Run with sanitizers.
 *
 *     fuzz SECONDS SEED       own mutations of good frames
 *     -DFUZZ_WITH_LIBFUZZER   build as a libFuzzer target instead
 */
#include "tsl_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROMISE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: broken: %s\n", __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read can be written, and means the same again. */
static void write_again(const tsl_message *message) {
    uint8_t first[TSL_LONGEST_FRAME];
    uint8_t second[TSL_LONGEST_FRAME];
    tsl_decoder decoder;
    tsl_message again;
    tsl_verdict verdict;
    const size_t size = tsl_encode(message, first);
    if (message->type <= TSL_COMMAND_LAST && message->type > TSL_COMMAND_UNTARE)
        PROMISE(size == 2 + TSL_FRAMING);
    PROMISE(size > TSL_FRAMING && size <= TSL_LONGEST_FRAME);
    PROMISE(memchr(first, 0, size) == first + size - 1);
    tsl_decoder_init(&decoder);
    PROMISE(tsl_receive(&decoder, first, size, &again, &verdict) == size);
    PROMISE(verdict == TSL_MESSAGE && again.type == message->type);
    PROMISE(tsl_encode(&again, second) == size && memcmp(first, second, size) == 0);
}

/* Bytes one by one and bytes in pieces lead to the same. */
static void read_both_ways(const uint8_t *data, size_t size) {
    tsl_decoder single;
    tsl_decoder pieces;
    tsl_message message;
    size_t i = 0;
    uint32_t refused = 0;
    tsl_decoder_init(&single);
    tsl_decoder_init(&pieces);
    while (i < size) {
        tsl_verdict verdict;
        const size_t piece = 1 + data[i] % 7u < size - i ? 1 + data[i] % 7u : size - i;
        const size_t taken = tsl_receive(&pieces, data + i, piece, &message, &verdict);
        size_t k;
        PROMISE(taken > 0 && taken <= piece);
        for (k = 0; k < taken; k++) {
            const tsl_verdict by_byte = tsl_receive_byte(&single, data[i + k], &message);
            PROMISE(by_byte == (k + 1 == taken ? verdict : TSL_PENDING));
        }
        refused += verdict >= TSL_OVERLONG;
        if (verdict == TSL_MESSAGE)
            write_again(&message);
        i += taken;
    }
    PROMISE(single.refused == refused && pieces.refused == refused);
}

/* A host that listens to a device whose sensor, button and memory do what the input says. */
typedef struct {
    uint32_t now_us;
    uint8_t mood;
    tsl_decoder heard;
    unsigned replies;
} bench;

static void hear(void *self, const uint8_t *bytes, size_t size) {
    bench *host = self;
    PROMISE(size <= TSL_LONGEST_FRAME);
    while (size-- > 0) {
        tsl_message message;
        const tsl_verdict verdict = tsl_receive_byte(&host->heard, *bytes++, &message);
        PROMISE(verdict == TSL_PENDING || verdict == TSL_MESSAGE);
        PROMISE(verdict == TSL_PENDING || message.type > TSL_COMMAND_LAST);
        host->replies += verdict == TSL_MESSAGE && message.type == TSL_REPLY;
    }
}

static tsl_sensor_state read_force(void *self, tsl_reading *reading) {
    const bench *host = self;
    reading->force_uN = (int32_t)(host->mood & 0x40 ? INT32_MAX : INT32_MIN) / (1 + host->mood % 9);
    reading->displacement_um = reading->force_uN >> (host->mood % 20);
    reading->acceleration_cm_s2 = (int16_t)-host->mood;
    reading->angle_cdeg = (int16_t)(host->mood * 257);
    reading->missed = host->mood & 0x80 ? 65535 : 0;
    return (tsl_sensor_state)(host->mood % 4);
}

static uint32_t clock_us(void *self) {
    return ((bench *)self)->now_us;
}

static int button(void *self) {
    return ((bench *)self)->mood & 1;
}

static int load_tare(void *self, int32_t *tare_uN) {
    (void)self;
    *tare_uN = INT32_MIN;
    return 1;
}

static int save_tare(void *self, int32_t tare_uN) {
    (void)tare_uN;
    return ((bench *)self)->mood % 5 != 0;
}

static uint32_t set_rate(void *self, uint32_t rate_mHz) {
    return ((bench *)self)->mood % 5 ? rate_mHz : 0;
}

static void battery(void *self, tsl_battery *state) {
    state->millivolt = ((bench *)self)->mood;
}

/* The device sends good frames only, and no more replies than there were commands. */
static void talk_to_a_device(const uint8_t *data, size_t size) {
    static const tsl_facts facts = {
        "Maker",
        "Model",
        "A serial number that is far longer than sixty-five bytes of text, "
        "cut",
        "",
        NULL,
        TSL_HAS_DISPLACEMENT | TSL_HAS_ANGLE,
        80000,
        1000000,
        {INT32_MIN, INT32_MAX, 1},
        {0, 0, 0},
    };
    bench host = {0};
    tsl_port port = {0};
    tsl_device device;
    tsl_decoder commands;
    tsl_message message;
    unsigned asked = 0;
    port.self = &host;
    port.read_force = read_force;
    port.clock_us = clock_us;
    port.send = hear;
    if (size % 2) {
        port.button = button;
        port.load_tare = load_tare;
        port.save_tare = save_tare;
        port.set_rate = set_rate;
        port.battery = battery;
    }
    tsl_decoder_init(&host.heard);
    tsl_decoder_init(&commands);
    tsl_device_init(&device, &port, &facts);
    while (size-- > 0) {
        host.mood = *data;
        host.now_us += *data * 200u;
        asked += tsl_receive_byte(&commands, *data, &message) == TSL_MESSAGE &&
                 message.type <= TSL_COMMAND_LAST;
        tsl_device_receive(&device, data++, 1);
        tsl_device_poll(&device);
        tsl_device_fault(&device, TSL_FAULT_LOW_BATTERY, host.mood & 2);
        PROMISE(host.replies <= asked && host.replies + 1 >= asked); /* a tare takes its time */
    }
    host.now_us += TSL_TARE_LONGEST_US;
    tsl_device_poll(&device);
    PROMISE(host.replies == asked);
    tsl_device_link_lost(&device);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *exact = malloc(size ? size : 1); /* so that one byte too many is seen */
    PROMISE(exact != NULL);
    if (size)
        memcpy(exact, data, size);
    read_both_ways(exact, size);
    talk_to_a_device(exact, size);
    free(exact);
    return 0;
}

#ifndef FUZZ_WITH_LIBFUZZER

static uint32_t state;

static uint32_t dice(uint32_t sides) { /* Marsaglia, Xorshift RNGs, 2003 */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % sides;
}

static size_t add_frame(uint8_t *to) {
    static const uint8_t types[] = {0x01, 0x02, 0x02, 0x03, 0x04, 0x04, 0x05, 0x06, 0x07, 0x0A,
                                    0x10, 0x11, 0x12, 0x13, 0x18, 0x19, 0x1C, 0x1D, 0x1E, 0x1F,
                                    0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x2F, 0x30, 0x80, 0x00};
    uint8_t message[TSL_LONGEST_MESSAGE];
    const size_t size = 1 + dice(dice(4) ? 17 : TSL_LONGEST_MESSAGE);
    size_t i;
    for (i = 1; i < size; i++)
        message[i] = (uint8_t)(dice(4) ? dice(256) : 0);
    message[0] = types[dice(sizeof types)];
    return tsl_frame(message, size, to);
}

/* Good frames, some of them with a byte changed, lost, put in or cut off; now and then only noise.
 */
static size_t make_input(uint8_t *input, size_t room) {
    size_t size = 0;
    while (size + 2 * TSL_LONGEST_ACCEPTED < room && dice(20)) {
        size_t frame = add_frame(input + size);
        uint8_t *at = input + size + dice((uint32_t)frame);
        switch (dice(12)) {
        case 0: *at = (uint8_t)dice(256); break;
        case 1: memmove(at, at + 1, (size_t)(input + size + --frame - at)); break;
        case 2: memmove(at + 1, at, (size_t)(input + size + frame++ - at)); break;
        case 3: frame = (size_t)(at - input) - size; break;
        case 4:
            for (frame = 0; frame < TSL_LONGEST_ACCEPTED + 9; frame++)
                input[size + frame] = (uint8_t)(1 + dice(255));
            break;
        default: break;
        }
        size += frame;
    }
    return size;
}

int main(int count, char **arguments) {
    const double seconds = count > 1 ? atof(arguments[1]) : 1.0;
    static uint8_t input[2048];
    unsigned long bytes = 0;
    clock_t begun = clock();
    state = count > 2 ? (uint32_t)strtoul(arguments[2], NULL, 10) | 1u : 1u;
    while ((double)(clock() - begun) / CLOCKS_PER_SEC < seconds) {
        const size_t size = make_input(input, sizeof input);
        LLVMFuzzerTestOneInput(input, size);
        bytes += size;
    }
    printf("%lu\n", bytes);
    return 0;
}

#endif
