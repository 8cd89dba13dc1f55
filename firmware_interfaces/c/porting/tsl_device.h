/*
 * TissueSense Link: a device, less what is particular to a board.
 *
 *     static tsl_device device;
 *     tsl_device_init(&device, &port, &facts);
 *     for (;;) {
 *         while (uart_has_byte()) { byte = uart_read(); tsl_device_receive(&device, &byte, 1); }
 *         tsl_device_poll(&device);
 *     }
 *
 * It answers every command, streams, tares, reports the button at once and then twice again, tells
 * when an overload or a fault of the sensor begins and ends, and numbers the samples. No
 * allocation, no floating point, no library function. All calls for one device come from one place:
 * the main loop or one task, never an interrupt.
 */
#ifndef TSL_DEVICE_H
#define TSL_DEVICE_H

#include "tsl_port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TSL_DEBOUNCE_US     UINT32_C(50000)   /* a button must be open this long between presses */
#define TSL_FAULT_REPEAT_US UINT32_C(1000000) /* while a fault keeps the samples back */
#define TSL_TARE_LONGEST_US UINT32_C(400000)  /* for the readings of a tare to come */

enum {
    TSL_MARKER_REPEATS = 2, /* after each of so many samples */
    TSL_TEXT_PARTS = 5,     /* of one text, at most */
    TSL_FAULT_CODES = 8,    /* less than so much */
    TSL_TARE_READINGS = 8   /* a tare is the mean of so many readings, or of those that came */
};

/* One device. Leave what is in it to the functions below. */
typedef struct {
    const tsl_port *port;
    const tsl_facts *facts;
    tsl_decoder decoder;
    uint32_t rate_mHz;
    int32_t tare_uN;
    uint16_t seq;
    uint8_t streaming;
    uint8_t faults; /* bit n: fault n is on */
    uint8_t told;   /* the same, as the host knows it */
    uint32_t told_us;
    uint32_t changed_us[TSL_FAULT_CODES];

    uint8_t armed;       /* the button can be pressed again */
    uint8_t repeats;     /* of the marker, still to come */
    uint32_t pressed_us; /* last time that the button was seen pressed */
    tsl_marker marker;

    uint8_t taring;
    uint8_t tare_tag;
    uint8_t tare_readings;
    uint32_t tare_since_us;
    int64_t tare_sum_uN;
} tsl_device;

/*
 * Begin. `port` and `facts` must stay where they are. Sends one zero byte, which ends whatever the
 * host may have heard of an earlier life.
 */
void tsl_device_init(tsl_device *device, const tsl_port *port, const tsl_facts *facts);

/* Take bytes from the host, as many and in such pieces as they come, and answer them. */
void tsl_device_receive(tsl_device *device, const uint8_t *bytes, size_t size);

/*
 * Look at the button and at the sensor, and send what there is to send. Takes at most one reading:
 * call it at least twice as often as there are samples, and at least every 10 ms for the button.
 */
void tsl_device_poll(tsl_device *device);

/* The host has gone (Bluetooth: disconnected; USB: port closed): stop, and forget the conversation.
 */
void tsl_device_link_lost(tsl_device *device);

/*
 * Note that a fault began (`is_on` 1) or is over (0); the host is told once, if it listens. For
 * what only the board can see, such as TSL_FAULT_LOW_BATTERY; overload and sensor faults are noted
 * by tsl_device_poll. `code` 1 to 7.
 */
void tsl_device_fault(tsl_device *device, uint8_t code, int is_on);

/* Send any message, such as a temperature. One that cannot be encoded is not sent. */
void tsl_device_send(const tsl_device *device, const tsl_message *message);

/*
 * The force of a load cell, from counts to micronewtons, rounded to the nearest.
 *
 * `zero_counts` is what the amplifier gives without load, and `span_counts` (not 0; negative where
 * pushing makes the number smaller) how many counts more with a force of `span_uN` (a mass of 5 kg
 * weighs 49033250 uN). `counts` and `zero_counts` are of up to 25 bits and a sign. What does not
 * fit 32 bits becomes INT32_MIN or INT32_MAX, which no range has room for.
 */
int32_t tsl_counts_to_uN(int32_t counts, int32_t zero_counts, int32_t span_counts, int32_t span_uN);

#ifdef __cplusplus
}
#endif

#endif
