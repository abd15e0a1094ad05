/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ctl/engine/session.h"
#include "ctl/policy_input.h"

#define TEXT_MOST ((size_t)4 << 20)
#define NAME_SIZE 256

/* Where faults are reported. */
struct teller {
	const char *path;
	const char *text;
};

static bool
read_all(FILE *f, struct buf *text)
{
	char chunk[8192];
	size_t n;

	while (text->len <= TEXT_MOST && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(text, chunk, n);
	return !ferror(f);
}

bool
input_text(struct ctl *c, const char *path, struct buf *text)
{
	bool standard = strcmp(path, "-") == 0, ok;
	FILE *f = standard ? stdin : fopen(path, "re");

	if (f == NULL) {
		(void)session_refuse(c, "%s: %s", path, strerror(errno));
		return false;
	}
	ok = read_all(f, text);
	if (!ok)
		(void)session_refuse(c, "%s: %s", path, strerror(errno));
	if (!standard)
		(void)fclose(f);
	if (ok && (text->failed || text->len > TEXT_MOST)) {
		(void)session_refuse(c, "%s is larger than 4 MiB", path);
		ok = false;
	}
	return ok;
}

static const char *
line_at(const char *text, unsigned line)
{
	for (; line > 1 && *text != '\0'; text++)
		if (*text == '\n' || (*text == '\r' && text[1] != '\n'))
			line--;
	return text;
}

/* Print the line, and a caret below the column. Tabs stay tabs, so that both lines align. */
static void
show_place(const char *line, unsigned column)
{
	size_t len = strcspn(line, "\r\n"), i, n;

	for (i = 0; i < len; i += n) {
		n = utf8_sequence(line + i, len - i);
		if (n == 0 || (line[i] != '\t' && !utf8_printable(line + i, n)))
			(void)fputc('?', stderr);
		else
			(void)fwrite(line + i, 1, n, stderr);
		n = n > 0 ? n : 1;
	}
	(void)fputc('\n', stderr);
	for (i = 0; i < len && column > 1; column--) {
		(void)fputc(line[i] == '\t' ? '\t' : ' ', stderr);
		n = utf8_sequence(line + i, len - i);
		i += n > 0 ? n : 1;
	}
	(void)fputs("^\n", stderr);
}

static void
tell_fault(const struct teller *t, const char *kind, const struct rule_fault *f)
{
	(void)fprintf(stderr, "%s:%u:%u: %s%s\n", t->path, f->line, f->column, kind, f->message);
	show_place(line_at(t->text, f->line), f->column);
}

static void
tell(void *with, const struct rule_fault *f)
{
	tell_fault(with, "", f);
}

static void
warn(void *with, const struct rule_fault *f)
{
	tell_fault(with, "warning: ", f);
}

/* "production" for "policies/production.cedar". */
static void
name_of(const char *path, char name[NAME_SIZE])
{
	const char *last = strrchr(path, '/'), *dot;

	if (strcmp(path, "-") == 0)
		path = "policies";
	last = last != NULL ? last + 1 : path;
	dot = strrchr(last, '.');
	(void)snprintf(name, NAME_SIZE, "%.*s",
	    dot != NULL && dot != last ? (int)(dot - last) : (int)strlen(last), last);
}

/* What a rule speaks of must be there, unless --allow-unknown makes that a warning. */
static bool
check_vocabulary(struct ctl *c, struct teller *t, size_t len)
{
	bool allowed = args_has(&c->args, "allow-unknown");

	return policy_file_known(t->text, len, allowed ? warn : tell, t) || allowed;
}

static bool
read_policies(struct ctl *c, const char *path, struct policy_file *file, bool known)
{
	struct buf text = BUF_EMPTY;
	struct teller t = { .path = path };
	char name[NAME_SIZE];
	bool ok;

	*file = (struct policy_file)POLICY_FILE_EMPTY;
	ok = input_text(c, path, &text);
	if (ok) {
		t.text = buf_text(&text);
		name_of(path, name);
		ok = policy_file_read(file, t.text, text.len, name, tell, &t) &&
		    (!known || check_vocabulary(c, &t, text.len));
	}
	buf_clear(&text);
	return ok;
}

bool
input_policies(struct ctl *c, const char *path, struct policy_file *file)
{
	return read_policies(c, path, file, false);
}

bool
input_known_policies(struct ctl *c, const char *path, struct policy_file *file)
{
	return read_policies(c, path, file, true);
}
