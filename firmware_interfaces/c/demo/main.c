/*
 * The demo device on an ARM MPS2 board with a Cortex-M3 (AN385), as QEMU emulates it.
 *
 * UART0 carries the wire, TIMER0 is the clock, SysTick wakes the loop each millisecond. Register
 * layouts: ARM DDI 0479, Cortex-M System Design Kit, APB UART and APB timer; ARM DAI 0385 for the
 * addresses, the interrupt numbers and the clock of 25 MHz; ARM DDI 0403 for SysTick and NVIC.
 */
#include "demo_device.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define TIMER0_CTRL       REGISTER(0x40000000u)
#define TIMER0_VALUE      REGISTER(0x40000004u)
#define TIMER0_RELOAD     REGISTER(0x40000008u)
#define UART0_DATA        REGISTER(0x40004000u)
#define UART0_STATE       REGISTER(0x40004004u)
#define UART0_CTRL        REGISTER(0x40004008u)
#define UART0_INTCLEAR    REGISTER(0x4000400Cu)
#define UART0_BAUDDIV     REGISTER(0x40004010u)
#define SYSTICK_CTRL      REGISTER(0xE000E010u)
#define SYSTICK_RELOAD    REGISTER(0xE000E014u)
#define SYSTICK_VALUE     REGISTER(0xE000E018u)
#define NVIC_ENABLE       REGISTER(0xE000E100u)
#define NVIC_PEND         REGISTER(0xE000E200u)

enum {
    CLOCK_HZ = 25000000,
    CYCLES_PER_US = CLOCK_HZ / 1000000,
    BAUD = 115200,
    ENABLE = 1,
    UART_SEND = 1,
    UART_RECEIVE = 2,
    UART_RECEIVE_INTERRUPT = 8,
    UART_IS_FULL = 1,
    UART_HAS_BYTE = 2,
    SYSTICK_RUN_ON_CORE_CLOCK_WITH_INTERRUPT = 7,
    UART0_RECEIVE_IRQ = 0
};

/* Bytes from the host, between the interrupt and the loop. The size divides 256, so that the counts
 * may go round; it holds what comes while the answer to a HELLO goes out. */
static volatile uint8_t queue[128];
static volatile uint8_t queue_in;
static volatile uint8_t queue_out;

/* The timer counts 32 bits of cycles down, 171 s; the loop asks far more often. */
static uint32_t clock_us(void *self) {
    static uint32_t us;
    static uint32_t counted;
    const uint32_t cycles = ~TIMER0_VALUE - counted;
    (void)self;
    us += cycles / CYCLES_PER_US;
    counted += cycles - cycles % CYCLES_PER_US;
    return us;
}

static void send(void *self, const uint8_t *bytes, size_t size) {
    (void)self;
    while (size-- > 0) {
        while (UART0_STATE & UART_IS_FULL) {
        }
        UART0_DATA = *bytes++;
    }
}

static void uart0_received(void) {
    UART0_INTCLEAR = UART_RECEIVE; /* first: a byte that comes from now on must call again */
    while (UART0_STATE & UART_HAS_BYTE && (uint8_t)(queue_in - queue_out) < sizeof queue)
        queue[queue_in++ % sizeof queue] = (uint8_t)UART0_DATA;
}

/* Nothing to do: the loop goes on because it was woken. */
static void systick(void) {}

static void start_board(void) {
    TIMER0_RELOAD = UINT32_MAX;
    TIMER0_CTRL = ENABLE;
    UART0_BAUDDIV = CLOCK_HZ / BAUD;
    UART0_CTRL = UART_SEND | UART_RECEIVE | UART_RECEIVE_INTERRUPT;
    NVIC_ENABLE = 1u << UART0_RECEIVE_IRQ;
    SYSTICK_RELOAD = CLOCK_HZ / 1000 - 1;
    SYSTICK_VALUE = 0;
    SYSTICK_CTRL = SYSTICK_RUN_ON_CORE_CLOCK_WITH_INTERRUPT;
}

static void reset(void) {
    static demo_device demo;
    start_board();
    demo_device_init(&demo, clock_us, send);
    for (;;) {
        while (queue_out != queue_in) {
            const uint8_t byte = queue[queue_out % sizeof queue];
            queue_out++; /* now the interrupt may use its place */
            tsl_device_receive(&demo.device, &byte, 1);
        }
        if (UART0_STATE & UART_HAS_BYTE)
            NVIC_PEND = 1u << UART0_RECEIVE_IRQ; /* the queue was full: go on */
        tsl_device_poll(&demo.device);
        __asm__ volatile("wfi");
    }
}

static void halt(void) {
    for (;;) {
    }
}

/* What the compiler calls for structures; there is no library. */
void *memset(void *to, int value, size_t size) {
    volatile uint8_t *next = to; /* or the compiler would see a memset in here too */
    while (size-- > 0)
        *next++ = (uint8_t)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    volatile uint8_t *next = to;
    const uint8_t *source = from;
    while (size-- > 0)
        *next++ = *source++;
    return to;
}

extern uint32_t end_of_ram; /* mps2.ld */

typedef void (*handler)(void);

struct vectors {
    uint32_t *stack;
    handler core[15];
    handler irq[1];
};

extern const struct vectors vectors;
__attribute__((section(".vectors"), used)) const struct vectors vectors = {
    &end_of_ram,
    {reset, halt, halt, halt, halt, halt, halt, halt, halt, halt, halt, halt, halt, halt, systick},
    {uart0_received},
};
