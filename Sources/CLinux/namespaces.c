#define _GNU_SOURCE
#include "clinux_namespaces.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

int clinux_unshare_network(void) { return unshare(CLONE_NEWNET); }

int clinux_enter_network(const char *path) {
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0) return -1;
    int result = setns(namespace, CLONE_NEWNET);
    int error = errno;
    close(namespace);
    errno = error;
    return result;
}
