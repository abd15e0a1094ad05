/* SPDX-License-Identifier: MIT */
/*
 * A file of settings. What is accepted is printed, loaded and printed again as the same; what is
 * not has a sentence.
 */
#include "config.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

#include "base/settings.h"
#include "base/utf8.h"

static int fd = -1;
static char path[64];

/* The file is in memory, and read through the name that the kernel gives it. */
static void
write_file(const void *text, size_t len)
{
	if (fd < 0) {
		fd = memfd_create("settings", MFD_CLOEXEC);
		HOLDS(fd >= 0);
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	HOLDS(ftruncate(fd, 0) == 0);
	HOLDS(pwrite(fd, text, len, 0) == (ssize_t)len);
}

static char *
printed(const struct settings *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	HOLDS(f != NULL);
	settings_print(s, f);
	HOLDS(fclose(f) == 0);
	return text;
}

static void
load_again(char *text)
{
	char error[SETTINGS_ERROR_MAX], *again;
	struct settings s;

	write_file(text, strlen(text));
	HOLDS(settings_load(&s, path, error));
	again = printed(&s);
	HOLDS(strcmp(again, text) == 0);
	settings_clear(&s);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[SETTINGS_ERROR_MAX], *text;
	struct settings s;

	if (size > 32768)
		return 0;
	write_file(data, size);
	if (settings_load(&s, path, error)) {
		text = printed(&s);
		load_again(text);
		free(text);
		settings_clear(&s);
	} else {
		HOLDS(s.database == NULL && error[0] != '\0');
		HOLDS(utf8_printable(error, strnlen(error, sizeof(error))));
	}
	return 0;
}
