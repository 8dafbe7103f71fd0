#define _GNU_SOURCE
#include "ctls.h"

#include <dlfcn.h>
#include <stddef.h>

/* The functions of libssl and libcrypto that are used, with the prototypes of OpenSSL 3. */
#define FUNCTIONS(F)                                                                      \
    F(const void *, TLS_client_method, (void))                                           \
    F(void *, SSL_CTX_new, (const void *))                                                \
    F(void, SSL_CTX_free, (void *))                                                       \
    F(void, SSL_CTX_set_verify, (void *, int, void *))                                    \
    F(void *, SSL_CTX_get_cert_store, (const void *))                                     \
    F(int, SSL_CTX_set_alpn_protos, (void *, const unsigned char *, unsigned))            \
    F(void *, SSL_new, (void *))                                                          \
    F(void, SSL_free, (void *))                                                           \
    F(int, SSL_set_fd, (void *, int))                                                     \
    F(void, SSL_set_connect_state, (void *))                                              \
    F(long, SSL_ctrl, (void *, int, long, void *))                                        \
    F(int, SSL_set1_host, (void *, const char *))                                         \
    F(int, SSL_do_handshake, (void *))                                                    \
    F(int, SSL_read, (void *, void *, int))                                               \
    F(int, SSL_write, (void *, const void *, int))                                        \
    F(long, SSL_get_verify_result, (const void *))                                        \
    F(int, SSL_get_error, (const void *, int))                                            \
    F(void *, BIO_new_mem_buf, (const void *, int))                                       \
    F(int, BIO_free, (void *))                                                            \
    F(void *, PEM_read_bio_X509, (void *, void *, void *, void *))                        \
    F(int, X509_STORE_add_cert, (void *, void *))                                         \
    F(void, X509_free, (void *))                                                          \
    F(void, ERR_clear_error, (void))

#define DECLARE(result, name, arguments) static result(*p_##name) arguments;
FUNCTIONS(DECLARE)

enum { verify_peer = 1, ctrl_set_hostname = 55, want_read = 2, want_write = 3, zero_return = 6, hostname_mismatch = 62 };

static int load(void) {
    void *library = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return -1;
    /* libcrypto is a dependency of libssl, and its symbols are found through it. */
#define RESOLVE(result, name, arguments)                        \
    p_##name = (result(*) arguments)dlsym(library, #name);      \
    if (!p_##name) return -1;
    FUNCTIONS(RESOLVE)
    return 0;
}

int ctls_load(void) {
    /* Only one thread, the checker's, and the one that starts it use this. */
    static int loaded = 1;
    if (loaded != 0) loaded = load();
    return loaded;
}

void *ctls_context_new(const char *authorities, int length, const unsigned char *protocols, unsigned protocols_length) {
    if (ctls_load() != 0) return NULL;
    void *context = p_SSL_CTX_new(p_TLS_client_method());
    if (!context) return NULL;
    if (protocols) p_SSL_CTX_set_alpn_protos(context, protocols, protocols_length);
    if (!authorities) return context;
    p_SSL_CTX_set_verify(context, verify_peer, NULL);
    void *text = p_BIO_new_mem_buf(authorities, length);
    int count = 0;
    void *certificate;
    while (text && (certificate = p_PEM_read_bio_X509(text, NULL, NULL, NULL))) {
        if (p_X509_STORE_add_cert(p_SSL_CTX_get_cert_store(context), certificate) == 1) count++;
        p_X509_free(certificate);
    }
    if (text) p_BIO_free(text);
    p_ERR_clear_error();
    if (count == 0) {
        p_SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

void ctls_context_free(void *context) { p_SSL_CTX_free(context); }

void *ctls_session_new(void *context, int socket, const char *name) {
    void *session = p_SSL_new(context);
    if (!session) return NULL;
    p_SSL_set_fd(session, socket);
    p_SSL_set_connect_state(session);
    if (name) {
        p_SSL_ctrl(session, ctrl_set_hostname, 0, (void *)name);
        p_SSL_set1_host(session, name);
    }
    return session;
}

void ctls_session_free(void *session) { p_SSL_free(session); }

static long outcome(void *session, int code) {
    if (code > 0) return code;
    int error = p_SSL_get_error(session, code);
    p_ERR_clear_error();
    if (error == want_read || error == want_write) return CTLS_AGAIN;
    return error == zero_return ? CTLS_CLOSED : CTLS_FAILED;
}

int ctls_handshake(void *session) {
    p_ERR_clear_error();
    return (int)outcome(session, p_SSL_do_handshake(session));
}

int ctls_name_differs(void *session) { return p_SSL_get_verify_result(session) == hostname_mismatch; }

long ctls_read(void *session, void *buffer, int length) {
    p_ERR_clear_error();
    return outcome(session, p_SSL_read(session, buffer, length));
}

long ctls_write(void *session, const void *buffer, int length) {
    p_ERR_clear_error();
    return outcome(session, p_SSL_write(session, buffer, length));
}
