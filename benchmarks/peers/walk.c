/* The least one can do: where the fields and extensions of each certificate lie, and SHA-256 of it and of its key.
 * Prints how many were read, how many were accepted, and the processor time it took in seconds. */
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { VERSION, SERIAL, ALGORITHM, ISSUER, VALIDITY, SUBJECT, KEY, FIELDS, MOST = 64 };

typedef struct {
    const uint8_t *start, *content, *end;
} Element;

typedef struct {
    Element field[FIELDS], extension[MOST];
    int extensions;
} Slices;

/* One element; NULL as its end if it does not fit before the limit. */
static Element element(const uint8_t *at, const uint8_t *limit) {
    Element found = {at, at, NULL};
    if (limit - at < 2) return found;
    size_t length = at[1];
    const uint8_t *content = at + 2;
    if (length & 0x80) {
        int octets = length & 0x7f;
        if (octets == 0 || octets > 4 || limit - content < octets) return found;
        for (length = 0; octets; octets--) length = length << 8 | *content++;
    }
    if ((size_t)(limit - content) < length) return found;
    found.content = content;
    found.end = content + length;
    return found;
}

static int walk(const uint8_t *der, size_t size, Slices *slices) {
    Element certificate = element(der, der + size);
    if (!certificate.end || *der != 0x30) return 0;
    Element tbs = element(certificate.content, certificate.end);
    if (!tbs.end) return 0;
    const uint8_t *at = tbs.content;
    for (int field = *at == 0xa0 ? VERSION : SERIAL; field < FIELDS; field++) {
        slices->field[field] = element(at, tbs.end);
        if (!slices->field[field].end) return 0;
        at = slices->field[field].end;
    }
    slices->extensions = 0;
    while (at < tbs.end) {
        Element last = element(at, tbs.end);
        if (!last.end) return 0;
        at = last.end;
        if (*last.start != 0xa3) continue;
        Element list = element(last.content, last.end);
        if (!list.end) return 0;
        for (const uint8_t *next = list.content; next < list.end && slices->extensions < MOST;) {
            Element one = element(next, list.end);
            if (!one.end) return 0;
            slices->extension[slices->extensions++] = one;
            next = one.end;
        }
    }
    return 1;
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void digest(const uint8_t *start, size_t size, uint8_t *out) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, start, size);
    SHA256_Final(out, &context);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    FILE *file = fopen(arguments[1], "rb");
    if (!file) return 2;
    fseek(file, 0, SEEK_END);
    size_t size = ftell(file);
    uint8_t *data = malloc(size);
    rewind(file);
    if (!data || fread(data, 1, size, file) != size) return 2;
    long read = 0, accepted = 0, extensions = 0;
    uint8_t out[SHA256_DIGEST_LENGTH], digests = 0;
    Slices slices;
    double begun = seconds();
    for (size_t at = 0; at < size; read++) {
        size_t length = (size_t)data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];
        const uint8_t *der = data + at + 4;
        digest(der, length, out);
        digests ^= out[0];
        if (walk(der, length, &slices)) {
            Element key = slices.field[KEY];
            digest(key.start, key.end - key.start, out);
            digests ^= out[0];
            extensions += slices.extensions;
            accepted++;
        }
        at += 4 + length;
    }
    double took = seconds() - begun;
    fprintf(stderr, "%d %ld\n", digests, extensions); /* so that nothing is left out */
    printf("%ld %ld %f\n", read, accepted, took);
    return 0;
}
