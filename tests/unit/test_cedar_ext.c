/* SPDX-License-Identifier: MIT */
/* Texts of extension values: whole domains where they are small, borders where they are not. */
#include "config.h"

#include "cedar_world.h"

#include "cedar/ext.h"

#define DAY INT64_C(86400000)

static bool
datetime(const char *text, int64_t *ms)
{
	return cd_datetime_parse(text, strlen(text), ms);
}

static int
days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month] +
	    (month == 1 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)));
}

/* All days of all years, each following the one before; and no other. */
static void
every_date(void **state)
{
	int64_t expected = -INT64_C(62167219200000), ms;
	int year, month, day;
	char text[64];

	(void)state;
	for (year = 0; year <= 9999; year++)
		for (month = 0; month <= 13; month++)
			for (day = 0; day <= 32; day++) {
				bool real = month >= 1 && month <= 12 && day >= 1 &&
				    day <= days_of(year, month - 1);

				/* The odd ones only now and then: they are most of the work. */
				if (!real && year % 100 != 0)
					continue;
				(void)snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month,
				    day);
				if (datetime(text, &ms) != real || (real && ms != expected))
					fail_msg("%s", text);
				expected += real ? DAY : 0;
			}
	assert_true(expected == INT64_C(253402300800000));
}

static void
every_second_and_offset(void **state)
{
	int hour, minute, second;
	char text[64];
	int64_t ms;

	(void)state;
	for (hour = 0; hour < 100; hour++)
		for (minute = 0; minute < 100; minute++) {
			for (second = 0; second < 100;
			     second += hour == 0 || minute == 0 ? 1 : 37) {
				(void)snprintf(text, sizeof(text), "1970-01-01T%02d:%02d:%02dZ",
				    hour, minute, second);
				if (datetime(text, &ms) !=
				    (hour < 24 && minute < 60 && second < 60))
					fail_msg("%s", text);
				if (hour < 24 && minute < 60 && second < 60)
					assert_int_equal(ms,
					    ((hour * 60 + minute) * 60 + second) * 1000);
			}
			(void)snprintf(text, sizeof(text), "1970-01-01T00:00:00.007-%02d%02d", hour,
			    minute);
			assert_int_equal(datetime(text, &ms), hour < 24 && minute < 60);
			if (hour < 24 && minute < 60)
				assert_int_equal(ms, (hour * 60 + minute) * 60000 + 7);
		}
}

static void
other_datetimes(void **state)
{
	static const char *const bad[] = { "", "1970", "1970-01-01T", "1970-1-1", "1970-01-01Z",
		"1970-01-01T00:00Z", "1970-01-01T00:00:00", "1970-01-01t00:00:00Z",
		"1970-01-01T00:00:00z", "1970-01-01T00:00:00.1Z", "1970-01-01T00:00:00.1234Z",
		"1970-01-01T00:00:00+01:00", "1970-01-01T00:00:00+01", " 1970-01-01", "1970-01-01 ",
		"+1970-01-01", "-970-01-01", "1970-01-01T00:00:00Z0", "1970-01-01T00:00:00.000",
		"19700101", "1970/01/01", "10000-01-01" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++)
		if (datetime(bad[i], &ms))
			fail_msg("%s", bad[i]);
	assert_true(
	    datetime("0000-01-01T00:00:00+2359", &ms) && ms == -INT64_C(62167219200000) - 86340000);
	assert_true(datetime("9999-12-31T23:59:59.999-2359", &ms) &&
	    ms == INT64_C(253402300799999) + 86340000);
	assert_true(cd_datetime_to_date(-1, &ms) && ms == -DAY);
	assert_true(cd_datetime_to_date(DAY + 1, &ms) && ms == DAY);
	assert_false(cd_datetime_to_date(INT64_MIN, &ms));
	assert_int_equal(cd_datetime_to_time(-1), DAY - 1);
	assert_int_equal(cd_datetime_to_time(INT64_MIN), 60424192);
	assert_int_equal(cd_datetime_to_time(INT64_MAX), 25975807);
}

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "0s", 0 },
		{ "-0d", 0 },
		{ "1d2h3m4s5ms", 93784005 },
		{ "-1d1ms", -86400001 },
		{ "007m", 420000 },
		{ "1m1ms", 60001 },
		{ "9223372036854775807ms", INT64_MAX },
		{ "-9223372036854775808ms", INT64_MIN },
		{ "-9223372036854775s808ms", INT64_MIN },
		{ "106751991167d7h12m55s807ms", INT64_MAX },
	};
	static const char *const bad[] = { "", "-", "1", "d", "1D", "1d1", "1h1d", "1d1d", "1ms1s",
		"1s1m", "+1d", "--1d", "1.5h", "1w", " 1d", "1d ", "1 d", "1d-2h",
		"9223372036854775808ms", "-9223372036854775809ms", "9223372036854775s808ms",
		"106751991168d", "99999999999999999999d", "1mss", "1msm" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++)
		if (!cd_duration_parse(good[i].text, strlen(good[i].text), &ms) || ms != good[i].ms)
			fail_msg("%s", good[i].text);
	for (i = 0; i < COUNT_OF(bad); i++)
		if (cd_duration_parse(bad[i], strlen(bad[i]), &ms))
			fail_msg("%s", bad[i]);
}

static void
decimals(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} good[] = {
		{ "0.0", 0 },
		{ "-0.0", 0 },
		{ "-0.5", -5000 },
		{ "1.2345", 12345 },
		{ "0001.2", 12000 },
		{ "-1.01", -10100 },
		{ "922337203685477.5807", INT64_MAX },
		{ "-922337203685477.5808", INT64_MIN },
	};
	static const char *const bad[] = { "", ".", "1", "1.", ".1", "-", "-.1", "+1.0", "1.00000",
		"1.2.3", "1e1", " 1.0", "1.0 ", "1,0", "--1.0", "0x1.0", "922337203685477.5808",
		"-922337203685477.5809", "99999999999999999999.0" };
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++)
		if (!cd_decimal_parse(good[i].text, strlen(good[i].text), &value) ||
		    value != good[i].value)
			fail_msg("%s", good[i].text);
	for (i = 0; i < COUNT_OF(bad); i++)
		if (cd_decimal_parse(bad[i], strlen(bad[i]), &value))
			fail_msg("%s", bad[i]);
}

static bool
ip(const char *text, struct ip *out)
{
	return cd_ip_parse(text, strlen(text), out);
}

static void
addresses(void **state)
{
	static const char *const bad[] = { "", "/", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256",
		"01.2.3.4", "1.2.3.00", "1..2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/01",
		"1.2.3.4/-1", "1.2.3.4/8/8", " 1.2.3.4", "1.2.3.4 ", ":", ":::", "1:", ":1",
		"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8::", "::1::", "1::2::3", "12345::", "g::", "::1.2.3.4",
		"::ffff:1.2.3.4", "::1%lo", "[::1]", "::1/129", "::1/00", "::/",
		"1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7" };
	static const struct {
		const char *text;
		unsigned char byte[2];
		uint8_t prefix;
	} good[] = {
		{ "1.2.3.4", { 1, 4 }, 32 },
		{ "0.0.0.0/0", { 0, 0 }, 0 },
		{ "255.2.3.255/32", { 255, 255 }, 32 },
	};
	struct ip a, b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++)
		if (ip(bad[i], &a))
			fail_msg("%s", bad[i]);
	for (i = 0; i < COUNT_OF(good); i++) {
		assert_true(ip(good[i].text, &a) && !a.v6);
		assert_int_equal(a.address[0], good[i].byte[0]);
		assert_int_equal(a.address[3], good[i].byte[1]);
		assert_int_equal(a.prefix, good[i].prefix);
	}
	assert_true(ip("1:02:003:0004:A:b:C:ffff", &a) && a.v6 && a.prefix == 128);
	assert_memory_equal(a.address, "\0\1\0\2\0\3\0\4\0\xa\0\xb\0\xc\xff\xff", 16);
	assert_true(ip("1:2:3:4:5:6:7::/64", &a) && ip("1:2:3:4:5:6:7:0/64", &b));
	assert_memory_equal(a.address, b.address, 16);
	assert_true(ip("::2:3:4:5:6:7:8", &a) && ip("0:2:3:4:5:6:7:8", &b));
	assert_memory_equal(a.address, b.address, 16);
	assert_true(ip("1::8", &a) && ip("1:0:0:0:0:0:0:8", &b));
	assert_memory_equal(a.address, b.address, 16);
	assert_true(ip("::", &a) && ip("0:0:0:0:0:0:0:0", &b));
	assert_memory_equal(a.address, b.address, 16);
}

/* A bit flipped inside the prefix leaves the range, one behind it does not: all lengths, all bits. */
static void
ranges(void **state)
{
	static const char *const texts[] = { "10.170.85.255", "2001:db8:aaaa:5555::ff" };
	struct ip whole, range, other;
	unsigned bit, bits, prefix, length;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(texts); i++) {
		assert_true(ip(texts[i], &whole));
		bits = whole.prefix;
		for (prefix = 0; prefix <= bits; prefix++) {
			range = whole;
			range.prefix = (uint8_t)prefix;
			for (bit = 0; bit < bits; bit++) {
				other = whole;
				other.address[bit / 8] ^= (unsigned char)(0x80u >> bit % 8);
				assert_int_equal(cd_ip_in_range(&other, &range), bit >= prefix);
			}
			for (length = 0; length <= bits; length++) {
				other = whole;
				other.prefix = (uint8_t)length;
				assert_int_equal(cd_ip_in_range(&other, &range), length >= prefix);
			}
		}
	}
}

static void
kinds_of_addresses(void **state)
{
	static const struct {
		const char *text;
		bool loopback, multicast;
	} cases[] = {
		{ "127.0.0.1", true, false },
		{ "127.255.0.0/8", true, false },
		{ "127.0.0.0/7", false, false },
		{ "128.0.0.1", false, false },
		{ "::1", true, false },
		{ "::1/127", false, false },
		{ "::2", false, false },
		{ "::ffff:7f00:1", false, false },
		{ "224.0.0.0/4", false, true },
		{ "239.255.255.255", false, true },
		{ "240.0.0.0", false, false },
		{ "224.0.0.0/3", false, false },
		{ "ff00::/8", false, true },
		{ "ff00::/7", false, false },
		{ "fe00::", false, false },
	};
	struct ip a;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_true(ip(cases[i].text, &a));
		if (cd_ip_is_loopback(&a) != cases[i].loopback ||
		    cd_ip_is_multicast(&a) != cases[i].multicast)
			fail_msg("%s", cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_date),
		cmocka_unit_test(every_second_and_offset),
		cmocka_unit_test(other_datetimes),
		cmocka_unit_test(durations),
		cmocka_unit_test(decimals),
		cmocka_unit_test(addresses),
		cmocka_unit_test(ranges),
		cmocka_unit_test(kinds_of_addresses),
	};

	return cmocka_run_group_tests_name("cedar_ext", tests, NULL, NULL);
}
