#ifndef CTLS_H
#define CTLS_H

/* TLS for health checks, by the system's OpenSSL 3. The library is loaded by dlopen(3) when the first check needs it: a
   proxy without check-ssl neither holds nor starts with it. Swift cannot do that itself, as the prototypes of a library
   that is not linked are function pointers. */

/* 0 if the library is there now. */
int ctls_load(void);

/* A client context; NULL if the PEM text holds no certificate. `authorities` may be NULL: the peer is not verified then.
   `protocols` is a list in the wire format of ALPN, or NULL. */
void *ctls_context_new(const char *authorities, int length, const unsigned char *protocols, unsigned protocols_length);
void ctls_context_free(void *context);

/* A session on a non-blocking, connected socket, which stays the caller's. `name` is sent as SNI, and verified where the
   context verifies; NULL for none. */
void *ctls_session_new(void *context, int socket, const char *name);
void ctls_session_free(void *session);

enum { CTLS_DONE = 1, CTLS_AGAIN = 0, CTLS_CLOSED = -1, CTLS_FAILED = -2 };

int ctls_handshake(void *session);
/* 1 if the peer's certificate is for another name. */
int ctls_name_differs(void *session);
/* Bytes, or one of the above but CTLS_DONE. `length` must not be 0. */
long ctls_read(void *session, void *buffer, int length);
long ctls_write(void *session, const void *buffer, int length);

#endif
