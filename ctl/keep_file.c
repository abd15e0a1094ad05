/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ctl/keep_file.h"

/* To get hold of a file that others take away meanwhile. */
#define TRIES 10

static void
clear(struct keep_file *k)
{
	buf_clear(&k->path);
	buf_clear(&k->temporary);
	k->file = NULL;
}

/* Held by a lock: nobody else writes it. False: errno says why; it is somebody else's, or not a file, or in use. */
static bool
hold(int fd, struct stat *held)
{
	if (fstat(fd, held) != 0)
		return false;
	if (!S_ISREG(held->st_mode) || held->st_uid != geteuid()) {
		errno = EPERM;
		return false;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fstat(fd, held) == 0;
	if (errno == EWOULDBLOCK)
		errno = EBUSY;
	return false;
}

/* False: it has another name as well, or by now has not this one. */
static bool
is_ours_alone(const struct stat *held, const char *path)
{
	struct stat named;

	return held->st_nlink == 1 && lstat(path, &named) == 0 && held->st_dev == named.st_dev &&
	    held->st_ino == named.st_ino;
}

/*
 * One that a crash left behind is begun anew, unless it has another name, too: a crash just before the end leaves it so, and then what is in
 * it is kept already. A FIFO of that name is not waited for (O_NONBLOCK). The descriptor, or -1 with errno set.
 */
static int
open_temporary(const char *path)
{
	int fd, saved, tries;
	struct stat held;

	for (tries = 0; tries < TRIES; tries++) {
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
		if (fd < 0)
			return -1;
		if (!hold(fd, &held))
			break;
		if (is_ours_alone(&held, path)) {
			if (ftruncate(fd, 0) == 0)
				return fd;
			break;
		}
		if (held.st_nlink > 1 && unlink(path) != 0)
			break;
		(void)close(fd);
		errno = EBUSY;
	}
	saved = errno;
	if (tries < TRIES)
		(void)close(fd);
	errno = saved;
	return -1;
}

bool
keep_file_begin(struct keep_file *k, const char *path)
{
	int fd = -1, saved;

	*k = (struct keep_file){ .file = NULL, .path = BUF_EMPTY, .temporary = BUF_EMPTY };
	buf_adds(&k->path, path);
	buf_addf(&k->temporary, "%s.new", path);
	errno = ENOMEM;
	if (!k->path.failed && !k->temporary.failed)
		fd = open_temporary(buf_text(&k->temporary));
	if (fd >= 0)
		k->file = fdopen(fd, "w");
	if (k->file != NULL)
		return true;
	saved = errno;
	if (fd >= 0)
		(void)close(fd);
	clear(k);
	errno = saved;
	return false;
}

bool
keep_file_name(const char *path)
{
	struct buf folder = BUF_EMPTY;
	const char *slash = strrchr(path, '/');
	bool kept = false;
	int fd;

	if (slash == NULL)
		buf_addc(&folder, '.');
	else
		buf_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
	fd = folder.failed ? -1 : open(buf_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		kept = fsync(fd) == 0;
		(void)close(fd);
	}
	buf_clear(&folder);
	return kept;
}

static bool
give_name(const struct keep_file *k, enum keep_how how)
{
	const char *path = buf_text(&k->path), *temporary = buf_text(&k->temporary);

	if (how == KEEP_REPLACE)
		return rename(temporary, path) == 0;
	return link(temporary, path) == 0 && unlink(temporary) == 0;
}

bool
keep_file_end(struct keep_file *k, enum keep_how how)
{
	bool kept = !ferror(k->file) && fflush(k->file) == 0 && fsync(fileno(k->file)) == 0;
	int saved = errno;

	if (kept && how != KEEP_NOT) {
		kept = give_name(k, how) && keep_file_name(buf_text(&k->path));
		saved = errno;
	}
	if (!kept || how == KEEP_NOT)
		(void)unlink(buf_text(&k->temporary));
	(void)fclose(k->file); /* all is on disk; the lock was needed until it had its name */
	clear(k);
	errno = saved;
	return kept || how == KEEP_NOT;
}
