/* A disk whose flush takes SLOW_DISK_US microseconds: put before libc by LD_PRELOAD, see bench/support/slow_disk.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static void wait_for_the_disk(void)
{
    const char *us = getenv("SLOW_DISK_US");
    long n = us ? atol(us) : 0;
    struct timespec left = {n / 1000000, n % 1000000 * 1000};
    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
}

#define SLOW(call)                                          \
    int call(int fd)                                        \
    {                                                       \
        static int (*real)(int);                            \
        if (!real)                                          \
            real = (int (*)(int))dlsym(RTLD_NEXT, #call);   \
        wait_for_the_disk();                                \
        return real(fd);                                    \
    }

SLOW(fsync)
SLOW(fdatasync)
