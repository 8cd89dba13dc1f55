/*
 * Somebody who presses with a gauge, over and over: the sensor of the demo device.
 *
 * Rest, a ramp up to where the client presses the button, release; every third press is a knock
 * to 120 % of the range, without the button. Integers only, and the same for the same times.
 */
#ifndef PRESSING_H
#define PRESSING_H

#include "tsl_port.h"

/* 50 kPa/s on a tip of 1 cm2, and two seconds of rest before it. Tests are in more of a hurry; with
 * a rest of UINT32_MAX the device lies still. */
#ifndef PRESSING_UN_PER_S
#define PRESSING_UN_PER_S 5000000
#endif
#ifndef PRESSING_REST_US
#define PRESSING_REST_US 2000000
#endif

enum {
    PRESSING_UNTARED_UN = 350000, /* the tip's own weight: what a tare takes off */
    PRESSING_NOISE_UN = 20000,    /* at most, either way */
    PRESSING_MOST_UN = 100000000, /* the range of the sensor */
    PRESSING_FASTEST_MHZ = 500000,
    PRESSING_USUAL_MHZ = 80000
};

typedef struct {
    uint32_t press;    /* counts from 0 */
    uint32_t phase;    /* rest, ramp, release */
    uint32_t phase_us; /* when it began */
    uint32_t noise;    /* state of the generator */
    uint32_t rate_mHz;
    uint32_t sampled_us; /* when the present rate began ... */
    uint32_t samples;    /* ... and how many samples since then */
} pressing;

/* Begin to rest, at `now_us`, sampled at the usual rate. */
void pressing_init(pressing *self, uint32_t now_us);

/* Whether the button has contact at `now_us`, as of the latest sample's press; it bounces. */
int pressing_button(const pressing *self, uint32_t now_us);

/* Sample at the rate nearest to `rate_mHz`, 10 to 500 Hz; return it. */
uint32_t pressing_set_rate(pressing *self, uint32_t now_us, uint32_t rate_mHz);

/* The next sample that is due by `now_us`, for tsl_port.read_force. */
tsl_sensor_state pressing_read(pressing *self, uint32_t now_us, tsl_reading *reading);

#endif
