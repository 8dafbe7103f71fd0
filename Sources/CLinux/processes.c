#define _GNU_SOURCE
#include "clinux_processes.h"
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

int clinux_wait_status(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return 256 + (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int clinux_drop_privileges(const char *root, unsigned user, unsigned group, const char **step) {
    *step = "chroot";
    if (root && (chroot(root) < 0 || chdir("/") < 0)) return -1;
    if (user == 0 && group == 0) return 0;
    *step = "setgroups";
    if (geteuid() == 0 && setgroups(0, NULL) < 0) return -1;
    *step = "setgid";
    if (group != 0 && setgid(group) < 0) return -1;
    *step = "setuid";
    if (user != 0 && setuid(user) < 0) return -1;
    return 0;
}
