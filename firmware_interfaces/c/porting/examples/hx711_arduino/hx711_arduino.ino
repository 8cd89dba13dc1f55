/*
 * A TissueSense Link gauge from an Arduino with an HX711 load-cell amplifier and a push button.
 *
 * Copy tissuesense_link.h, tissuesense_link.c, tsl_port.h, tsl_device.h and tsl_device.c into this
 * folder, fill in the numbers below, and upload. PORTING.md explains each step.
 *
 * Wiring: HX711 DT to pin 3, SCK to pin 2; button between pin 4 and ground. HX711 timing and codes:
 * Avia Semiconductor, HX711 data sheet, "Serial Interface".
 */
#include "tsl_device.h"

#include <EEPROM.h>

static const uint8_t DATA_PIN = 3;
static const uint8_t CLOCK_PIN = 2;
static const uint8_t BUTTON_PIN = 4;

/* The board's RATE jumper says 10 or 80; the oscillator is not exact, so count and state what is.
 */
static const uint32_t RATE_MHZ = 80000;
static const uint32_t PERIOD_US = 1000000000 / RATE_MHZ;

/* From the calibration: what the amplifier gives without load, and how many counts more with a
 * known force (here the weight of 5 kg). */
static const int32_t ZERO_COUNTS = 8421;
static const int32_t SPAN_COUNTS = 1963042;
static const int32_t SPAN_UN = 49033250;

static const tsl_facts FACTS = {
    "Your name",
    "Your gauge",
    "0001",
    "1.0",
    NULL, /* the number of the calibration certificate, where there is one */
    0,
    RATE_MHZ,
    RATE_MHZ,
    {-20000000, 100000000, 1000}, /* -20 N to 100 N in steps of 1 mN */
    {TSL_TIP_FLAT, 100000, 500},  /* 1 cm2, standard uncertainty 0.5 mm2 */
};

static tsl_port port;
static tsl_device device;

/* Clock out 24 bits and one pulse more, which asks for channel A with gain 128 next. A clock that
 * stays high for 60 us switches the amplifier off, so no interrupt may come in between. */
static int32_t read_counts() {
    int32_t counts = 0;
    for (uint8_t pulse = 0; pulse < 25; pulse++) {
        noInterrupts();
        digitalWrite(CLOCK_PIN, HIGH);
        if (pulse < 24)
            counts = counts * 2 + digitalRead(DATA_PIN);
        digitalWrite(CLOCK_PIN, LOW);
        interrupts();
    }
    return counts < 0x800000 ? counts : counts - 0x1000000;
}

static tsl_sensor_state read_force(void *, tsl_reading *reading) {
    static uint32_t heard_us = 0;
    if (digitalRead(DATA_PIN) == HIGH) { /* the amplifier is still at it */
        if (reading->time_us - heard_us < 2 * PERIOD_US)
            return TSL_NO_READING;
        heard_us += PERIOD_US; /* it should have been done: one fault for each sample due */
        return TSL_SENSOR_FAULT;
    }
    heard_us = reading->time_us;
    const int32_t counts = read_counts();
    if (counts == 0x7FFFFF || counts == -0x800000) /* the codes for "beyond the input range" */
        return TSL_OVERLOADED;
    reading->force_uN = tsl_counts_to_uN(counts, ZERO_COUNTS, SPAN_COUNTS, SPAN_UN);
    return TSL_READING;
}

static uint32_t clock_us(void *) {
    return micros();
}

static void send(void *, const uint8_t *bytes, size_t size) {
    Serial.write(bytes, size);
}

static int button(void *) {
    return digitalRead(BUTTON_PIN) == LOW;
}

/* The tare and its complement: memory that was never written does not look like one. */
struct Kept {
    int32_t tare_uN;
    int32_t complement;
};

static int load_tare(void *, int32_t *tare_uN) {
    Kept kept;
    EEPROM.get(0, kept);
    if (kept.complement != ~kept.tare_uN)
        return 0;
    *tare_uN = kept.tare_uN;
    return 1;
}

static int save_tare(void *, int32_t tare_uN) {
    const Kept kept = {tare_uN, ~tare_uN};
    EEPROM.put(0, kept); /* writes only what differs */
    return 1;
}

void setup() {
    pinMode(DATA_PIN, INPUT);
    pinMode(CLOCK_PIN, OUTPUT);
    pinMode(BUTTON_PIN, INPUT_PULLUP);
    Serial.begin(115200);
    port.read_force = read_force;
    port.clock_us = clock_us;
    port.send = send;
    port.button = button;
    port.load_tare = load_tare;
    port.save_tare = save_tare;
    tsl_device_init(&device, &port, &FACTS);
}

void loop() {
    while (Serial.available() > 0) {
        const uint8_t byte = (uint8_t)Serial.read();
        tsl_device_receive(&device, &byte, 1);
    }
    tsl_device_poll(&device);
}
