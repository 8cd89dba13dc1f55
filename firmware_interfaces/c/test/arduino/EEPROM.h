/* Memory that keeps its bytes, erased to ones. */
#ifndef EEPROM_H
#define EEPROM_H

#include <stdint.h>
#include <string.h>

struct Memory {
    uint8_t bytes[64];
    template <typename T> void get(int address, T &value) {
        memcpy(&value, bytes + address, sizeof value);
    }
    template <typename T> void put(int address, const T &value) {
        memcpy(bytes + address, &value, sizeof value);
    }
};
extern Memory EEPROM;

#endif
