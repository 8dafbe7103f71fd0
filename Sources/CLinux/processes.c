#define _GNU_SOURCE
#include "clinux_processes.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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

void clinux_set_process_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_keep_capabilities_across_users(void) { return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0); }

void clinux_bound_capabilities(unsigned long long kept) {
    // Takes CAP_SETPCAP; without it there is nothing that could be gained.
    for (int i = 0; i < 64; i++)
        if (!(kept >> i & 1)) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

int clinux_keep_capabilities(unsigned long long kept) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}, {0}};
    if (syscall(SYS_capget, &header, data) < 0) return -1;
    for (int i = 0; i < 2; i++) {
        // What we do not have cannot be kept.
        data[i].permitted &= (unsigned)(kept >> (32 * i));
        data[i].effective = data[i].permitted;
        data[i].inheritable = 0;
    }
    if (syscall(SYS_capset, &header, data) < 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int clinux_spawn_as(char *const arguments[], char *const environment[], unsigned user, unsigned group) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) < 0) return -1;
    pid_t process = fork();
    if (process == 0) {
        sigset_t none;
        // SIG_IGN survives execution, and so does the mask.
        for (int i = 1; i < 32; i++) signal(i, SIG_DFL);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int failed = (group || user) && geteuid() == 0 && setgroups(0, NULL) < 0;
        if (!failed && group) failed = setgid(group) < 0;
        if (!failed && user) failed = setuid(user) < 0;
        // Nobody would stop it after the death of a master that was killed.
        prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        if (!failed) execvpe(arguments[0], arguments, environment);
        int code = errno;
        if (write(report[1], &code, sizeof code) < 0) _exit(126);
        _exit(127);
    }
    close(report[1]);
    int code = 0;
    // The end without a word: it was executed.
    ssize_t size = process < 0 ? 0 : read(report[0], &code, sizeof code);
    close(report[0]);
    if (process > 0 && size == sizeof code) {
        waitpid(process, NULL, 0);
        errno = code;
        return -1;
    }
    return process;
}

int clinux_process_open(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_process_descriptor(int process, int number) { return (int)syscall(SYS_pidfd_getfd, process, number, 0); }

int clinux_memory_file(const char *name) { return memfd_create(name, 0); }

void clinux_trim_heap(void) { malloc_trim(0); }

void clinux_settle_heap(void) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 96 << 10);
    mallopt(M_TRIM_THRESHOLD, 128 << 10);
    mallopt(M_TOP_PAD, 64 << 10);
}
