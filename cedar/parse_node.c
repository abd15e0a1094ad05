/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/parse.h"

struct expr *
cd_node(struct parser *p, enum expr_kind kind, uint32_t start)
{
	struct expr *e = cd_arena_zero(&p->set->arena, 1, sizeof(*e));

	if (e == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	e->kind = (uint8_t)kind;
	e->start = start;
	e->end = p->last.end;
	return e;
}

struct expr *
cd_wrap(struct parser *p, enum expr_kind kind, uint32_t start, struct expr *operand)
{
	struct expr *e = cd_node(p, kind, start);

	if (e != NULL) {
		e->first = operand;
		e->count = 1;
	}
	return e;
}

struct list
cd_list_of(struct expr *parent)
{
	struct list list = { parent, parent->first };

	while (list.last != NULL && list.last->next != NULL)
		list.last = list.last->next;
	return list;
}

void
cd_append(struct list *list, struct expr *e)
{
	if (list->last != NULL)
		list->last->next = e;
	else
		list->parent->first = e;
	list->last = e;
	list->parent->count++;
	list->parent->end = e->end;
}

bool
cd_open_chain(struct parser *p, enum expr_kind kind, struct expr *first, struct list *list)
{
	struct expr *e = first->kind == kind ? first : cd_wrap(p, kind, first->start, first);

	if (e == NULL)
		return false;
	*list = cd_list_of(e);
	return true;
}
