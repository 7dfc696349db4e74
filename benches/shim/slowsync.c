/* Makes every sync cost the same: preloaded, it replaces fsync and fdatasync by one serialised sleep of 1 ms, as on a
 * device that takes one flush at a time. The files must lie on tmpfs, or the kernel's own writing back would still be
 * in the figures. It replaces durability too, so use it for nothing else.
 *
 *   cc -O2 -shared -fPIC -o slowsync.so slowsync.c -lpthread
 *   LD_PRELOAD=./slowsync.so program …
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <time.h>

#define SYNC_NANOSECONDS 1000000L

static pthread_mutex_t device = PTHREAD_MUTEX_INITIALIZER;

static int slow_sync(int fd) {
    if (fd < 0) {
        errno = EBADF;
        return -1;
    }
    pthread_mutex_lock(&device);
    struct timespec left = {0, SYNC_NANOSECONDS};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
    pthread_mutex_unlock(&device);
    return 0;
}

int fsync(int fd) { return slow_sync(fd); }

int fdatasync(int fd) { return slow_sync(fd); }
