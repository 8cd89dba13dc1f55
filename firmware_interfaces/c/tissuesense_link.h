/*
 * TissueSense Link 1.1: the reference codec.
 *
 * Copy tissuesense_link.h and tissuesense_link.c into your program; nothing else is needed. C99, no
 * library function, no allocation, no floating point, no global state: any number of decoders can
 * run at once, in an interrupt or out of it. The wire is described in PROTOCOL.md; the numbers in
 * brackets below are its sections. Both directions are here, so that a device, a host or a bridge
 * can be built on it.
 *
 * To send, fill in a message and write out its frame:
 *
 *     tsl_message message = {.type = TSL_SAMPLE};
 *     message.as.sample.seq = seq++;
 *     message.as.sample.time_us = clock_us();
 *     message.as.sample.force_uN = 12500000;           // 12.5 N of pushing
 *     uint8_t frame[TSL_LONGEST_FRAME];
 *     uart_write(frame, tsl_encode(&message, frame));  // 0 bytes: it cannot be encoded
 *
 * To receive, feed what comes, in whatever pieces it comes:
 *
 *     tsl_decoder decoder;
 *     tsl_decoder_init(&decoder);                      // again for each new connection
 *     ...
 *     tsl_message message;
 *     if (tsl_receive_byte(&decoder, byte, &message) == TSL_MESSAGE) {
 *         switch (message.type) { case TSL_COMMAND_START: ... message.as.command.tag ... }
 *     }
 *
 * What a frame's CRC does not vouch for never becomes a message. Frames of kinds that later
 * versions may add are passed over, as the protocol asks for; decoder.refused counts the bad ones.
 *
 * Bytes of RAM where an int has four: a decoder 72, a message 24. A pointer given to these
 * functions must not be NULL.
 */
#ifndef TISSUESENSE_LINK_H
#define TISSUESENSE_LINK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version and sizes [2]. Enumerators, so that a debugger and other languages know them too. */
enum {
    TSL_VERSION_MAJOR = 1,
    TSL_VERSION_MINOR = 1,
    TSL_LONGEST_FRAME = 20,    /* what a sender of this version makes, the ending zero included */
    TSL_LONGEST_ACCEPTED = 64, /* what a receiver takes of any version, before the zero */
    TSL_LONGEST_MESSAGE = 61,  /* what such a frame can hold: type and payload, without CRC */
    TSL_FRAMING = 4,           /* what a frame is longer than its message: COBS 1, CRC 2, zero 1 */
    TSL_TEXT_PART = 13         /* bytes of text in one message */
};

/* Types of messages from the host [4]. All of 0x01 to 0x0F are commands and begin with a tag; one
 * that this version does not know is decoded too, so that a device can answer that it does not. */
enum {
    TSL_COMMAND_HELLO = 0x01,
    TSL_COMMAND_START = 0x02,
    TSL_COMMAND_STOP = 0x03,
    TSL_COMMAND_TARE = 0x04,
    TSL_COMMAND_RATE = 0x05,
    TSL_COMMAND_BATTERY = 0x06,
    TSL_COMMAND_UNTARE = 0x07,
    TSL_COMMAND_LAST = 0x0F
};

/* Types of messages from the device [3]. The type of a sample is TSL_SAMPLE plus what it has
 * beside the force: TSL_WITH_DISPLACEMENT, TSL_WITH_ACCELERATION and TSL_WITH_ANGLE, none, one or
 * two of them. */
enum {
    TSL_SAMPLE = 0x10,
    TSL_WITH_DISPLACEMENT = 0x01,
    TSL_WITH_ACCELERATION = 0x02,
    TSL_WITH_ANGLE = 0x0C, /* since 1.1 */
    TSL_MARKER = 0x18,
    TSL_FAULT = 0x19,
    TSL_HELLO = 0x20,
    TSL_RANGE = 0x21,
    TSL_TIP = 0x22,
    TSL_TEXT = 0x23,
    TSL_BATTERY = 0x24,
    TSL_TEMPERATURE = 0x25,
    TSL_REPLY = 0x2F
};

/* Bits of tsl_hello.capabilities. */
enum {
    TSL_HAS_DISPLACEMENT = 1 << 0,
    TSL_HAS_ACCELERATION = 1 << 1,
    TSL_HAS_TEMPERATURE = 1 << 2,
    TSL_HAS_TARE = 1 << 3,
    TSL_HAS_BUTTON = 1 << 4,
    TSL_HAS_BATTERY = 1 << 5,
    TSL_HAS_RATE = 1 << 6,
    TSL_KEEPS_TARE = 1 << 7,
    TSL_HAS_ANGLE = 1 << 8 /* since 1.1 */
};

/* tsl_fault.code */
enum {
    TSL_FAULT_OVERLOAD = 1,
    TSL_FAULT_SENSOR = 2,
    TSL_FAULT_LOW_BATTERY = 3,
    TSL_FAULT_CLOCK = 4
};

/* tsl_tip.shape */
enum { TSL_TIP_UNKNOWN = 0, TSL_TIP_FLAT = 1, TSL_TIP_ROUNDED = 2, TSL_TIP_HEMISPHERE = 3 };

/* tsl_text.what, and the bit of tsl_text.part that marks the last part */
enum {
    TSL_TEXT_MAKER = 1,
    TSL_TEXT_MODEL = 2,
    TSL_TEXT_SERIAL = 3,
    TSL_TEXT_FIRMWARE = 4,
    TSL_TEXT_CALIBRATION = 5,
    TSL_TEXT_LAST_PART = 0x80
};

/* tsl_reply.result */
enum {
    TSL_DONE = 0,
    TSL_UNKNOWN_COMMAND = 1,
    TSL_BAD_ARGUMENT = 2,
    TSL_NOT_NOW = 3,
    TSL_FAILED = 4
};

enum { TSL_PERCENT_UNKNOWN = 255 }; /* tsl_battery.percent */

/* Any command. */
typedef struct {
    uint8_t tag;       /* the host's choice; comes back in the reply */
    uint32_t rate_mHz; /* TSL_COMMAND_RATE only: samples per 1000 s */
} tsl_command;

typedef struct {
    uint16_t seq;               /* one more for each sample taken; starts again after 65535 */
    uint32_t time_us;           /* when it was taken; starts again after 2^32 - 1 */
    int32_t force_uN;           /* pushing is positive; less the tare */
    int32_t displacement_um;    /* grows with depth; -8388608 to 8388607; 0 where there is none */
    int16_t acceleration_cm_s2; /* 0 where there is none */
    int16_t angle_cdeg;         /* hundredths of a degree; 0 where there is none */
} tsl_sample;

typedef struct {
    uint8_t count; /* one more for each press; starts again after 255 */
    uint32_t time_us;
} tsl_marker;

typedef struct {
    uint8_t code;
    uint8_t state; /* 1: it began at time_us, 0: it is over */
    uint32_t time_us;
} tsl_fault;

typedef struct {
    uint8_t version_major;
    uint8_t version_minor;
    uint16_t capabilities;
    uint32_t rate_mHz;
    uint32_t fastest_mHz;
} tsl_hello;

typedef struct {
    int32_t least_uN;
    int32_t most_uN;
    uint32_t resolution_uN;
} tsl_range;

typedef struct {
    uint8_t shape;
    uint32_t area_mm2_1000;   /* 1 cm2 is 100000; 0: unknown */
    uint32_t area_u_mm2_1000; /* its standard uncertainty */
} tsl_tip;

typedef struct {
    uint8_t what;
    uint8_t part;   /* counts from 0; TSL_TEXT_LAST_PART is set in the last one */
    uint8_t length; /* 0 to TSL_TEXT_PART */
    uint8_t bytes[TSL_TEXT_PART];
} tsl_text;

typedef struct {
    uint8_t percent;
    uint16_t millivolt; /* 0: unknown */
} tsl_battery;

typedef struct {
    int16_t centi_celsius;
} tsl_temperature;

typedef struct {
    uint8_t tag;
    uint8_t command; /* the type that is answered */
    uint8_t result;
    int32_t value;
} tsl_reply;

/* One message of either direction: `type` says which member of `as` counts. */
typedef struct {
    uint8_t type;
    union {
        tsl_command command;
        tsl_sample sample;
        tsl_marker marker;
        tsl_fault fault;
        tsl_hello hello;
        tsl_range range;
        tsl_tip tip;
        tsl_text text;
        tsl_battery battery;
        tsl_temperature temperature;
        tsl_reply reply;
    } as;
} tsl_message;

/* What a received byte led to. All from TSL_OVERLONG on are refusals. */
typedef enum {
    TSL_PENDING = 0,  /* nothing yet: the frame goes on */
    TSL_MESSAGE = 1,  /* a message is there */
    TSL_IGNORED = 2,  /* a good frame of a type that this version does not know */
    TSL_OVERLONG = 3, /* more than TSL_LONGEST_ACCEPTED bytes; the rest of it is skipped silently */
    TSL_BAD_COBS = 4,
    TSL_BAD_CRC = 5,
    TSL_TOO_SHORT = 6 /* no room for a message, or a good one that lacks a part of its layout */
} tsl_verdict;

/* One direction of one conversation. Read `refused` as you like; leave the rest alone. */
typedef struct {
    uint32_t refused; /* frames refused so far; starts again after 2^32 - 1 */
    uint8_t used;
    uint8_t bytes[TSL_LONGEST_ACCEPTED];
} tsl_decoder;

/* Begin a conversation: no bytes so far, none refused. */
void tsl_decoder_init(tsl_decoder *decoder);

/*
 * Take one byte, of any value.
 *
 * `message` is filled in where the result is TSL_MESSAGE and is otherwise not to be read. The time
 * needed is largest at the end of a frame: some 600 steps of the CRC for the longest.
 */
tsl_verdict tsl_receive_byte(tsl_decoder *decoder, uint8_t byte, tsl_message *message);

/*
 * Take bytes up to the first one that leads to something, and say what in `*verdict`.
 *
 * Returns how many of the `size` bytes were taken: call again with the rest until none is left.
 *
 *     while (size > 0) {
 *         size_t taken = tsl_receive(&decoder, bytes, size, &message, &verdict);
 *         if (verdict == TSL_MESSAGE) { ... }
 *         bytes += taken;
 *         size -= taken;
 *     }
 *
 * With `size` 0 it returns 0 and the verdict is TSL_PENDING.
 */
size_t tsl_receive(tsl_decoder *decoder, const uint8_t *bytes, size_t size, tsl_message *message,
                   tsl_verdict *verdict);

/*
 * Write a message's frame, its ending zero included.
 *
 * Returns the length of the frame, 5 to TSL_LONGEST_FRAME bytes, or 0 where the message cannot be
 * encoded: its type is none of the above, a displacement does not fit 24 bits, or a text is longer
 * than TSL_TEXT_PART. Members that the type does not use are not looked at.
 */
size_t tsl_encode(const tsl_message *message, uint8_t frame[TSL_LONGEST_FRAME]);

/*
 * Frame the bytes of a message, for messages that this version does not know.
 *
 * `message` begins with the type and has `size` bytes, 1 to TSL_LONGEST_MESSAGE; `frame` has room
 * for `size` + TSL_FRAMING. They must not overlap. Returns the length of the frame, or 0 where
 * `size` is out of range.
 */
size_t tsl_frame(const uint8_t *message, size_t size, uint8_t *frame);

/* CRC-16/CCITT-FALSE of `size` bytes, 0 included: of "123456789" it is 0x29B1, of nothing 0xFFFF.
 */
uint16_t tsl_crc16(const uint8_t *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
