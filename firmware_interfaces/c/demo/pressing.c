/* Somebody who presses with a gauge, over and over. The manual is the header. */
#include "pressing.h"

enum { REST, RAMP, RELEASE, PHASES };

enum {
    KNOCK_EVERY = 3,
    KNOCK_STEEPER = 8,
    LEAST_PEAK_UN = 20000000,
    PEAK_STEP_UN = 4000000,
    RELEASE_US = 250000,
    BOUNCING_US = 20000, /* contact every other millisecond */
    SLOWEST_MHZ = 10000,
    FASTEST_RAMP_US = 1000,
    SECOND_US = 1000000,
    TURN_US = 1000000000 /* after which the number of samples starts again */
};

static int is_knock(const pressing *self) {
    return self->press % KNOCK_EVERY == KNOCK_EVERY - 1;
}

/* 20, 28, 36, 24, 32 N and again. */
static int32_t peak_uN(const pressing *self) {
    if (is_knock(self))
        return PRESSING_MOST_UN / 5 * 6;
    return LEAST_PEAK_UN + (int32_t)(self->press * 2 % 5) * PEAK_STEP_UN;
}

static uint32_t length_us(const pressing *self) {
    const int64_t steepness = (int64_t)PRESSING_UN_PER_S * (is_knock(self) ? KNOCK_STEEPER : 1);
    if (self->phase == RAMP)
        return (uint32_t)((int64_t)peak_uN(self) * SECOND_US / steepness) + FASTEST_RAMP_US;
    return (uint32_t)(self->phase == REST ? PRESSING_REST_US : RELEASE_US);
}

static void advance(pressing *self, uint32_t now_us) {
    while (now_us - self->phase_us >= length_us(self)) {
        self->phase_us += length_us(self);
        self->phase = (self->phase + 1) % PHASES;
        if (self->phase == REST)
            self->press++;
    }
}

static int32_t noise_uN(pressing *self) {
    self->noise = self->noise * 1664525u + 1013904223u; /* Knuth's and Lewis's constants */
    return (int32_t)((self->noise >> 8) % (2 * PRESSING_NOISE_UN + 1)) - PRESSING_NOISE_UN;
}

void pressing_init(pressing *self, uint32_t now_us) {
    static const pressing nothing = {0};
    *self = nothing;
    self->phase_us = now_us;
    pressing_set_rate(self, now_us, PRESSING_USUAL_MHZ);
}

static int32_t force_at(pressing *self, uint32_t now_us) {
    int64_t since_us;
    int32_t force_uN = 0;
    advance(self, now_us);
    since_us = now_us - self->phase_us;
    if (self->phase == RAMP)
        force_uN = (int32_t)(peak_uN(self) * since_us / length_us(self));
    else if (self->phase == RELEASE)
        force_uN = (int32_t)(peak_uN(self) * (RELEASE_US - since_us) / RELEASE_US);
    return force_uN + PRESSING_UNTARED_UN + noise_uN(self);
}

int pressing_button(const pressing *self, uint32_t now_us) {
    const uint32_t since_us = now_us - self->phase_us;
    if (self->phase != RELEASE || is_knock(self))
        return 0;
    return since_us >= BOUNCING_US || since_us / 1000 % 2 == 0;
}

uint32_t pressing_set_rate(pressing *self, uint32_t now_us, uint32_t rate_mHz) {
    if (rate_mHz < SLOWEST_MHZ)
        rate_mHz = SLOWEST_MHZ;
    if (rate_mHz > PRESSING_FASTEST_MHZ)
        rate_mHz = PRESSING_FASTEST_MHZ;
    self->rate_mHz = rate_mHz;
    self->sampled_us = now_us;
    self->samples = 0;
    return rate_mHz;
}

tsl_sensor_state pressing_read(pressing *self, uint32_t now_us, tsl_reading *reading) {
    const uint64_t next_us = (uint64_t)(self->samples + 1) * TURN_US / self->rate_mHz;
    if (now_us - self->sampled_us < next_us)
        return TSL_NO_READING;
    reading->time_us = self->sampled_us + (uint32_t)next_us;
    reading->force_uN = force_at(self, reading->time_us);
    if (++self->samples == self->rate_mHz) { /* whole seconds: nothing is lost by rounding */
        self->sampled_us += TURN_US;
        self->samples = 0;
    }
    return TSL_READING;
}
