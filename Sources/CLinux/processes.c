#define _GNU_SOURCE
#include "clinux_processes.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

int clinux_forbid_core_dumps(void) {
    // Where cores go to a program, the kernel passes the limit over, but for this one: at 1 it starts no program.
    const struct rlimit one = {1, 1}, none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &one) < 0) setrlimit(RLIMIT_CORE, &none);
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

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

static const int HEAP_PAD = 64 << 10, HEAP_LARGE = 96 << 10;
static int heap_arenas = 1;

// Frees more than malloc consolidates at: the thread's arena gives back what is free at its end, which malloc_trim(3) does
// for the first arena alone. A new thread has an arena that no other has.
static void *trim_arena(void *unused) {
    void *volatile block = malloc(80 << 10);
    free(block);
    return unused;
}

void clinux_trim_heap(void) {
    mallopt(M_TOP_PAD, HEAP_PAD);
    mallopt(M_MMAP_THRESHOLD, HEAP_LARGE);
    pthread_t thread;
    if (heap_arenas > 1 && pthread_create(&thread, NULL, trim_arena, NULL) == 0) pthread_join(thread, NULL);
    malloc_trim(0);
}

static int release_instructions(struct dl_phdr_info *program, size_t size, void *unused) {
    (void)size;
    (void)unused;
    unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &program->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || part->p_flags != (PF_R | PF_X)) continue;
        unsigned long start = program->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        start -= start % page;
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    // The first is the program itself.
    return 1;
}

void clinux_release_program(void) { dl_iterate_phdr(release_instructions, NULL); }

// Memory that is made ready by a thread meanwhile.
static char *ready_start, *ready_end;
static pthread_t ready_thread;
static int is_readying;

static void populate(char *start, char *end) {
    unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE);
    start += -(unsigned long)start & (page - 1);
    // In steps: whoever maps memory waits for one of them.
    for (; start < end; start += 1 << 20)
        madvise(start, end - start < 1 << 20 ? (unsigned long)(end - start) : 1 << 20, MADV_POPULATE_WRITE);
}

static void *make_ready(void *unused) {
    populate(ready_start, ready_end);
    // The arena of the next thread.
    unsigned long size = (unsigned long)(ready_end - ready_start) * 2 / 3;
    char *volatile block = heap_arenas > 1 ? malloc(size) : NULL;
    if (block) populate(block, block + size);
    free(block);
    return unused;
}

void clinux_ready_heap(unsigned long size) {
    mallopt(M_TOP_PAD, (int)size);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ready_start = sbrk(0);
    void *volatile block = malloc(256 << 10);
    free(block);
    ready_end = sbrk(0);
    is_readying = ready_end > ready_start && pthread_create(&ready_thread, NULL, make_ready, NULL) == 0;
}

void clinux_wait_for_heap(void) {
    if (is_readying) pthread_join(ready_thread, NULL);
    is_readying = 0;
}

void clinux_settle_heap(int arenas) {
    heap_arenas = arenas;
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, HEAP_LARGE);
    mallopt(M_TRIM_THRESHOLD, 128 << 10);
    mallopt(M_TOP_PAD, HEAP_PAD);
}
