/* The demo device: a Link device whose sensor is somebody who presses. A board adds clock and wire.
 */
#ifndef DEMO_DEVICE_H
#define DEMO_DEVICE_H

#include "pressing.h"
#include "tsl_device.h"

typedef struct {
    pressing sensor;
    tsl_port port;
    tsl_device device;
} demo_device;

/* Begin; `clock_us` and `send` are as in tsl_port and get `demo` as their first argument. */
void demo_device_init(demo_device *demo, uint32_t (*clock_us)(void *self),
                      void (*send)(void *self, const uint8_t *bytes, size_t size));

#endif
