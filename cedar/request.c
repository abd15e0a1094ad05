/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cedar/request.h"
#include "cedar/text.h"

struct cedar_request *
cedar_request_new(size_t memory_max)
{
	struct cedar_request *rq = calloc(1, sizeof(*rq));

	if (rq == NULL)
		return NULL;
	cedar_request_budget(rq, 0);
	cd_arena_init(&rq->arena, memory_max != 0 ? memory_max : CEDAR_MEMORY_DEFAULT);
	cd_record_init(rq, &rq->context);
	cd_request_fail(rq, "the request was never begun", (char *)NULL);
	return rq;
}

void
cedar_request_free(struct cedar_request *rq)
{
	if (rq == NULL)
		return;
	cd_arena_free(&rq->arena);
	free(rq->by_serial);
	free(rq);
}

size_t
cedar_request_memory(const struct cedar_request *rq)
{
	return sizeof(*rq) + rq->arena.held + rq->by_serial_room * sizeof(rq->by_serial[0]);
}

/* ---- budget ---- */

void
cedar_request_budget(struct cedar_request *rq, uint64_t steps)
{
	rq->budget = steps == 0 || steps > INT64_MAX ? INT64_MAX : (int64_t)steps;
}

uint64_t
cedar_request_steps(const struct cedar_request *rq)
{
	return (uint64_t)(rq->budget - rq->left);
}

bool
cedar_request_over_budget(const struct cedar_request *rq, size_t *policy)
{
	if (rq->left < 0 && policy != NULL)
		*policy = rq->asking;
	return rq->left < 0;
}

/* ---- failures ---- */

void
cd_request_fail(struct cedar_request *rq, const char *part, ...)
{
	struct text text;
	va_list parts;

	if (rq->faulty)
		return;
	text = cd_text_fixed(rq->fault, sizeof(rq->fault));
	va_start(parts, part);
	for (; part != NULL; part = va_arg(parts, const char *))
		cd_text_puts(&text, part);
	va_end(parts);
	rq->faulty = true;
}

void
cd_request_no_memory(struct cedar_request *rq)
{
	cd_request_fail(rq, "the request takes more memory than is allowed", (char *)NULL);
}

const char *
cedar_request_fault(const struct cedar_request *rq)
{
	return rq->faulty ? rq->fault : NULL;
}

/* Callers may have an empty text at no address. */
static struct cedar_str
somewhere(struct cedar_str text)
{
	return text.data != NULL ? text : (struct cedar_str){ "", 0 };
}

/* ---- entities ---- */

/* Make the table reach to this serial, doubling. */
static bool
reserve_serial(struct cedar_request *rq, uint32_t serial)
{
	uint32_t room = rq->by_serial_room != 0 ? rq->by_serial_room : 64;
	struct cedar_entity **wider;

	if (serial < rq->by_serial_room)
		return true;
	while (room <= serial) {
		if (room > UINT32_MAX / 2)
			return false;
		room *= 2;
	}
	if ((wider = realloc(rq->by_serial, room * sizeof(*wider))) == NULL)
		return false;
	memset(wider + rq->by_serial_room, 0, (room - rq->by_serial_room) * sizeof(*wider));
	rq->by_serial = wider;
	rq->by_serial_room = room;
	return true;
}

/* All slots are NULL again when the entities of the last question are forgotten. */
static void
forget_entities(struct cedar_request *rq)
{
	const struct cedar_entity *e;

	for (e = rq->entities; e != NULL; e = e->next)
		rq->by_serial[e->serial] = NULL;
	rq->entities = NULL;
	rq->entity_count = 0;
}

void
cedar_request_begin(struct cedar_request *rq, const struct cedar_set *set)
{
	forget_entities(rq);
	cd_arena_reset(&rq->arena);
	rq->set = set;
	cd_interner_init_over(&rq->symbols, &rq->arena, &set->symbols);
	rq->records = NULL;
	cd_record_init(rq, &rq->context);
	memset(rq->parties, 0, sizeof(rq->parties));
	rq->candidates = NULL;
	rq->walks = 0;
	rq->left = rq->budget;
	rq->prepared = false;
	rq->unheld = false;
	rq->faulty = false;
	if (!set->sealed)
		cd_request_fail(rq, "the policy set is not sealed", (char *)NULL);
}

struct cedar_entity *
cd_request_entity(struct cedar_request *rq, const struct uid *uid)
{
	struct cedar_entity *e;

	if (uid == NULL || !reserve_serial(rq, uid->serial)) {
		cd_request_no_memory(rq);
		return NULL;
	}
	if ((e = rq->by_serial[uid->serial]) != NULL)
		return e;
	if ((e = cd_arena_zero(&rq->arena, 1, sizeof(*e))) == NULL) {
		cd_request_no_memory(rq);
		return NULL;
	}
	e->request = rq;
	e->uid = uid;
	e->serial = uid->serial;
	e->next = rq->entities;
	rq->entities = e;
	rq->entity_count++;
	rq->by_serial[uid->serial] = e;
	return e;
}

struct cedar_entity *
cedar_entity(struct cedar_request *rq, struct cedar_str type, struct cedar_str id)
{
	const struct name *name;
	const struct uid *uid = NULL;

	if (rq->faulty)
		return NULL;
	if (type.len > CEDAR_TEXT_MAX || id.len > CEDAR_TEXT_MAX) {
		cd_request_fail(rq, "an entity's type or id is too long", (char *)NULL);
		return NULL;
	}
	type = somewhere(type);
	id = somewhere(id);
	if ((name = cd_intern_name(&rq->symbols, type.data, type.len)) != NULL)
		uid = cd_intern_uid(&rq->symbols, name, id.data, id.len);
	return cd_request_entity(rq, uid);
}

static void
set_party(struct cedar_request *rq, enum variable variable, struct cedar_entity *e)
{
	rq->parties[variable].entity = e;
	rq->prepared = false;
}

void
cedar_request_principal(struct cedar_request *rq, struct cedar_entity *e)
{
	set_party(rq, VAR_PRINCIPAL, e);
}

void
cedar_request_action(struct cedar_request *rq, struct cedar_entity *e)
{
	set_party(rq, VAR_ACTION, e);
}

void
cedar_request_resource(struct cedar_request *rq, struct cedar_entity *e)
{
	set_party(rq, VAR_RESOURCE, e);
}

void
cedar_entity_parent(struct cedar_entity *e, struct cedar_entity *parent)
{
	struct cedar_request *rq;
	struct cedar_entity **wider;
	uint32_t room;

	if (e == NULL || parent == NULL)
		return;
	rq = e->request;
	e->listed = true;
	rq->prepared = false;
	if (e->parent_count == e->parent_room) {
		room = e->parent_room != 0 ? e->parent_room * 2 : 4;
		if ((wider = cd_arena_zero(&rq->arena, room, sizeof(*wider))) == NULL) {
			cd_request_no_memory(rq);
			return;
		}
		if (e->parent_count > 0)
			memcpy(wider, e->parents, e->parent_count * sizeof(*wider));
		e->parents = wider;
		e->parent_room = room;
	}
	e->parents[e->parent_count++] = parent;
}

void
cedar_entity_opaque(struct cedar_entity *e, bool opaque)
{
	if (e == NULL)
		return;
	e->listed = true;
	e->opaque = opaque;
}

/* ---- records ---- */

void
cd_record_init(struct cedar_request *rq, struct cedar_record *record)
{
	*record = (struct cedar_record){ .request = rq, .next = rq->records };
	rq->records = record;
}

/* An entity's records join the request's list when they are first asked for. */
static struct cedar_record *
entity_record(struct cedar_entity *e, struct cedar_record *record, bool attributes)
{
	e->listed = true;
	if (record->request == NULL) {
		cd_record_init(e->request, record);
		record->attributes = attributes;
	}
	return record;
}

struct cedar_record *
cedar_entity_attributes(struct cedar_entity *e)
{
	return e != NULL ? entity_record(e, &e->attributes, true) : NULL;
}

struct cedar_record *
cedar_entity_tags(struct cedar_entity *e)
{
	return e != NULL ? entity_record(e, &e->tags, false) : NULL;
}

struct cedar_record *
cedar_request_context(struct cedar_request *rq)
{
	return &rq->context;
}

static bool
reserve_field(struct cedar_record *record)
{
	uint32_t room = record->room != 0 ? record->room * 2 : 8;
	struct field *wider;

	if (record->record.count < record->room)
		return true;
	if ((wider = cd_arena_alloc(&record->request->arena, room * sizeof(*wider))) == NULL)
		return false;
	if (record->record.count > 0)
		memcpy(wider, record->record.fields, record->record.count * sizeof(*wider));
	record->record.fields = wider;
	record->room = room;
	return true;
}

struct value *
cd_record_put(struct cedar_record *record, struct cedar_str text)
{
	struct cedar_request *rq;
	const struct name *name;
	struct field *field;

	if (record == NULL || record->request->faulty)
		return NULL;
	rq = record->request;
	rq->prepared = false;
	if (text.len > CEDAR_TEXT_MAX) {
		cd_request_fail(rq, "a name is too long", (char *)NULL);
		return NULL;
	}
	text = somewhere(text);
	if (record->attributes) {
		if ((name = cd_find_name(&rq->set->symbols, text.data, text.len)) == NULL)
			return NULL;
	} else {
		name = cd_intern_name(&rq->symbols, text.data, text.len);
	}
	if (name == NULL || !reserve_field(record)) {
		cd_request_no_memory(rq);
		return NULL;
	}
	field = &record->record.fields[record->record.count++];
	*field = (struct field){ .name = name };
	return &field->value;
}

static void
put(struct cedar_record *record, struct cedar_str name, struct value value)
{
	struct value *slot = cd_record_put(record, name);

	if (slot != NULL)
		*slot = value;
}

void
cedar_put_bool(struct cedar_record *record, struct cedar_str name, bool truth)
{
	put(record, name, value_bool(truth));
}

void
cedar_put_long(struct cedar_record *record, struct cedar_str name, int64_t number)
{
	put(record, name, value_number(VALUE_LONG, number));
}

void
cedar_put_datetime(struct cedar_record *record, struct cedar_str name, int64_t milliseconds)
{
	put(record, name, value_number(VALUE_DATETIME, milliseconds));
}

void
cedar_put_duration(struct cedar_record *record, struct cedar_str name, int64_t milliseconds)
{
	put(record, name, value_number(VALUE_DURATION, milliseconds));
}

void
cedar_put_unheld(struct cedar_record *record, struct cedar_str name)
{
	struct value *slot = cd_record_put(record, name);

	if (slot == NULL)
		return;
	*slot = value_number(VALUE_UNHELD, 0);
	record->request->unheld = true;
}

/* A borrowed text as a value; one that is too long is a failure. */
static struct value
string_value(struct cedar_request *rq, struct cedar_str text)
{
	if (text.len > CEDAR_TEXT_MAX) {
		cd_request_fail(rq, "a string is too long", (char *)NULL);
		text.len = 0;
	}
	text = somewhere(text);
	return value_string(text.data, text.len);
}

void
cedar_put_string(struct cedar_record *record, struct cedar_str name, struct cedar_str text)
{
	struct value *slot = cd_record_put(record, name);

	if (slot != NULL)
		*slot = string_value(record->request, text);
}

void
cedar_put_strings(struct cedar_record *record, struct cedar_str name, const struct cedar_str *texts,
    size_t count)
{
	struct value *slot = cd_record_put(record, name);
	struct set *set;
	size_t i;

	if (slot == NULL)
		return;
	*slot = value_bool(false);
	if ((set = cd_set_new(&record->request->arena, count)) == NULL) {
		cd_request_no_memory(record->request);
		return;
	}
	for (i = 0; i < count; i++)
		set->items[set->count++] = string_value(record->request, texts[i]);
	cd_set_normalize(set);
	*slot = value_set(set);
}

void
cedar_put_entity(struct cedar_record *record, struct cedar_str name, const struct cedar_entity *e)
{
	if (e != NULL)
		put(record, name, value_entity(e->uid));
}

void
cedar_put_ip(struct cedar_record *record, struct cedar_str name, struct cedar_str address)
{
	struct value *slot = cd_record_put(record, name);
	struct ip *ip;

	if (slot == NULL)
		return;
	*slot = value_bool(false);
	if ((ip = cd_arena_alloc(&record->request->arena, sizeof(*ip))) == NULL)
		cd_request_no_memory(record->request);
	else if (!cd_ip_parse(somewhere(address).data, somewhere(address).len, ip))
		cd_request_fail(record->request, "a text is no IP address", (char *)NULL);
	else
		*slot = (struct value){ .type = VALUE_IP, .ip = ip };
}

struct cedar_record *
cedar_put_record(struct cedar_record *record, struct cedar_str name)
{
	struct value *slot = cd_record_put(record, name);
	struct cedar_record *inner;

	if (slot == NULL)
		return NULL;
	if ((inner = cd_arena_alloc(&record->request->arena, sizeof(*inner))) == NULL) {
		cd_request_no_memory(record->request);
		*slot = value_bool(false);
		return NULL;
	}
	cd_record_init(record->request, inner);
	*slot = value_record(&inner->record);
	return inner;
}
