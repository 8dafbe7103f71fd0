#define _GNU_SOURCE
#include "clinux_files.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }

const int clinux_o_path = O_PATH;

int clinux_open_in(int root, const char *path, int flags) {
  struct open_how how = {
      .flags = (unsigned)(flags | O_CLOEXEC),
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  };
  // EAGAIN: somebody renamed something while ".." was looked up.
  for (int tries = 0; tries < 100; tries++) {
    int descriptor = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (descriptor >= 0 || errno != EAGAIN) return descriptor;
  }
  return -1;
}

int clinux_pipe(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int clinux_exchange(const char *a, const char *b) { return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE); }
