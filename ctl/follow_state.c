/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "ctl/engine/session.h"
#include "ctl/follow_state.h"
#include "ctl/keep_file.h"
#include "ctl/line.h"
#include "db/audit_verify.h"

#define TITLE "grantd-follow 1"

struct reading {
	struct follow_state *state;
	const struct uuid *tenant;
	bool other_tenants;
	bool ended;
};

static bool
next_place(char **text, struct audit_place *p)
{
	const char *order = next_word(text);

	p->by_writer = strcmp(order, "writer") == 0;
	return (p->by_writer || strcmp(order, "id") == 0) && next_int(text, 0, &p->writer) &&
	    next_uuid(text, &p->tenant) && next_uuid(text, &p->id);
}

static bool
next_mark(char **text, struct follow_state *s)
{
	struct audit_mark *m = &s->mark[s->marks];

	if (s->marks == FOLLOW_MARKS || !next_int(text, 1, &m->writer) ||
	    !next_uuid(text, &m->tenant) || !next_uuid(text, &m->id))
		return false;
	m->resource_type = audit_resource_type(next_word(text));
	s->marks++;
	return m->resource_type != NULL && next_uuid(text, &m->resource_id) &&
	    next_int(text, 1, &m->sequence);
}

static bool
parse_tenant(struct reading *r, char **text)
{
	const char *word = next_word(text);
	struct uuid tenant;
	bool all = strcmp(word, "all") == 0;

	if (!all && !uuid_parse(&tenant, word, strlen(word)))
		return false;
	r->other_tenants = all != (r->tenant == NULL) || (!all && !uuid_equal(&tenant, r->tenant));
	return true;
}

/* One line: a word that says what it is, and its values. */
static bool
parse_line(struct reading *r, char *line)
{
	struct follow_state *s = r->state;
	char *text = line;
	const char *what = next_word(&text);
	int64_t again;
	bool good;

	if (r->ended)
		return false;
	if (strcmp(what, "database") == 0) {
		good = strlen(text) < sizeof(s->database) && *text != '\0';
		(void)snprintf(s->database, sizeof(s->database), "%s", next_word(&text));
	} else if (strcmp(what, "tenants") == 0) {
		good = parse_tenant(r, &text);
	} else if (strcmp(what, "start") == 0) {
		good = next_int(&text, 0, &s->start) && next_int(&text, 0, &again);
		s->again = good && again != 0;
	} else if (strcmp(what, "at") == 0) {
		good = next_place(&text, &s->at);
	} else if (strcmp(what, "until") == 0) {
		good = next_place(&text, &s->until);
	} else if (strcmp(what, "mark") == 0) {
		good = next_mark(&text, s);
	} else {
		good = r->ended = strcmp(what, "end") == 0;
	}
	return good && *text == '\0';
}

/* True where all of it was read, to the last line. */
static bool
read_lines(struct reading *r, FILE *file)
{
	char line[512];
	bool good = fgets(line, sizeof(line), file) != NULL && strcmp(line, TITLE "\n") == 0;

	while (good && fgets(line, sizeof(line), file) != NULL) {
		good = line[strcspn(line, "\n")] == '\n';
		line[strcspn(line, "\n")] = '\0';
		good = good && parse_line(r, line);
	}
	return good && r->ended && r->state->database[0] != '\0';
}

bool
follow_state_read(struct ctl *c, const char *path, const struct uuid *tenant,
    struct follow_state *s)
{
	struct reading r = { .state = s, .tenant = tenant };
	FILE *file = fopen(path, "re");
	bool good;

	*s = (struct follow_state){ .marks = 0 };
	if (file == NULL && errno == ENOENT)
		return true;
	if (file == NULL) {
		(void)session_refuse(c, "--state: %s: %s", path, strerror(errno));
		return false;
	}
	good = read_lines(&r, file);
	(void)fclose(file);
	if (!good)
		(void)session_refuse(c, "--state: %s does not say how far the log was followed",
		    path);
	else if (r.other_tenants)
		(void)session_refuse(c, "--state: %s is about other tenants", path);
	return good && !r.other_tenants;
}

static void
print_place(FILE *file, const char *name, const struct audit_place *p)
{
	char tenant[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1];

	uuid_print(&p->tenant, tenant);
	uuid_print(&p->id, id);
	(void)fprintf(file, "%s %s %" PRId64 " %s %s\n", name, p->by_writer ? "writer" : "id",
	    p->writer, tenant, id);
}

static void
print_state(FILE *file, const struct uuid *tenant, const struct follow_state *s)
{
	char text[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1], resource[UUID_TEXT_LEN + 1];
	size_t i;

	if (tenant != NULL)
		uuid_print(tenant, text);
	(void)fprintf(file, TITLE "\ndatabase %s\ntenants %s\nstart %" PRId64 " %d\n", s->database,
	    tenant != NULL ? text : "all", s->start, s->again);
	print_place(file, "at", &s->at);
	print_place(file, "until", &s->until);
	for (i = 0; i < s->marks; i++) {
		const struct audit_mark *m = &s->mark[i];

		uuid_print(&m->tenant, text);
		uuid_print(&m->id, id);
		uuid_print(&m->resource_id, resource);
		(void)fprintf(file, "mark %" PRId64 " %s %s %s %s %" PRId64 "\n", m->writer, text,
		    id, m->resource_type, resource, m->sequence);
	}
	(void)fputs("end\n", file);
}

bool
follow_state_write(const char *path, const struct uuid *tenant, const struct follow_state *s)
{
	struct keep_file k;

	if (!keep_file_begin(&k, path))
		return false;
	print_state(k.file, tenant, s);
	return keep_file_end(&k, KEEP_REPLACE);
}

/* When there is no room, every second one of the older half goes: so they are the further apart the older they are. */
static void
thin_out(struct follow_state *s)
{
	size_t i, kept = 0;

	for (i = 0; i < s->marks; i++)
		if (i >= FOLLOW_MARKS / 2 || i % 2 == 0)
			s->mark[kept++] = s->mark[i];
	s->marks = kept;
}

void
follow_state_mark(struct follow_state *s, const struct audit_followed *f)
{
	const char *type = audit_resource_type(f->row.resource_type);

	if (!f->here || f->writer < 1 || type == NULL)
		return;
	if (s->marks == FOLLOW_MARKS)
		thin_out(s);
	s->mark[s->marks++] = (struct audit_mark){
		.writer = f->writer,
		.tenant = f->row.tenant,
		.id = f->row.id,
		.resource_type = type,
		.resource_id = f->row.resource_id,
		.sequence = f->row.sequence,
	};
}

bool
follow_state_hold(struct ctl *c, const char *path)
{
	struct buf name = BUF_EMPTY;
	int fd = -1;
	bool held;

	buf_addf(&name, "%s.lock", path);
	if (!name.failed)
		fd = open(buf_text(&name), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (!held && errno == EWOULDBLOCK)
		(void)session_refuse(c, "--state: another process follows with %s", path);
	else if (!held)
		(void)session_refuse(c, "--state: %s.lock: %s", path, strerror(errno));
	if (!held && fd >= 0)
		(void)close(fd);
	buf_clear(&name);
	return held; /* the descriptor stays open, and with it the lock */
}
