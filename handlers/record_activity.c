/* SPDX-License-Identifier: MIT */
/*
 * RecordActivity, POST /v1/grants/{id}/activity: stores what was done in sessions under a grant,
 * all of a batch or none.
 *
 * Answers 200 with how many events were new and how many were not; raises 409 while the grant's
 * auditing is off. Safe to repeat: an event is known by its id. The events are the record
 * themselves, so that no entry in the audit log tells of them.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/field.h"
#include "base/json_build.h"
#include "base/metrics.h"
#include "base/time_text.h"
#include "base/words.h"
#include "handlers/operation.h"

static const struct body_member event_members[] = {
	{ .name = "id", .type = MEMBER_UUID, .required = true },
	{ .name = "occurred_at", .type = MEMBER_TIME, .required = true },
	{ .name = "service",
	    .type = MEMBER_LINE,
	    .required = true,
	    .min = 1,
	    .max = FIELD_SERVICE_MOST },
	{ .name = "name", .type = MEMBER_LINE, .required = true, .min = 1, .max = FIELD_NAME_MOST },
	{ .name = "kind", .type = MEMBER_STRING, .required = true, .words = activity_kind_words },
	{ .name = "outcome",
	    .type = MEMBER_STRING,
	    .required = true,
	    .words = activity_outcome_words },
	{ .name = "source_ip", .type = MEMBER_ADDRESS, .nullable = true },
	{ .name = "details", .type = MEMBER_OBJECT, .nullable = true },
};
static const struct body_schema event_schema = { event_members, COUNT_OF(event_members) };
static const struct body_member event = { .type = MEMBER_OBJECT, .schema = &event_schema };

static const struct body_member members[] = {
	{
	    .name = "events",
	    .type = MEMBER_ARRAY,
	    .required = true,
	    .min = 1,
	    .max = ACTIVITY_BATCH_MOST,
	    .item = &event,
	},
};
static const struct body_schema body = { members, COUNT_OF(members) };

/*
 * PostgreSQL takes fewer offsets than RFC 3339 has, and rounds fractions: it gets the time as we
 * print it.
 */
static bool
normalize_time(struct json_object *o)
{
	struct json_object *time = json_object_object_get(o, "occurred_at");
	char text[TIME_TEXT_LEN + 1];
	int64_t t;

	return time_parse(&t, json_object_get_string(time),
		   (size_t)json_object_get_string_len(time)) &&
	    time_print(t, text) && json_object_set_string(time, text) == 1;
}

static enum prepared
record_activity_prepare(struct call *c)
{
	struct json_object *events = json_object_object_get(c->request.body, "events");
	size_t i, n = json_object_array_length(events);

	for (i = 0; i < n; i++)
		if (!normalize_time(json_object_array_get_idx(events, i)))
			return PREPARED_FAILED;
	return json_object_to_json_string_ext(events, JSON_C_TO_STRING_PLAIN) != NULL ?
	    PREPARED :
	    PREPARED_FAILED;
}

/* The text is kept by the events, and made already. */
static const enum change *
record_activity_change(struct call *c)
{
	struct json_object *events = json_object_object_get(c->request.body, "events");

	db_activity_record(c->db, &c->caller.tenant, &c->request.path_id[0],
	    json_object_to_json_string_ext(events, JSON_C_TO_STRING_PLAIN), &c->change.by,
	    &c->of.grant.receipt);
	return &c->of.grant.receipt.change;
}

static void
record_activity_answer(struct call *c)
{
	struct json_object *events = json_object_object_get(c->request.body, "events");
	struct json_build b;
	int64_t duplicates;

	if (c->of.grant.receipt.change == CHANGE_OFF) {
		response_error(c->rs, ERROR_AUDIT_DISABLED, NULL, NULL);
		return;
	}
	duplicates = (int64_t)json_object_array_length(events) - c->of.grant.receipt.accepted;
	metrics_add(METRIC_EVENTS + EVENTS_ACCEPTED, (uint64_t)c->of.grant.receipt.accepted);
	metrics_add(METRIC_EVENTS + EVENTS_DUPLICATE, (uint64_t)duplicates);
	json_build_begin(&b);
	json_put_int(&b, "accepted", c->of.grant.receipt.accepted);
	json_put_int(&b, "duplicates", duplicates);
	response_json(c->rs, 200, json_build_end(&b));
}

const struct operation op_record_activity = {
	.id = "RecordActivity",
	.method = HTTP_POST,
	.path = "/v1/grants/{id}/activity",
	.access = ACCESS_WRITE,
	.target = TARGET_GRANT,
	.body = &body,
	.body_max = BODY_LARGE,
	.prepare = record_activity_prepare,
	.change = record_activity_change,
	.direct = true,
	.unlogged = true,
	.answer = record_activity_answer,
};
