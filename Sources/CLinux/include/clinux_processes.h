#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

// WIFEXITED and its kin are macros. 0-255: the exit status; 256 + n: ended by signal n.
int clinux_wait_status(int status);

#endif
