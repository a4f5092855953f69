/* Records what a process does to the files of one folder, in order: which are made, written, cut, brought to the disk, removed.
 * The test preloads it into its script, and builds from the record what a disk would hold after a power cut.
 * POWER_CUT_FOLDER is the folder, POWER_CUT_RECORD the file that is written. The index of the log in shared memory (-shm) is left
 * out: it is made anew when the ledger is opened.
 *
 * A record: what (1 byte), length of the name (2), offset (8), length of the bytes (4), name, bytes; numbers little-endian. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES_MAX 4096
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *names[FILES_MAX];
static int record = -1;
static const char *folder;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static void begin(void) {
    if (record >= 0) return;
    folder = getenv("POWER_CUT_FOLDER");
    const char *path = getenv("POWER_CUT_RECORD");
    record = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

static void note(char what, const char *name, int64_t offset, const void *bytes, uint32_t length) {
    unsigned char head[15];
    uint16_t name_length = (uint16_t)strlen(name);
    head[0] = (unsigned char)what;
    memcpy(head + 1, &name_length, 2);
    memcpy(head + 3, &offset, 8);
    memcpy(head + 11, &length, 4);
    struct iovec parts[3] = {{head, sizeof head}, {(void *)name, name_length}, {(void *)bytes, length}};
    if (record >= 0) syscall(SYS_writev, record, parts, bytes ? 3 : 2);
}

/* The name below the folder, "" for the folder itself; none for what lies elsewhere. */
static const char *below(const char *path) {
    begin();
    if (!folder || record < 0) return NULL;
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0) return NULL;
    if (path[length] == 0) return "";
    if (path[length] != '/') return NULL;
    const char *name = path + length + 1;
    size_t end = strlen(name);
    return end > 4 && strcmp(name + end - 4, "-shm") == 0 ? NULL : name;
}

static const char *known(int file) { return file >= 0 && file < FILES_MAX ? names[file] : NULL; }

static int opened(const char *as, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = next(as);
    const char *name = below(path);
    if (!name) return real(path, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
    int file = real(path, flags, mode);
    if (file >= 0 && file < FILES_MAX) {
        free(names[file]);
        names[file] = strdup(name);
        if (is_new) note('c', name, 0, NULL, 0);
        if (flags & O_TRUNC) note('t', name, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return file;
}

#define OPEN(as) int as(const char *path, int flags, ...) { \
    va_list more; va_start(more, flags); mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(more, mode_t) : 0; va_end(more); \
    return opened(#as, path, flags, mode); }
OPEN(open)
OPEN(open64)

int close(int file) {
    int (*real)(int) = next("close");
    if (!known(file)) return real(file);
    pthread_mutex_lock(&lock);
    free(names[file]);
    names[file] = NULL;
    int result = real(file);
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t write(int file, const void *bytes, size_t length) {
    ssize_t (*real)(int, const void *, size_t) = next("write");
    if (!known(file)) return real(file, bytes, length);
    pthread_mutex_lock(&lock);
    ssize_t count = real(file, bytes, length);
    /* Where it ended is where the file stands now, whether it was appended or not. */
    if (count > 0) note('w', known(file), lseek(file, 0, SEEK_CUR) - count, bytes, (uint32_t)count);
    pthread_mutex_unlock(&lock);
    return count;
}

#define PWRITE(as) ssize_t as(int file, const void *bytes, size_t length, off_t offset) { \
    ssize_t (*real)(int, const void *, size_t, off_t) = next(#as); \
    if (!known(file)) return real(file, bytes, length, offset); \
    pthread_mutex_lock(&lock); \
    ssize_t count = real(file, bytes, length, offset); \
    if (count > 0) note('w', known(file), offset, bytes, (uint32_t)count); \
    pthread_mutex_unlock(&lock); \
    return count; }
PWRITE(pwrite)
PWRITE(pwrite64)

#define CUT(as) int as(int file, off_t length) { \
    int (*real)(int, off_t) = next(#as); \
    if (!known(file)) return real(file, length); \
    pthread_mutex_lock(&lock); \
    int result = real(file, length); \
    if (result == 0) note('t', known(file), length, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return result; }
CUT(ftruncate)
CUT(ftruncate64)

/* The record says so when the disk has it, and not before. */
#define SYNC(as) int as(int file) { \
    int (*real)(int) = next(#as); \
    if (!known(file)) return real(file); \
    pthread_mutex_lock(&lock); \
    int result = real(file); \
    if (result == 0) note('s', known(file), 0, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return result; }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    int (*real)(const char *) = next("unlink");
    const char *name = below(path);
    if (!name) return real(path);
    pthread_mutex_lock(&lock);
    int result = real(path);
    if (result == 0) note('u', name, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}
