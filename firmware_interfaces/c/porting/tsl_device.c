/* TissueSense Link: a device, less what is particular to a board. The manual is the header. */
#include "tsl_device.h"

/* No message has room for more [3]. */
enum { TSL_FULL_SAMPLE = TSL_SAMPLE + TSL_WITH_DISPLACEMENT + TSL_WITH_ACCELERATION };

/* What is sent */

void tsl_device_send(const tsl_device *device, const tsl_message *message) {
    uint8_t frame[TSL_LONGEST_FRAME];
    const size_t size = tsl_encode(message, frame);
    if (size > 0)
        device->port->send(device->port->self, frame, size);
}

static void reply_value(const tsl_device *device, uint8_t command, uint8_t tag, uint8_t result,
                        int32_t value) {
    tsl_message message = {TSL_REPLY, {{0}}};
    message.as.reply.tag = tag;
    message.as.reply.command = command;
    message.as.reply.result = result;
    message.as.reply.value = result == TSL_DONE ? value : 0;
    tsl_device_send(device, &message);
}

static void send_marker(const tsl_device *device) {
    tsl_message message = {TSL_MARKER, {{0}}};
    message.as.marker = device->marker;
    tsl_device_send(device, &message);
}

static void send_sample(tsl_device *device, const tsl_reading *reading) {
    const uint16_t parts = device->facts->capabilities;
    tsl_message message = {TSL_SAMPLE, {{0}}};
    if (parts & TSL_HAS_DISPLACEMENT)
        message.type |= TSL_WITH_DISPLACEMENT;
    if (parts & TSL_HAS_ACCELERATION)
        message.type |= TSL_WITH_ACCELERATION;
    if (parts & TSL_HAS_ANGLE && message.type != TSL_FULL_SAMPLE)
        message.type |= TSL_WITH_ANGLE;
    message.as.sample.seq = device->seq;
    message.as.sample.time_us = reading->time_us;
    message.as.sample.force_uN = reading->force_uN - device->tare_uN;
    message.as.sample.displacement_um = reading->displacement_um;
    message.as.sample.acceleration_cm_s2 = reading->acceleration_cm_s2;
    message.as.sample.angle_cdeg = reading->angle_cdeg;
    tsl_device_send(device, &message);
    if (device->repeats > 0) {
        device->repeats--;
        send_marker(device);
    }
}

static void send_text(const tsl_device *device, uint8_t what, const char *text) {
    tsl_message message = {TSL_TEXT, {{0}}};
    tsl_text *part = &message.as.text;
    uint8_t count = 0;
    if (text == NULL || *text == 0)
        return;
    part->what = what;
    do {
        part->length = 0;
        while (part->length < TSL_TEXT_PART && *text != 0)
            part->bytes[part->length++] = (uint8_t)*text++;
        part->part = count++;
        if (*text == 0 || count == TSL_TEXT_PARTS)
            part->part |= TSL_TEXT_LAST_PART;
        tsl_device_send(device, &message);
    } while (!(part->part & TSL_TEXT_LAST_PART));
}

static uint16_t capabilities(const tsl_device *device) {
    const tsl_port *port = device->port;
    unsigned bits = device->facts->capabilities | TSL_HAS_TARE;
    if (port->button != NULL)
        bits |= TSL_HAS_BUTTON;
    if (port->battery != NULL)
        bits |= TSL_HAS_BATTERY;
    if (port->set_rate != NULL)
        bits |= TSL_HAS_RATE;
    if (port->save_tare != NULL)
        bits |= TSL_KEEPS_TARE;
    return (uint16_t)bits;
}

static void send_battery(const tsl_device *device) {
    tsl_message message = {TSL_BATTERY, {{0}}};
    message.as.battery.percent = TSL_PERCENT_UNKNOWN;
    device->port->battery(device->port->self, &message.as.battery);
    tsl_device_send(device, &message);
}

static void introduce(const tsl_device *device) {
    const tsl_facts *facts = device->facts;
    tsl_message message = {TSL_HELLO, {{0}}};
    message.as.hello.version_major = TSL_VERSION_MAJOR;
    message.as.hello.version_minor = TSL_VERSION_MINOR;
    message.as.hello.capabilities = capabilities(device);
    message.as.hello.rate_mHz = device->rate_mHz;
    message.as.hello.fastest_mHz = facts->fastest_mHz;
    tsl_device_send(device, &message);
    message.type = TSL_RANGE;
    message.as.range = facts->range;
    tsl_device_send(device, &message);
    message.type = TSL_TIP;
    message.as.tip = facts->tip;
    tsl_device_send(device, &message);
    send_text(device, TSL_TEXT_MAKER, facts->maker);
    send_text(device, TSL_TEXT_MODEL, facts->model);
    send_text(device, TSL_TEXT_FIRMWARE, facts->firmware);
    send_text(device, TSL_TEXT_CALIBRATION, facts->calibration);
    if (device->port->battery != NULL)
        send_battery(device);
    send_text(device, TSL_TEXT_SERIAL, facts->serial);
}

static void tell_fault(const tsl_device *device, uint8_t code) {
    tsl_message message = {TSL_FAULT, {{0}}};
    message.as.fault.code = code;
    message.as.fault.state = device->faults >> code & 1;
    message.as.fault.time_us = device->changed_us[code];
    tsl_device_send(device, &message);
}

/* Tell what changed, as far as this host knows: it may have come when a fault was on already. */
static void tell_faults(tsl_device *device, uint32_t now_us) {
    uint8_t code;
    for (code = 1; code < TSL_FAULT_CODES; code++) {
        if (!((device->faults ^ device->told) >> code & 1))
            continue;
        tell_fault(device, code);
        device->told_us = now_us;
    }
    device->told = device->faults;
}

/* No samples come now: tell why now and then, or the host takes the link for lost. */
static void repeat_fault(tsl_device *device, uint32_t now_us) {
    const unsigned silencing = 1u << TSL_FAULT_OVERLOAD | 1u << TSL_FAULT_SENSOR;
    if (now_us - device->told_us >= TSL_FAULT_REPEAT_US)
        device->told = (uint8_t)(device->told & ~(device->faults & silencing));
}

static void note_fault(tsl_device *device, uint8_t code, int is_on, uint32_t time_us) {
    if (!is_on == !(device->faults >> code & 1))
        return;
    device->faults = (uint8_t)(device->faults ^ 1u << code);
    device->changed_us[code] = time_us;
}

void tsl_device_fault(tsl_device *device, uint8_t code, int is_on) {
    const uint32_t now_us = device->port->clock_us(device->port->self);
    note_fault(device, code, is_on, now_us);
    if (device->streaming)
        tell_faults(device, now_us);
}

/* The tare: the mean of some readings, kept before it is in force */

static uint8_t set_tare(tsl_device *device, int32_t tare_uN) {
    const tsl_port *port = device->port;
    if (port->save_tare != NULL && !port->save_tare(port->self, tare_uN))
        return TSL_FAILED;
    device->tare_uN = tare_uN;
    return TSL_DONE;
}

static void begin_tare(tsl_device *device, uint8_t tag) {
    if (device->taring) {
        reply_value(device, TSL_COMMAND_TARE, tag, TSL_NOT_NOW, 0);
        return;
    }
    device->taring = 1;
    device->tare_tag = tag;
    device->tare_readings = 0;
    device->tare_sum_uN = 0;
    device->tare_since_us = device->port->clock_us(device->port->self);
}

static void end_tare(tsl_device *device, uint8_t result) {
    const uint8_t n = device->tare_readings;
    if (result == TSL_DONE && n == 0)
        result = TSL_FAILED;
    if (result == TSL_DONE) {
        const int64_t half = device->tare_sum_uN < 0 ? -(n / 2) : n / 2;
        result = set_tare(device, (int32_t)((device->tare_sum_uN + half) / n));
    }
    device->taring = 0;
    reply_value(device, TSL_COMMAND_TARE, device->tare_tag, result, device->tare_uN);
}

static void add_to_tare(tsl_device *device, tsl_sensor_state state, int32_t force_uN) {
    if (state != TSL_READING) {
        end_tare(device, state == TSL_OVERLOADED ? TSL_NOT_NOW : TSL_FAILED);
        return;
    }
    device->tare_sum_uN += force_uN;
    if (++device->tare_readings == TSL_TARE_READINGS)
        end_tare(device, TSL_DONE);
}

/* What is received */

static void set_rate(tsl_device *device, uint8_t tag, uint32_t rate_mHz) {
    const tsl_port *port = device->port;
    uint8_t result = TSL_DONE;
    if (port->set_rate == NULL) {
        result = TSL_UNKNOWN_COMMAND;
    } else if (rate_mHz == 0) {
        result = TSL_BAD_ARGUMENT;
    } else {
        const uint32_t set_mHz = port->set_rate(port->self, rate_mHz);
        if (set_mHz == 0)
            result = TSL_FAILED;
        else
            device->rate_mHz = set_mHz;
    }
    reply_value(device, TSL_COMMAND_RATE, tag, result, (int32_t)device->rate_mHz);
}

static void obey(tsl_device *device, uint8_t type, const tsl_command *command) {
    uint8_t result = TSL_DONE;
    int32_t value = 0;
    switch (type) {
    case TSL_COMMAND_HELLO:
        device->repeats = 0; /* this host did not see the press */
        device->told = 0;    /* nor does it know of faults: the next reading tells */
        introduce(device);
        break;
    case TSL_COMMAND_START:
        device->streaming = 1;
        device->repeats = 0;
        device->told = 0;
        value = (int32_t)device->rate_mHz;
        break;
    case TSL_COMMAND_STOP: device->streaming = 0; break;
    case TSL_COMMAND_TARE: begin_tare(device, command->tag); return;
    case TSL_COMMAND_UNTARE:
        result = set_tare(device, 0);
        value = device->tare_uN;
        break;
    case TSL_COMMAND_RATE: set_rate(device, command->tag, command->rate_mHz); return;
    case TSL_COMMAND_BATTERY:
        if (device->port->battery != NULL)
            send_battery(device);
        else
            result = TSL_UNKNOWN_COMMAND;
        break;
    default: result = TSL_UNKNOWN_COMMAND;
    }
    reply_value(device, type, command->tag, result, value);
}

void tsl_device_receive(tsl_device *device, const uint8_t *bytes, size_t size) {
    tsl_message message;
    for (; size > 0; size--)
        if (tsl_receive_byte(&device->decoder, *bytes++, &message) == TSL_MESSAGE &&
            message.type <= TSL_COMMAND_LAST)
            obey(device, message.type, &message.as.command);
}

/* What happens by itself */

/* A press counts from its first contact, so that debouncing delays nothing. */
static void look_at_button(tsl_device *device, uint32_t now_us) {
    const tsl_port *port = device->port;
    if (port->button == NULL)
        return;
    if (port->button(port->self)) {
        device->pressed_us = now_us;
        if (!device->armed)
            return;
        device->armed = 0;
        if (!device->streaming)
            return;
        device->marker.count++;
        device->marker.time_us = now_us;
        device->repeats = TSL_MARKER_REPEATS;
        send_marker(device);
    } else if (now_us - device->pressed_us >= TSL_DEBOUNCE_US) {
        device->armed = 1;
    }
}

/* The range is that of the sensor, which feels the tare too; and the wire has 32 bits. */
static int is_beyond(const tsl_device *device, int32_t force_uN) {
    const tsl_range *range = &device->facts->range;
    const int64_t net_uN = (int64_t)force_uN - device->tare_uN;
    return force_uN < range->least_uN || force_uN > range->most_uN || net_uN < INT32_MIN ||
           net_uN > INT32_MAX;
}

/* The sample, or in its place what is wrong; its number is used up in either case. */
static void stream(tsl_device *device, tsl_sensor_state state, const tsl_reading *reading) {
    if (state != TSL_READING)
        repeat_fault(device, reading->time_us);
    tell_faults(device, reading->time_us);
    device->seq = (uint16_t)(device->seq + reading->missed);
    if (state == TSL_READING)
        send_sample(device, reading);
    device->seq++;
}

static void look_at_sensor(tsl_device *device, uint32_t now_us) {
    tsl_reading reading = {0};
    tsl_sensor_state state;
    reading.time_us = now_us;
    state = device->port->read_force(device->port->self, &reading);
    if (state == TSL_NO_READING)
        return;
    if (state == TSL_READING && is_beyond(device, reading.force_uN))
        state = TSL_OVERLOADED;
    note_fault(device, TSL_FAULT_SENSOR, state == TSL_SENSOR_FAULT, reading.time_us);
    note_fault(device, TSL_FAULT_OVERLOAD, state == TSL_OVERLOADED, reading.time_us);
    if (device->streaming)
        stream(device, state, &reading);
    if (device->taring)
        add_to_tare(device, state, reading.force_uN);
}

void tsl_device_init(tsl_device *device, const tsl_port *port, const tsl_facts *facts) {
    static const tsl_device nothing = {0};
    const uint8_t zero = 0;
    *device = nothing;
    device->port = port;
    device->facts = facts;
    device->rate_mHz = facts->rate_mHz;
    tsl_decoder_init(&device->decoder);
    if (port->load_tare != NULL && !port->load_tare(port->self, &device->tare_uN))
        device->tare_uN = 0;
    port->send(port->self, &zero, 1);
}

void tsl_device_poll(tsl_device *device) {
    const uint32_t now_us = device->port->clock_us(device->port->self);
    look_at_button(device, now_us);
    look_at_sensor(device, now_us);
    if (device->taring && now_us - device->tare_since_us >= TSL_TARE_LONGEST_US)
        end_tare(device, TSL_DONE);
}

void tsl_device_link_lost(tsl_device *device) {
    device->streaming = 0;
    device->taring = 0;
    tsl_decoder_init(&device->decoder);
}

int32_t tsl_counts_to_uN(int32_t counts, int32_t zero_counts, int32_t span_counts,
                         int32_t span_uN) {
    const int64_t product = (int64_t)(counts - zero_counts) * span_uN;
    const int64_t half = (span_counts < 0 ? -(int64_t)span_counts : span_counts) / 2;
    const int64_t force_uN = (product + (product < 0 ? -half : half)) / span_counts;
    if (force_uN > INT32_MAX)
        return INT32_MAX;
    return force_uN < INT32_MIN ? INT32_MIN : (int32_t)force_uN;
}
