#define _GNU_SOURCE
#include "CCrypt.h"
#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ccrypt(const char *password, const char *setting, char *output, unsigned long size) {
    struct crypt_data *data = calloc(1, sizeof *data);
    if (!data) return -1;
    const char *hash = crypt_r(password, setting, data);
    int result = -1;
    if (!hash || hash[0] == '*') {
        errno = EINVAL;
    } else if (strlen(hash) >= size) {
        errno = ERANGE;
    } else {
        strcpy(output, hash);
        result = 0;
    }
    // The structure holds the password in places.
    explicit_bzero(data, sizeof *data);
    free(data);
    return result;
}

int ccrypt_setting(const char *prefix, char *output, unsigned long size) {
    return crypt_gensalt_rn(prefix, 0, NULL, 0, output, (int)size) ? 0 : -1;
}
