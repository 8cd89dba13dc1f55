/*
 * The demo device as a program of this machine (POSIX): the wire is stdin and stdout.
 *
 *     socat PTY,link=gauge,raw EXEC:./demo_device
 *
 * makes a port of it. It ends when stdin does.
 */
#define _POSIX_C_SOURCE 200809L

#include "demo_device.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint32_t clock_us(void *self) {
    struct timespec now;
    (void)self;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
}

static void send(void *self, const uint8_t *bytes, size_t size) {
    (void)self;
    while (size > 0) {
        const ssize_t sent = write(STDOUT_FILENO, bytes, size);
        if (sent <= 0)
            exit(EXIT_SUCCESS); /* nobody listens any more */
        bytes += sent;
        size -= (size_t)sent;
    }
}

int main(void) {
    static demo_device demo;
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    demo_device_init(&demo, clock_us, send);
    for (;;) {
        uint8_t bytes[64];
        if (poll(&input, 1, 1) > 0) {
            const ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
            if (got <= 0)
                return EXIT_SUCCESS;
            tsl_device_receive(&demo.device, bytes, (size_t)got);
        }
        tsl_device_poll(&demo.device);
    }
}
