/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stddef.h>

#include "policy/about.h"

static const struct {
	const char *name;
	enum about_type type;
} members[ABOUT__MAX] = {
#define X(id, name_, type_, most) [id] = { .name = name_, .type = type_ },
	ABOUT_MEMBERS(X)
#undef X
};

const char *
about_name(enum about_member m)
{
	return members[m].name;
}

enum about_type
about_type(enum about_member m)
{
	return members[m].type;
}

void
about_text(struct about *a, enum about_member m, const char *text)
{
	a->member[m].there = text != NULL;
	a->member[m].text = text;
}

void
about_id(struct about *a, enum about_member m, const struct uuid *id)
{
	uuid_print(id, a->member[m].id);
	about_text(a, m, a->member[m].id);
}

void
about_number(struct about *a, enum about_member m, int64_t number)
{
	a->member[m].there = true;
	a->member[m].number = number;
}

void
about_flag(struct about *a, enum about_member m, bool flag)
{
	a->member[m].there = true;
	a->member[m].flag = flag;
}
