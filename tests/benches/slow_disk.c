/* A disk that needs so long for each sync: fsync and fdatasync are made to take at least SLOW_DISK_US microseconds.
 * `queue.rs` compiles this and preloads it into itself and into its peer, so that both are measured on the same disk
 * whatever the machine's own one does. The real sync still happens first. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static long least_us(void) {
    static long us = -1;
    if (us < 0) {
        const char *text = getenv("SLOW_DISK_US");
        us = text ? atol(text) : 0;
    }
    return us;
}

static int slowly(const char *name, int file) {
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    long ns = until.tv_nsec + least_us() * 1000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    int result = sync ? sync(file) : -1;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0) {
    }
    return result;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
