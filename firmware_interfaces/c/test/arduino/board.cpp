/*
 * The Arduino example on a board of virtual time, with an HX711 and a button on its pins.
 *
 *     board MEMORY < commands > answers
 *
 * MEMORY is a file that keeps the EEPROM. The commands are there from the start; it runs for four
 * seconds. Second 1: nearly no load. From 1 s on: half the span. At 1.5 s the button is pressed.
 * From 2 s to 2.2 s the amplifier is at its end; from 3 s to 3.2 s it is silent.
 */
#include "hx711_arduino.ino"

#include <stdio.h>
#include <stdlib.h>

SerialPort Serial;
Memory EEPROM;

namespace {

const uint32_t CALL_US = 4; /* what a call takes on a board of 16 MHz */
const uint32_t SECOND_US = 1000000;
const uint32_t END_US = 4 * SECOND_US;
const uint32_t LONGEST_HIGH_US = 50;

uint32_t now_us = 0;

/* The amplifier: a conversion each period, and its bits clocked out. */
uint32_t converted = 0;
int32_t shifted = 0;
int pulses = 25; /* since the conversion was ready */
uint32_t risen_us = 0;

void promise(bool kept, const char *what) {
    if (!kept) {
        fprintf(stderr, "%s\n", what);
        exit(EXIT_FAILURE);
    }
}

bool is_between(uint32_t from_us, uint32_t to_us) {
    return from_us <= now_us && now_us < to_us;
}

int32_t counts_now() {
    if (now_us < SECOND_US)
        return ZERO_COUNTS + 1000;
    if (is_between(2 * SECOND_US, 2 * SECOND_US + 200000))
        return 0x7FFFFF;
    return ZERO_COUNTS + SPAN_COUNTS / 2;
}

void convert() {
    if (now_us / PERIOD_US <= converted)
        return;
    converted = now_us / PERIOD_US;
    if (is_between(3 * SECOND_US, 3 * SECOND_US + 200000))
        return;
    shifted = counts_now();
    pulses = 0;
}

void pass() {
    now_us += CALL_US;
    convert();
}

} // namespace

uint32_t micros() {
    pass();
    return now_us;
}

void pinMode(uint8_t, uint8_t) {}

int digitalRead(uint8_t pin) {
    pass();
    if (pin == BUTTON_PIN) {
        const uint32_t since_us = now_us - 3 * SECOND_US / 2;
        const bool bounces = since_us < 3000 && since_us / 500 % 2 == 1;
        return since_us < 200000 && !bounces ? LOW : HIGH;
    }
    promise(pin == DATA_PIN, "a pin is read that nothing is connected to");
    if (pulses == 0)
        return LOW; /* ready */
    if (pulses > 24)
        return HIGH;
    return shifted >> (24 - pulses) & 1;
}

void digitalWrite(uint8_t pin, uint8_t level) {
    pass();
    promise(pin == CLOCK_PIN, "a pin is written that is no output");
    if (level == HIGH) {
        risen_us = now_us;
        pulses++;
    } else {
        promise(now_us - risen_us <= LONGEST_HIGH_US, "the amplifier was switched off");
    }
}

void noInterrupts() {}

void interrupts() {}

void SerialPort::begin(unsigned long baud) {
    promise(baud == 115200, "another baud rate than the carrier's");
}

int SerialPort::available() {
    pass();
    const int byte = getchar();
    if (byte == EOF)
        return 0;
    ungetc(byte, stdin);
    return 1;
}

int SerialPort::read() {
    return getchar();
}

size_t SerialPort::write(const uint8_t *bytes, size_t size) {
    return fwrite(bytes, 1, size, stdout);
}

int main(int, char **arguments) {
    memset(EEPROM.bytes, 0xFF, sizeof EEPROM.bytes);
    if (FILE *kept = fopen(arguments[1], "rb")) {
        promise(fread(EEPROM.bytes, sizeof EEPROM.bytes, 1, kept) == 1, "the memory is damaged");
        fclose(kept);
    }
    setup();
    while (now_us < END_US)
        loop();
    FILE *keep = fopen(arguments[1], "wb");
    promise(keep != NULL && fwrite(EEPROM.bytes, sizeof EEPROM.bytes, 1, keep) == 1, "not kept");
    fclose(keep);
}
