#include "clinux_processes.h"
#include <sys/wait.h>

int clinux_wait_status(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return 256 + (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}
