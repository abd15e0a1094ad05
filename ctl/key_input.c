/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl/engine/session.h"
#include "ctl/key_input.h"

#define LINE_MAX_BYTES 256 /* longer than any key, so that one that is too long is recognized */

static bool
complete(struct key_text *k, size_t len)
{
	return api_key_check(k->text, len, k->name) && api_key_hash(k->text, len, k->hash);
}

bool
key_text_make(struct ctl *c, struct key_text *k)
{
	if (api_key_make(k->text) && complete(k, API_KEY_TEXT_LEN))
		return true;
	key_text_wipe(k);
	(void)session_refuse(c, "the system gives no random numbers");
	return false;
}

/*
 * Read up to the end of the line or of the input, by read(2), so that no copy stays behind in a
 * stdio buffer. The length without the end of line, or -1 with errno set.
 */
static ssize_t
read_line(char line[LINE_MAX_BYTES])
{
	size_t len = 0;
	ssize_t n;

	while (len < LINE_MAX_BYTES) {
		n = read(STDIN_FILENO, line + len, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0 || line[len] == '\n')
			break;
		len++;
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	return (ssize_t)len;
}

/* The same from a terminal, without echo. */
static ssize_t
ask_line(char line[LINE_MAX_BYTES])
{
	struct termios shown, hidden;
	ssize_t len;
	int saved;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return read_line(line);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	(void)fputs("API key: ", stderr);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	len = read_line(line);
	saved = errno;
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	(void)fputc('\n', stderr);
	errno = saved;
	return len;
}

bool
key_text_read(struct ctl *c, struct key_text *k)
{
	char line[LINE_MAX_BYTES];
	ssize_t len = ask_line(line);
	bool good = false;

	if (len == API_KEY_TEXT_LEN) {
		memcpy(k->text, line, API_KEY_TEXT_LEN);
		k->text[API_KEY_TEXT_LEN] = '\0';
		good = complete(k, API_KEY_TEXT_LEN);
	}
	if (len < 0)
		(void)session_refuse(c, "standard input: %s", strerror(errno));
	else if (len == 0)
		(void)session_refuse(c, "a key is expected on standard input, and there is none");
	else if (!good)
		(void)session_refuse(c, "what came on standard input is not a key: %s",
		    len == API_KEY_TEXT_LEN ? "its form or its check sum is wrong" :
					      "a key has 62 characters");
	explicit_bzero(line, sizeof(line));
	if (!good)
		key_text_wipe(k);
	return good;
}

void
key_text_wipe(struct key_text *k)
{
	explicit_bzero(k, sizeof(*k));
}
