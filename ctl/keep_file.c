/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ctl/keep_file.h"

static void
clear(struct keep_file *k)
{
	buf_clear(&k->path);
	buf_clear(&k->temporary);
	k->file = NULL;
}

bool
keep_file_begin(struct keep_file *k, const char *path)
{
	int fd = -1, saved;

	*k = (struct keep_file){ .file = NULL, .path = BUF_EMPTY, .temporary = BUF_EMPTY };
	buf_adds(&k->path, path);
	buf_addf(&k->temporary, "%s.new", path);
	errno = ENOMEM;
	/* One that a crash left behind is nobody's. */
	if (!k->path.failed && !k->temporary.failed)
		fd = open(buf_text(&k->temporary),
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
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

	if (fclose(k->file) != 0 && kept) {
		kept = false;
		saved = errno;
	}
	if (kept && how != KEEP_NOT) {
		kept = give_name(k, how) && keep_file_name(buf_text(&k->path));
		saved = errno;
	}
	if (!kept || how == KEEP_NOT)
		(void)unlink(buf_text(&k->temporary));
	clear(k);
	errno = saved;
	return kept || how == KEEP_NOT;
}
