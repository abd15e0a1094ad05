/* SPDX-License-Identifier: MIT */
/*
 * The texts of extension values, and patterns, against slow and plain versions
 * that share no code with the engine: inet_pton(3), sums in 128 bits, a count of
 * days, and a table for `like`.
 */
#include "config.h"

#include <arpa/inet.h>
#include <stdbool.h>

#include "fuzz.h"

#include "cedar/ext.h"
#include "cedar/pattern.h"

__extension__ typedef __int128 wide;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits from *at on as a number, at most `most` of them; -1 without any. */
static wide
slow_number(const char *text, size_t *at, size_t most)
{
	wide sum = 0;
	size_t start = *at;

	while (is_digit(text[*at]) && *at - start < most) {
		/* Far beyond 64 bits is as good as farther. */
		if (sum < (wide)1 << 80)
			sum = sum * 10 + (text[*at] - '0');
		++*at;
	}
	return *at > start ? sum : -1;
}

static bool
fits(wide number)
{
	return number >= INT64_MIN && number <= INT64_MAX;
}

static bool
slow_decimal(const char *text, size_t len, int64_t *out)
{
	bool negative = text[0] == '-';
	size_t at = negative, point;
	wide whole = slow_number(text, &at, SIZE_MAX), fraction;

	if (whole < 0 || text[at++] != '.')
		return false;
	point = at;
	if ((fraction = slow_number(text, &at, 4)) < 0 || at != len)
		return false;
	for (; at - point < 4; point--)
		fraction *= 10;
	whole = whole * 10000 + fraction;
	if (!fits(negative ? -whole : whole))
		return false;
	*out = (int64_t)(negative ? -whole : whole);
	return true;
}

static bool
slow_duration(const char *text, size_t len, int64_t *out)
{
	static const struct {
		const char *name;
		int64_t size;
	} units[] = {
		{ "d", 86400000 },
		{ "h", 3600000 },
		{ "m", 60000 },
		{ "s", 1000 },
		{ "ms", 1 },
	};
	bool negative = text[0] == '-';
	size_t at = negative, unit, n;
	wide sum = 0, part;

	for (unit = 0; unit < 5 && at < len; unit++) {
		size_t from = at;

		if ((part = slow_number(text, &at, SIZE_MAX)) < 0)
			return false;
		n = strlen(units[unit].name);
		if (strncmp(text + at, units[unit].name, n) != 0 ||
		    (unit == 2 && text[at + 1] == 's')) {
			at = from;
			continue;
		}
		at += n;
		part *= negative ? -units[unit].size : units[unit].size;
		sum += part;
		if (!fits(part) || !fits(sum))
			return false;
	}
	if (at != len || at == negative || !is_digit(text[negative]))
		return false;
	*out = (int64_t)sum;
	return true;
}

static bool
leap(long year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 on, counted month by month; false where there is no such day. */
static bool
slow_date(long year, long month, long day, int64_t *days)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	long y, m;

	if (month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && leap(year)))
		return false;
	*days = day - 1;
	for (y = year; y < 1970; y++)
		*days -= 365 + leap(y);
	for (y = 1970; y < year; y++)
		*days += 365 + leap(y);
	for (m = 1; m < month; m++)
		*days += lengths[m - 1] + (m == 2 && leap(year));
	return true;
}

/* The shape of a datetime: 9 stands for a digit, + for a sign. */
static bool
has_shape(const char *text, size_t len, const char *shape)
{
	size_t i;

	if (strlen(shape) != len)
		return false;
	for (i = 0; i < len; i++)
		if (shape[i] == '9'     ? !is_digit(text[i]) :
			shape[i] == '+' ? text[i] != '+' && text[i] != '-' :
					  text[i] != shape[i])
			return false;
	return true;
}

static long
field(const char *text, size_t at, size_t len)
{
	wide number = slow_number(text, &at, len);

	return (long)number;
}

static bool
slow_datetime(const char *text, size_t len, int64_t *out)
{
	static const char *const shapes[] = { "9999-99-99", "9999-99-99T99:99:99Z",
		"9999-99-99T99:99:99.999Z", "9999-99-99T99:99:99+9999",
		"9999-99-99T99:99:99.999+9999" };
	size_t shape, zone;
	int64_t days, offset = 0;
	long h = 0, m = 0, s = 0, ms = 0;

	for (shape = 0; shape < 5 && !has_shape(text, len, shapes[shape]); shape++)
		;
	if (shape == 5 ||
	    !slow_date(field(text, 0, 4), field(text, 5, 2), field(text, 8, 2), &days))
		return false;
	if (shape > 0) {
		h = field(text, 11, 2);
		m = field(text, 14, 2);
		s = field(text, 17, 2);
	}
	if (shape == 2 || shape == 4)
		ms = field(text, 20, 3);
	if (shape >= 3) {
		zone = len - 5;
		offset = field(text, zone + 1, 2) * 60 + field(text, zone + 3, 2);
		if (field(text, zone + 1, 2) > 23 || field(text, zone + 3, 2) > 59)
			return false;
		if (text[zone] == '-')
			offset = -offset;
	}
	if (h > 23 || m > 59 || s > 59)
		return false;
	*out = (((days * 24 + h) * 60 + m - offset) * 60 + s) * 1000 + ms;
	return true;
}

/* inet_pton(3) takes a dotted tail in IPv6, and leading zeros nowhere, as here. */
static bool
slow_ip(const char *text, size_t len, struct ip *ip)
{
	char address[64];
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : len, at = n + 1;
	long prefix;

	if (len > 43 || strlen(text) != len)
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	*ip = (struct ip){ .v6 = strchr(address, ':') != NULL };
	if (ip->v6 && strchr(address, '.') != NULL)
		return false;
	if (inet_pton(ip->v6 ? AF_INET6 : AF_INET, address, ip->address) != 1)
		return false;
	prefix = ip->v6 ? 128 : 32;
	if (slash != NULL) {
		long given = (long)slow_number(text, &at, 3);

		if (given < 0 || given > prefix || at != len || (slash[1] == '0' && at != n + 2))
			return false;
		prefix = given;
	}
	ip->prefix = (uint8_t)prefix;
	return true;
}

static void
check_numbers(const char *text, size_t len)
{
	static const struct {
		bool (*fast)(const char *, size_t, int64_t *);
		bool (*slow)(const char *, size_t, int64_t *);
	} kinds[] = {
		{ cd_decimal_parse, slow_decimal },
		{ cd_duration_parse, slow_duration },
		{ cd_datetime_parse, slow_datetime },
	};
	int64_t fast, slow;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fast = slow = 0;
		HOLDS(kinds[i].fast(text, len, &fast) == kinds[i].slow(text, len, &slow));
		HOLDS(fast == slow);
	}
	if (cd_datetime_parse(text, len, &fast)) {
		HOLDS(cd_datetime_to_date(fast, &slow) && slow % 86400000 == 0);
		HOLDS(slow + cd_datetime_to_time(fast) == fast && slow <= fast &&
		    fast - slow < 86400000);
	}
}

static void
check_ip(const char *text, size_t len)
{
	struct ip fast, slow;
	bool good = cd_ip_parse(text, len, &fast);

	HOLDS(good == slow_ip(text, len, &slow));
	if (!good)
		return;
	HOLDS(fast.v6 == slow.v6 && fast.prefix == slow.prefix &&
	    memcmp(fast.address, slow.address, 16) == 0);
	HOLDS(cd_ip_in_range(&fast, &slow));
	slow.prefix = 0;
	HOLDS(cd_ip_in_range(&fast, &slow));
	(void)cd_ip_is_loopback(&fast);
	(void)cd_ip_is_multicast(&fast);
}

/* ---- like ---- */

#define LIKE_MAX 40u

/* Whether text[i..] fits pattern[j..], from the ends back, in a table of all i and j. */
static bool
slow_like(const char *text, size_t len, const char *pattern, size_t pattern_len)
{
	bool fit[LIKE_MAX + 1][LIKE_MAX + 1] = { { false } };
	size_t i, j;

	for (j = pattern_len + 1; j-- > 0;)
		for (i = len + 1; i-- > 0;) {
			if (j == pattern_len)
				fit[i][j] = i == len;
			else if (pattern[j] == '*')
				fit[i][j] = fit[i][j + 1] || (i < len && fit[i + 1][j]);
			else
				fit[i][j] = i < len && text[i] == pattern[j] && fit[i + 1][j + 1];
		}
	return fit[0][0];
}

static bool
fast_like(const char *text, size_t len, const char *pattern, size_t pattern_len)
{
	struct pattern *p = malloc(sizeof(*p) + (pattern_len + 1) * sizeof(p->pieces[0]));
	struct piece *piece;
	size_t i;
	bool match;

	HOLDS(p != NULL);
	piece = p->pieces;
	*piece = (struct piece){ pattern, 0 };
	for (i = 0; i < pattern_len; i++) {
		if (pattern[i] != '*')
			piece->len++;
		else if (piece == p->pieces || piece->len > 0)
			*++piece = (struct piece){ pattern + i + 1, 0 };
		else
			piece->text = pattern + i + 1;
	}
	p->count = (uint32_t)(piece - p->pieces) + 1;
	match = cd_pattern_match(p, text, len);
	free(p);
	return match;
}

/* The input in two, at its first line feed: a text and a pattern. */
static void
check_like(const char *data, size_t size)
{
	const char *cut = memchr(data, '\n', size);
	size_t len, rest;

	if (cut == NULL)
		return;
	len = (size_t)(cut - data);
	rest = size - len - 1;
	if (len <= LIKE_MAX && rest <= LIKE_MAX)
		HOLDS(fast_like(data, len, cut + 1, rest) == slow_like(data, len, cut + 1, rest));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	check_numbers(text, size);
	check_ip(text, size);
	check_like(text, size);
	free(text);
	return 0;
}
