#define _GNU_SOURCE
#include "clinux_files.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int clinux_open(const char *path, int flags, unsigned mode) { return open(path, flags | O_CLOEXEC, mode); }

int clinux_pipe(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

int clinux_exchange(const char *a, const char *b) { return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE); }
