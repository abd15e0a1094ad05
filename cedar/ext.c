/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/ext.h"

#define DECIMAL_TWO \
	{ \
		VALUE_DECIMAL, VALUE_DECIMAL \
	}

const struct function_info cd_functions[FN_COUNT] = {
	[FN_CONTAINS] = { "contains", true, 2, { 0 } },
	[FN_CONTAINS_ALL] = { "containsAll", true, 2, { 0 } },
	[FN_CONTAINS_ANY] = { "containsAny", true, 2, { 0 } },
	[FN_IS_EMPTY] = { "isEmpty", true, 1, { 0 } },
	[FN_GET_TAG] = { "getTag", true, 2, { 0 } },
	[FN_HAS_TAG] = { "hasTag", true, 2, { 0 } },
	[FN_DECIMAL] = { "decimal", false, 1, { VALUE_STRING } },
	[FN_LESS_THAN] = { "lessThan", true, 2, DECIMAL_TWO },
	[FN_LESS_THAN_OR_EQUAL] = { "lessThanOrEqual", true, 2, DECIMAL_TWO },
	[FN_GREATER_THAN] = { "greaterThan", true, 2, DECIMAL_TWO },
	[FN_GREATER_THAN_OR_EQUAL] = { "greaterThanOrEqual", true, 2, DECIMAL_TWO },
	[FN_IP] = { "ip", false, 1, { VALUE_STRING } },
	[FN_IS_IPV4] = { "isIpv4", true, 1, { VALUE_IP } },
	[FN_IS_IPV6] = { "isIpv6", true, 1, { VALUE_IP } },
	[FN_IS_LOOPBACK] = { "isLoopback", true, 1, { VALUE_IP } },
	[FN_IS_MULTICAST] = { "isMulticast", true, 1, { VALUE_IP } },
	[FN_IS_IN_RANGE] = { "isInRange", true, 2, { VALUE_IP, VALUE_IP } },
	[FN_DATETIME] = { "datetime", false, 1, { VALUE_STRING } },
	[FN_OFFSET] = { "offset", true, 2, { VALUE_DATETIME, VALUE_DURATION } },
	[FN_DURATION_SINCE] = { "durationSince", true, 2, { VALUE_DATETIME, VALUE_DATETIME } },
	[FN_TO_DATE] = { "toDate", true, 1, { VALUE_DATETIME } },
	[FN_TO_TIME] = { "toTime", true, 1, { VALUE_DATETIME } },
	[FN_DURATION] = { "duration", false, 1, { VALUE_STRING } },
	[FN_TO_MILLISECONDS] = { "toMilliseconds", true, 1, { VALUE_DURATION } },
	[FN_TO_SECONDS] = { "toSeconds", true, 1, { VALUE_DURATION } },
	[FN_TO_MINUTES] = { "toMinutes", true, 1, { VALUE_DURATION } },
	[FN_TO_HOURS] = { "toHours", true, 1, { VALUE_DURATION } },
	[FN_TO_DAYS] = { "toDays", true, 1, { VALUE_DURATION } },
};

enum function
cd_function_find(const char *name, size_t len)
{
	int fn;

	for (fn = 0; fn < FN_COUNT; fn++)
		if (strlen(cd_functions[fn].name) == len &&
		    memcmp(cd_functions[fn].name, name, len) == 0)
			break;
	return (enum function)fn;
}

static enum ext_status
make_ip(const struct value *text, struct arena *arena, struct value *out)
{
	struct ip ip, *kept;

	if (!cd_ip_parse(text->string, text->len, &ip))
		return EXT_TEXT;
	if ((kept = cd_arena_alloc(arena, sizeof(*kept))) == NULL)
		return EXT_MEMORY;
	*kept = ip;
	*out = (struct value){ .type = VALUE_IP, .ip = kept };
	return EXT_OK;
}

static enum ext_status
make_number(enum function fn, const struct value *text, struct value *out)
{
	int64_t number;

	switch ((int)fn) {
	case FN_DECIMAL:
		if (!cd_decimal_parse(text->string, text->len, &number))
			return EXT_TEXT;
		*out = value_number(VALUE_DECIMAL, number);
		return EXT_OK;
	case FN_DATETIME:
		if (!cd_datetime_parse(text->string, text->len, &number))
			return EXT_TEXT;
		*out = value_number(VALUE_DATETIME, number);
		return EXT_OK;
	default:
		if (!cd_duration_parse(text->string, text->len, &number))
			return EXT_TEXT;
		*out = value_number(VALUE_DURATION, number);
		return EXT_OK;
	}
}

static bool
test(enum function fn, const struct value *args)
{
	switch ((int)fn) {
	case FN_LESS_THAN:
		return args[0].number < args[1].number;
	case FN_LESS_THAN_OR_EQUAL:
		return args[0].number <= args[1].number;
	case FN_GREATER_THAN:
		return args[0].number > args[1].number;
	case FN_GREATER_THAN_OR_EQUAL:
		return args[0].number >= args[1].number;
	case FN_IS_IPV4:
		return !args[0].ip->v6;
	case FN_IS_IPV6:
		return args[0].ip->v6;
	case FN_IS_LOOPBACK:
		return cd_ip_is_loopback(args[0].ip);
	case FN_IS_MULTICAST:
		return cd_ip_is_multicast(args[0].ip);
	default:
		return cd_ip_in_range(args[0].ip, args[1].ip);
	}
}

/* What gives a datetime, a duration or a Long; false where that overflows. */
static bool
compute(enum function fn, const struct value *args, struct value *out)
{
	static const int64_t divisors[] = { 1, 1000, 60000, 3600000, 86400000 };
	int64_t number = args[0].number;

	switch ((int)fn) {
	case FN_OFFSET:
		if (__builtin_add_overflow(number, args[1].number, &number))
			return false;
		*out = value_number(VALUE_DATETIME, number);
		return true;
	case FN_DURATION_SINCE:
		if (__builtin_sub_overflow(number, args[1].number, &number))
			return false;
		*out = value_number(VALUE_DURATION, number);
		return true;
	case FN_TO_DATE:
		if (!cd_datetime_to_date(number, &number))
			return false;
		*out = value_number(VALUE_DATETIME, number);
		return true;
	case FN_TO_TIME:
		*out = value_number(VALUE_DURATION, cd_datetime_to_time(number));
		return true;
	default:
		*out = value_number(VALUE_LONG, number / divisors[fn - FN_TO_MILLISECONDS]);
		return true;
	}
}

enum ext_status
cd_ext_call(enum function fn, const struct value *args, size_t argc, struct arena *arena,
    struct value *out, size_t *bad)
{
	size_t i;

	if (argc != cd_functions[fn].argc)
		return EXT_ARITY;
	for (i = 0; i < argc; i++)
		if (args[i].type != cd_functions[fn].types[i]) {
			*bad = i;
			return EXT_TYPE;
		}
	if (fn == FN_IP)
		return make_ip(&args[0], arena, out);
	if (!cd_functions[fn].method)
		return make_number(fn, &args[0], out);
	if (fn < FN_DATETIME) {
		*out = value_bool(test(fn, args));
		return EXT_OK;
	}
	return compute(fn, args, out) ? EXT_OK : EXT_OVERFLOW;
}
