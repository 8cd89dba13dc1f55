/* TissueSense Link 1.1: the reference codec. The manual is the header. */
#include "tissuesense_link.h"

enum { CRC_BYTES = 2, SKIPPING = TSL_LONGEST_ACCEPTED + 1 };

/* Messages: each layout is written down once and walked in either direction. */

typedef struct {
    uint8_t *next;
    size_t left;
    uint8_t writing;
    uint8_t failed; /* the bytes ran out, or a value does not fit */
} cursor;

static uint32_t number(cursor *at, uint32_t value, uint8_t bytes) {
    uint32_t passed = 0;
    uint8_t i;
    if (at->left < bytes) {
        at->failed = 1;
        return 0;
    }
    for (i = 0; i < bytes; i++) {
        if (at->writing)
            *at->next = (uint8_t)(value >> (8 * i));
        passed |= (uint32_t)*at->next++ << (8 * i);
    }
    at->left -= bytes;
    return passed;
}

/* The number that `bytes` bytes of two's complement mean, without leaning on the compiler's own. */
static int32_t two_complement(uint32_t value, uint8_t bytes) {
    const uint32_t sign = UINT32_C(1) << (8 * bytes - 1);
    const uint32_t all = sign | (sign - 1);
    return value & sign ? -(int32_t)(all - value) - 1 : (int32_t)value;
}

static void u8(cursor *at, uint8_t *value) {
    *value = (uint8_t)number(at, *value, 1);
}

static void u16(cursor *at, uint16_t *value) {
    *value = (uint16_t)number(at, *value, 2);
}

static void u32(cursor *at, uint32_t *value) {
    *value = number(at, *value, 4);
}

static void i16(cursor *at, int16_t *value) {
    *value = (int16_t)two_complement(number(at, (uint16_t)*value, 2), 2);
}

static void i24(cursor *at, int32_t *value) {
    const int32_t passed = two_complement(number(at, (uint32_t)*value, 3), 3);
    if (at->writing && passed != *value)
        at->failed = 1;
    *value = passed;
}

static void i32(cursor *at, int32_t *value) {
    *value = two_complement(number(at, (uint32_t)*value, 4), 4);
}

static void walk_command(cursor *at, uint8_t type, tsl_command *command) {
    u8(at, &command->tag);
    if (type == TSL_COMMAND_RATE)
        u32(at, &command->rate_mHz);
}

static void walk_sample(cursor *at, uint8_t type, tsl_sample *sample) {
    u16(at, &sample->seq);
    u32(at, &sample->time_us);
    i32(at, &sample->force_uN);
    if (type & TSL_WITH_DISPLACEMENT)
        i24(at, &sample->displacement_um);
    if (type & TSL_WITH_ACCELERATION)
        i16(at, &sample->acceleration_cm_s2);
    if ((type & TSL_WITH_ANGLE) == TSL_WITH_ANGLE)
        i16(at, &sample->angle_cdeg);
}

static void walk_text(cursor *at, tsl_text *text) {
    uint8_t i;
    u8(at, &text->what);
    u8(at, &text->part);
    if (!at->writing)
        text->length = (uint8_t)(at->left < TSL_TEXT_PART ? at->left : TSL_TEXT_PART);
    if (text->length > TSL_TEXT_PART) {
        at->failed = 1;
        return;
    }
    for (i = 0; i < text->length; i++)
        u8(at, &text->bytes[i]);
}

/* Pass over a message, its type included; return 0 where the type is not known. */
static int walk(cursor *at, tsl_message *message) {
    u8(at, &message->type);
    if (message->type >= TSL_COMMAND_HELLO && message->type <= TSL_COMMAND_LAST) {
        walk_command(at, message->type, &message->as.command);
        return 1;
    }
    switch (message->type) {
    case TSL_SAMPLE:
    case TSL_SAMPLE + TSL_WITH_DISPLACEMENT:
    case TSL_SAMPLE + TSL_WITH_ACCELERATION:
    case TSL_SAMPLE + TSL_WITH_DISPLACEMENT + TSL_WITH_ACCELERATION:
    case TSL_SAMPLE + TSL_WITH_ANGLE:
    case TSL_SAMPLE + TSL_WITH_DISPLACEMENT + TSL_WITH_ANGLE:
    case TSL_SAMPLE + TSL_WITH_ACCELERATION + TSL_WITH_ANGLE:
        walk_sample(at, message->type, &message->as.sample);
        return 1;
    case TSL_MARKER:
        u8(at, &message->as.marker.count);
        u32(at, &message->as.marker.time_us);
        return 1;
    case TSL_FAULT:
        u8(at, &message->as.fault.code);
        u8(at, &message->as.fault.state);
        u32(at, &message->as.fault.time_us);
        return 1;
    case TSL_HELLO:
        u8(at, &message->as.hello.version_major);
        u8(at, &message->as.hello.version_minor);
        u16(at, &message->as.hello.capabilities);
        u32(at, &message->as.hello.rate_mHz);
        u32(at, &message->as.hello.fastest_mHz);
        return 1;
    case TSL_RANGE:
        i32(at, &message->as.range.least_uN);
        i32(at, &message->as.range.most_uN);
        u32(at, &message->as.range.resolution_uN);
        return 1;
    case TSL_TIP:
        u8(at, &message->as.tip.shape);
        u32(at, &message->as.tip.area_mm2_1000);
        u32(at, &message->as.tip.area_u_mm2_1000);
        return 1;
    case TSL_TEXT: walk_text(at, &message->as.text); return 1;
    case TSL_BATTERY:
        u8(at, &message->as.battery.percent);
        u16(at, &message->as.battery.millivolt);
        return 1;
    case TSL_TEMPERATURE: i16(at, &message->as.temperature.centi_celsius); return 1;
    case TSL_REPLY:
        u8(at, &message->as.reply.tag);
        u8(at, &message->as.reply.command);
        u8(at, &message->as.reply.result);
        i32(at, &message->as.reply.value);
        return 1;
    default: return 0;
    }
}

/* Frames */

uint16_t tsl_crc16(const uint8_t *bytes, size_t size) {
    uint16_t crc = 0xFFFF;
    while (size-- > 0) {
        uint8_t bit;
        crc = (uint16_t)(crc ^ (unsigned)*bytes++ << 8);
        for (bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000u ? ((unsigned)crc << 1) ^ 0x1021u : (unsigned)crc << 1);
    }
    return crc;
}

size_t tsl_frame(const uint8_t *message, size_t size, uint8_t *frame) {
    const uint16_t crc = tsl_crc16(message, size);
    size_t code = 0; /* where the distance to the next zero will stand */
    size_t i;
    if (size < 1 || size > TSL_LONGEST_MESSAGE)
        return 0;
    for (i = 0; i < size + CRC_BYTES; i++) {
        const uint8_t byte = (uint8_t)(i < size ? message[i] : crc >> (8 * (i - size)));
        frame[i + 1] = byte;
        if (byte == 0) {
            frame[code] = (uint8_t)(i + 1 - code);
            code = i + 1;
        }
    }
    frame[code] = (uint8_t)(i + 1 - code);
    frame[i + 1] = 0;
    return size + TSL_FRAMING;
}

/* Undo COBS in place; return whether the distances fit the frame. A distance of 255, which would
 * mean that no zero follows, is longer than any frame that is accepted. */
static int unstuff(uint8_t *bytes, size_t size, size_t *unstuffed) {
    size_t in = 0;
    size_t out = 0;
    while (in < size) {
        size_t left = (size_t)bytes[in++] - 1;
        if (left > size - in)
            return 0;
        while (left-- > 0)
            bytes[out++] = bytes[in++];
        if (in < size)
            bytes[out++] = 0;
    }
    *unstuffed = out;
    return 1;
}

static tsl_verdict read_frame(uint8_t *bytes, size_t size, tsl_message *message) {
    cursor at = {0};
    size_t whole;
    int known;
    if (!unstuff(bytes, size, &whole))
        return TSL_BAD_COBS;
    if (whole <= CRC_BYTES)
        return TSL_TOO_SHORT;
    whole -= CRC_BYTES;
    if (tsl_crc16(bytes, whole) != (bytes[whole] | (unsigned)bytes[whole + 1] << 8))
        return TSL_BAD_CRC;
    at.next = bytes;
    at.left = whole;
    known = walk(&at, message);
    if (!known)
        return TSL_IGNORED;
    return at.failed ? TSL_TOO_SHORT : TSL_MESSAGE;
}

size_t tsl_encode(const tsl_message *message, uint8_t frame[TSL_LONGEST_FRAME]) {
    uint8_t bytes[TSL_LONGEST_FRAME - TSL_FRAMING];
    tsl_message copy = *message;
    cursor at = {0};
    at.next = bytes;
    at.left = sizeof bytes;
    at.writing = 1;
    if (!walk(&at, &copy) || at.failed)
        return 0;
    return tsl_frame(bytes, sizeof bytes - at.left, frame);
}

void tsl_decoder_init(tsl_decoder *decoder) {
    decoder->refused = 0;
    decoder->used = 0;
}

tsl_verdict tsl_receive_byte(tsl_decoder *decoder, uint8_t byte, tsl_message *message) {
    static const tsl_message nothing = {0};
    const uint8_t used = decoder->used;
    tsl_verdict verdict = TSL_PENDING;
    if (byte != 0) {
        if (used == SKIPPING)
            return TSL_PENDING;
        decoder->used++;
        if (used < TSL_LONGEST_ACCEPTED) {
            decoder->bytes[used] = byte;
            return TSL_PENDING;
        }
        verdict = TSL_OVERLONG;
    } else {
        decoder->used = 0;
        if (used == 0 || used == SKIPPING)
            return TSL_PENDING;
        *message = nothing;
        verdict = read_frame(decoder->bytes, used, message);
    }
    if (verdict >= TSL_OVERLONG)
        decoder->refused++;
    return verdict;
}

size_t tsl_receive(tsl_decoder *decoder, const uint8_t *bytes, size_t size, tsl_message *message,
                   tsl_verdict *verdict) {
    size_t taken = 0;
    *verdict = TSL_PENDING;
    while (taken < size && *verdict == TSL_PENDING)
        *verdict = tsl_receive_byte(decoder, bytes[taken++], message);
    return taken;
}
