// Shims for libcrypt, apart from CLinux so that only what checks passwords links it.
#ifndef CCRYPT_H
#define CCRYPT_H

// crypt_r(3) works in a structure of 32 KiB with C arrays and is declared only under _GNU_SOURCE. Writes the hash of
// `password` under `setting` (an existing hash, or what ccrypt_setting gave) to `output`; -1 and errno on
// failure: EINVAL for a setting that libcrypt does not know.
int ccrypt(const char *password, const char *setting, char *output, unsigned long size);

// crypt_gensalt_rn(3) is declared only under _DEFAULT_SOURCE. Writes a fresh random setting for the method `prefix`
// ("$6$", "$y$"); -1 and errno on failure.
int ccrypt_setting(const char *prefix, char *output, unsigned long size);

#endif
