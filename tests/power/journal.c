/*
 * What a program writes to its disk, kept as a journal: loaded before the program (LD_PRELOAD), it appends every change
 * of a file below LATCHWORK_DISK, and every time such a file is synchronised, to LATCHWORK_DISK_JOURNAL. Who reads the
 * journal can tell what a disk would hold had its power gone at the journal's end: what was synchronised, and any part
 * of the rest.
 *
 * An entry, all numbers little-endian as the machine has them: length of the path (u32), length of what was written
 * (u32), kind (u32), offset (u64), path, what was written. An entry is appended after its change was made and before the
 * program learns of it, one at a time: of a program that is killed the last entry, and that alone, may be cut off, for
 * the kernel writes page by page and stops between two of them.
 *
 * Synchronising only makes its entry: what the kernel holds survives the death of the program, and that is all that the
 * program itself is to see of its files.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITTEN = 1, CUT_TO = 2, SYNCHRONISED = 3, REMOVED = 4, RENAMED = 5 };

struct head {
    uint32_t path_length;
    uint32_t length;
    uint32_t kind;
    uint32_t unused;
    uint64_t offset;
};

static int journal = -1;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const char *disk;
static size_t disk_length;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("LATCHWORK_DISK_JOURNAL");
    disk = getenv("LATCHWORK_DISK");
    if (name == NULL || disk == NULL)
        return;
    disk_length = strlen(disk);
    journal = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal < 0) {
        perror(name);
        abort();
    }
}

/* Whether the journal tells of a path: of the disk's files, but not of the memory that SQLite's processes share. */
static int is_on_disk(const char *path)
{
    size_t length = strlen(path);
    return strncmp(path, disk, disk_length) == 0 && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static void append(enum kind kind, const char *path, uint64_t offset, const void *bytes, size_t length)
{
    int error = errno;
    struct head head = {strlen(path), length, kind, 0, offset};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path_length}, {(void *)bytes, length}};
    ssize_t whole = sizeof head + head.path_length + length;
    pthread_mutex_lock(&one_at_a_time);
    if (syscall(SYS_writev, journal, parts, 3) != whole)
        abort();
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
}

/* Tells the path of an open file if it is on the disk. */
static int path_of(int file, char path[PATH_MAX])
{
    char name[32];
    if (journal < 0)
        return 0;
    int error = errno;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, path, PATH_MAX - 1);
    errno = error;
    if (length <= 0)
        return 0;
    path[length] = 0;
    return is_on_disk(path);
}

static void changed(enum kind kind, int file, uint64_t offset, const void *bytes, size_t length)
{
    char path[PATH_MAX];
    if (path_of(file, path))
        append(kind, path, offset, bytes, length);
}

ssize_t write(int file, const void *bytes, size_t length)
{
    char path[PATH_MAX];
    ssize_t written = syscall(SYS_write, file, bytes, length);
    if (written > 0 && path_of(file, path)) {
        off_t end = lseek(file, 0, SEEK_CUR);
        if (end >= written)
            append(WRITTEN, path, end - written, bytes, written);
    }
    return written;
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    char path[PATH_MAX];
    if (!path_of(file, path))
        return syscall(SYS_writev, file, parts, count);
    for (int part = 0; part < count; part++)
        if (parts[part].iov_len > 0)
            return write(file, parts[part].iov_base, parts[part].iov_len);
    return 0;
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset)
{
    ssize_t written = syscall(SYS_pwrite64, file, bytes, length, offset);
    if (written > 0)
        changed(WRITTEN, file, offset, bytes, written);
    return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset)
{
    return pwrite(file, bytes, length, offset);
}

int ftruncate(int file, off_t length)
{
    int result = syscall(SYS_ftruncate, file, length);
    if (result == 0)
        changed(CUT_TO, file, length, NULL, 0);
    return result;
}

int ftruncate64(int file, off64_t length)
{
    return ftruncate(file, length);
}

static int synchronise(int file, int (*really)(int))
{
    char path[PATH_MAX];
    if (!path_of(file, path))
        return really(file);
    append(SYNCHRONISED, path, 0, NULL, 0);
    return 0;
}

static int really_fsync(int file)
{
    return syscall(SYS_fsync, file);
}

static int really_fdatasync(int file)
{
    return syscall(SYS_fdatasync, file);
}

int fsync(int file)
{
    return synchronise(file, really_fsync);
}

int fdatasync(int file)
{
    return synchronise(file, really_fdatasync);
}

/* A name that is given to a program as it was opened: relative ones are the business of the caller's directory. */
static int whole_path(const char *name, char path[PATH_MAX])
{
    if (journal < 0)
        return 0;
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
    } else {
        if (getcwd(path, PATH_MAX) == NULL)
            return 0;
        size_t length = strlen(path);
        while (name[0] == '.' && name[1] == '/')
            name += 2;
        snprintf(path + length, PATH_MAX - length, "/%s", name);
    }
    return is_on_disk(path);
}

int unlink(const char *name)
{
    char path[PATH_MAX];
    int result = syscall(SYS_unlinkat, AT_FDCWD, name, 0);
    if (result == 0 && whole_path(name, path))
        append(REMOVED, path, 0, NULL, 0);
    return result;
}

int rename(const char *from, const char *to)
{
    char old[PATH_MAX], new[PATH_MAX];
    int result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0 && whole_path(from, old) && whole_path(to, new))
        append(RENAMED, old, 0, new, strlen(new));
    return result;
}

static int opened(int file, int flags)
{
    if (file >= 0 && (flags & O_TRUNC) != 0)
        changed(CUT_TO, file, 0, NULL, 0);
    return file;
}

#define MODE_OF(flags, mode)                              \
    mode_t mode = 0;                                      \
    if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {         \
        va_list rest;                                     \
        va_start(rest, flags);                            \
        mode = va_arg(rest, mode_t);                      \
        va_end(rest);                                     \
    }

int open(const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return opened(syscall(SYS_openat, AT_FDCWD, name, flags, mode), flags);
}

int open64(const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return opened(syscall(SYS_openat, AT_FDCWD, name, flags | O_LARGEFILE, mode), flags);
}

int openat(int folder, const char *name, int flags, ...)
{
    MODE_OF(flags, mode)
    return opened(syscall(SYS_openat, folder, name, flags, mode), flags);
}
