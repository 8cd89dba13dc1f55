/*
 * TissueSense Link: what a device must be able to do.
 *
 * The one thing a maker writes: fill in a tsl_port with functions of the board and a tsl_facts with
 * what the device is, and hand both to tsl_device_init (tsl_device.h). PORTING.md goes through it
 * step by step. None of these functions is called from anywhere but the tsl_device functions, so
 * they run where those are called: in the main loop or in one task.
 */
#ifndef TSL_PORT_H
#define TSL_PORT_H

#include "tissuesense_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What came of asking the sensor. */
typedef enum {
    TSL_NO_READING = 0,  /* nothing new since the last call */
    TSL_READING = 1,     /* a new reading */
    TSL_OVERLOADED = 2,  /* a new reading, and the amplifier is at its end */
    TSL_SENSOR_FAULT = 3 /* a reading is due, and the amplifier does not answer or makes no sense */
} tsl_sensor_state;

/* One reading. All but `time_us` is 0 when read_force gets it. */
typedef struct {
    int32_t force_uN;           /* calibrated, before any tare; pushing is positive */
    uint32_t time_us;           /* set to clock_us(); write a better time if you have one */
    int32_t displacement_um;    /* where facts.capabilities has TSL_HAS_DISPLACEMENT */
    int16_t acceleration_cm_s2; /* where facts.capabilities has TSL_HAS_ACCELERATION */
    int16_t angle_cdeg;         /* where it has TSL_HAS_ANGLE; not sent where it has all three */
    uint16_t missed;            /* samples that were lost between the one before and this one */
} tsl_reading;

/* Each function gets `self` as its first argument. Those marked optional may be NULL. */
typedef struct {
    void *self;

    /* Say whether there is a new reading, and which; return at once in any case. Called by each
     * tsl_device_poll, streaming or not. */
    tsl_sensor_state (*read_force)(void *self, tsl_reading *reading);

    /* Microseconds since whenever; all 32 bits are used, then it starts again from 0. */
    uint32_t (*clock_us)(void *self);

    /* Send `size` bytes (at most TSL_LONGEST_FRAME), or put all of them into a queue, or, where
     * neither can be done, none: a frame that is lost is noticed by its number. */
    void (*send)(void *self, const uint8_t *bytes, size_t size);

    /* Optional: 1 while the client presses the button, 0 otherwise; it may bounce. */
    int (*button)(void *self);

    /* Optional, both or none: keep the tare while the power is off. Each returns 1 when it did.
     * load_tare is called once, by tsl_device_init. */
    int (*load_tare)(void *self, int32_t *tare_uN);
    int (*save_tare)(void *self, int32_t tare_uN);

    /* Optional: sample at the rate nearest to `rate_mHz` (at least 1), from now on. Returns the
     * rate that it is now, or 0 when it could not be set. */
    uint32_t (*set_rate)(void *self, uint32_t rate_mHz);

    /* Optional: fill in what is known of the battery; 255 % and 0 mV stand for unknown. */
    void (*battery)(void *self, tsl_battery *battery);
} tsl_port;

/* What the device is. Texts are UTF-8 of up to 65 bytes; NULL or empty: not known. */
typedef struct {
    const char *maker;
    const char *model;
    const char *serial;
    const char *firmware;
    const char *calibration; /* number of the certificate that the force is calibrated by */

    /* Of TSL_HAS_DISPLACEMENT, TSL_HAS_ACCELERATION, TSL_HAS_ANGLE, TSL_HAS_TEMPERATURE those that
     * hold; the other bits follow from the functions of the port. */
    uint16_t capabilities;

    uint32_t rate_mHz; /* as it is after power-on */
    uint32_t fastest_mHz;
    tsl_range range; /* before the tare; readings beyond it are told as an overload */
    tsl_tip tip;
} tsl_facts;

#ifdef __cplusplus
}
#endif

#endif
