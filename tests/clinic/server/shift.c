/* A clock that can be moved while a program runs: adds the seconds in the file $SHIFT_FILE to the time of day.
   What counts the time that passes is left alone, but where $SHIFT_PASSES is set: then that time has gone by, too. cc -shared -fPIC -o shift.so shift.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
  const char *name = getenv("SHIFT_FILE");
  char told[32] = {0};
  int file = name ? open(name, O_RDONLY) : -1;
  if (file < 0) return 0;
  ssize_t got = read(file, told, sizeof told - 1);
  close(file);
  return got > 0 ? atol(told) : 0;
}

int clock_gettime(clockid_t which, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(which, at);
  int moved = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE;
  moved |= which == CLOCK_BOOTTIME && getenv("SHIFT_PASSES") != NULL;
  if (!done && moved) at->tv_sec += shift();
  return done;
}

int gettimeofday(struct timeval *at, void *zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
