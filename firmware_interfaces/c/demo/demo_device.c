/* The demo device. It does not keep its tare: the emulated board forgets all when it is switched
 * off. */
#include "demo_device.h"

static const tsl_facts FACTS = {
    "TissueSense",
    "Link demo",
    "DEMO-0001",
    "1.0",
    "simulated",
    0,
    PRESSING_USUAL_MHZ,
    PRESSING_FASTEST_MHZ,
    {-PRESSING_MOST_UN, PRESSING_MOST_UN, 1},
    {TSL_TIP_FLAT, 100000, 500},
};

static uint32_t now_us(demo_device *demo) {
    return demo->port.clock_us(demo);
}

static tsl_sensor_state read_force(void *self, tsl_reading *reading) {
    demo_device *demo = self;
    return pressing_read(&demo->sensor, reading->time_us, reading);
}

static int button(void *self) {
    demo_device *demo = self;
    return pressing_button(&demo->sensor, now_us(demo));
}

static uint32_t set_rate(void *self, uint32_t rate_mHz) {
    demo_device *demo = self;
    return pressing_set_rate(&demo->sensor, now_us(demo), rate_mHz);
}

static void battery(void *self, tsl_battery *state) {
    (void)self;
    state->percent = 87;
    state->millivolt = 3900;
}

void demo_device_init(demo_device *demo, uint32_t (*clock_us)(void *self),
                      void (*send)(void *self, const uint8_t *bytes, size_t size)) {
    const tsl_port port = {demo, read_force, clock_us, send, button, NULL, NULL, set_rate, battery};
    demo->port = port;
    pressing_init(&demo->sensor, now_us(demo));
    tsl_device_init(&demo->device, &demo->port, &FACTS);
}
