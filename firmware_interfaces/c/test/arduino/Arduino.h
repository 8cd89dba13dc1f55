/* As much of an Arduino as the example needs, with virtual time; board.cpp has the rest. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>

enum { LOW = 0, HIGH = 1 };
enum { INPUT, OUTPUT, INPUT_PULLUP };

uint32_t micros();
void pinMode(uint8_t pin, uint8_t mode);
int digitalRead(uint8_t pin);
void digitalWrite(uint8_t pin, uint8_t level);
void noInterrupts();
void interrupts();

struct SerialPort {
    void begin(unsigned long baud);
    int available();
    int read();
    size_t write(const uint8_t *bytes, size_t size);
};
extern SerialPort Serial;

void setup();
void loop();

#endif
