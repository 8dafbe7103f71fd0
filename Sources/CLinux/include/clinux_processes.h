#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

// WIFEXITED and its kin are macros. 0-255: the exit status; 256 + n: ended by signal n.
int clinux_wait_status(int status);

// Gives up root for good: chroot(2) if `root` is not NULL (declared only outside strict POSIX), then no supplementary
// groups, then group, then user. A step that fails gives -1 and errno, and its name in `step`.
int clinux_drop_privileges(const char *root, unsigned user, unsigned group, const char **step);

// prctl(2) is variadic: the name of the calling thread, which new threads inherit.
void clinux_set_process_name(const char *name);
// Gives up the right to gain any capability but those whose bits are set in `kept` (prctl(2), PR_CAPBSET_DROP). While
// still root: a change of the user takes the power to do so.
void clinux_bound_capabilities(unsigned long long kept);
// Gives up every capability but those, and set-user-ID programs (capset(2), PR_SET_NO_NEW_PRIVS). -1 on failure.
int clinux_keep_capabilities(unsigned long long kept);
// The calling process leaves no core dump, wherever the kernel would send it, and nobody but root looks into its memory
// (prctl(2), PR_SET_DUMPABLE; RLIMIT_CORE).
int clinux_forbid_core_dumps(void);
// Before the user changes: capabilities survive it (PR_SET_KEEPCAPS).
int clinux_keep_capabilities_across_users(void);
// Starts a program as somebody else: fork(2), then group and user (0 keeps them), then execvp(3); posix_spawn(3) cannot
// change the user. Every signal is at its default and none is blocked; it gets SIGTERM when the caller dies. The process
// id, or -1; a program that cannot be executed is -1 too.
int clinux_spawn_as(char *const arguments[], char *const environment[], unsigned user, unsigned group);
// pidfd_open(2), pidfd_getfd(2): a copy of descriptor `number` of another process, close-on-exec; -1 on failure.
int clinux_process_open(int pid);
int clinux_process_descriptor(int process, int number);
// memfd_create(2) is declared only under _GNU_SOURCE: a file without a name; descends to a program that is executed.
int clinux_memory_file(const char *name);

// malloc_trim(3), for all arenas: gives the kernel back what is free. <malloc.h> is not in Swift's Glibc module.
void clinux_trim_heap(void);
// Unmaps what has been touched of the program's instructions, which only its file knows the place of (dl_iterate_phdr(3),
// MADV_DONTNEED): they come back, one by one, as they are needed again.
void clinux_release_program(void);
// Makes room for so many bytes at once, and for two thirds of it for another thread, until the heap is trimmed: a page fault
// for each page takes several times as long (madvise(2), MADV_POPULATE_WRITE). A thread does it; whoever starts another one
// waits for it first.
void clinux_ready_heap(unsigned long size);
void clinux_wait_for_heap(void);
// mallopt(3) for a program whose threads allocate seldom: few arenas for all of them, and memory of its own for what is
// larger than the blocks that connections borrow, so that it goes back to the kernel whatever lies beside it.
void clinux_settle_heap(int arenas);

#endif
