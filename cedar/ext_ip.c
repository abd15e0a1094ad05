/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/ext.h"
#include "cedar/text.h"

#define TEXT_MAX 43u /* the longest IPv6 address with the longest prefix length */
#define IPV4_BITS 32u
#define IPV6_BITS 128u
#define IPV6_GROUPS 8u

/* Decimal digits without a leading zero, at most max; *at moves behind them. */
static bool
number(const char *text, size_t len, size_t *at, unsigned max, unsigned *value)
{
	size_t start = *at;

	*value = 0;
	for (; *at < len && text[*at] >= '0' && text[*at] <= '9'; ++*at) {
		*value = *value * 10 + (unsigned)(text[*at] - '0');
		if (*value > max)
			return false;
	}
	return *at > start && (*at == start + 1 || text[start] != '0');
}

/* Four octets and nothing else. */
static bool
address_v4(const char *text, size_t len, struct ip *ip)
{
	size_t at = 0, i;
	unsigned octet;

	for (i = 0; i < 4; i++) {
		if (i > 0 && (at >= len || text[at++] != '.'))
			return false;
		if (!number(text, len, &at, 255, &octet))
			return false;
		ip->address[i] = (unsigned char)octet;
	}
	return at == len;
}

/* One to four hex digits into two bytes. */
static bool
group(const char *text, size_t len, size_t *at, unsigned char *out)
{
	size_t start = *at;
	unsigned value = 0;
	int digit;

	for (; *at < len && *at < start + 4 && (digit = cd_hex_digit(text[*at])) >= 0; ++*at)
		value = value << 4 | (unsigned)digit;
	out[0] = (unsigned char)(value >> 8);
	out[1] = (unsigned char)value;
	return *at > start;
}

/*
 * Groups between colons.  `gap` is where a double colon stood; what came after
 * it moves to the end and zeros fill the hole, of one group at least.
 */
static bool
address_v6(const char *text, size_t len, struct ip *ip)
{
	size_t at = 0, n = 0, gap = IPV6_GROUPS + 1;

	if (len >= 2 && text[0] == ':' && text[1] == ':') {
		gap = 0;
		at = 2;
	}
	while (at < len) {
		if (n == IPV6_GROUPS || !group(text, len, &at, &ip->address[2 * n]))
			return false;
		n++;
		if (at == len)
			break;
		if (text[at++] != ':' || at == len)
			return false;
		if (text[at] == ':') {
			if (gap <= IPV6_GROUPS)
				return false;
			gap = n;
			at++;
		}
	}
	if (gap > IPV6_GROUPS)
		return n == IPV6_GROUPS;
	if (n == IPV6_GROUPS)
		return false;
	memmove(&ip->address[sizeof(ip->address) - 2 * (n - gap)], &ip->address[2 * gap],
	    2 * (n - gap));
	memset(&ip->address[2 * gap], 0, 2 * (IPV6_GROUPS - n));
	return true;
}

bool
cd_ip_parse(const char *text, size_t len, struct ip *out)
{
	const char *slash;
	struct ip ip = { .v6 = false };
	size_t address, at;
	unsigned bits, prefix;

	if (len > TEXT_MAX)
		return false;
	slash = memchr(text, '/', len);
	address = slash != NULL ? (size_t)(slash - text) : len;
	ip.v6 = memchr(text, ':', address) != NULL;
	prefix = bits = ip.v6 ? IPV6_BITS : IPV4_BITS;
	if (!(ip.v6 ? address_v6(text, address, &ip) : address_v4(text, address, &ip)))
		return false;
	at = address + 1;
	if (slash != NULL && (!number(text, len, &at, bits, &prefix) || at != len))
		return false;
	ip.prefix = (uint8_t)prefix;
	*out = ip;
	return true;
}

/* Whether the first `bits` bits agree. */
static bool
same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, b, bytes) != 0)
		return false;
	return rest == 0 || ((a[bytes] ^ b[bytes]) >> (8 - rest)) == 0;
}

bool
cd_ip_in_range(const struct ip *ip, const struct ip *range)
{
	return ip->v6 == range->v6 && ip->prefix >= range->prefix &&
	    same_bits(ip->address, range->address, range->prefix);
}

bool
cd_ip_is_loopback(const struct ip *ip)
{
	static const struct ip v4 = { .address = { 127 }, .prefix = 8 };
	static const struct ip v6 = { .address = { [15] = 1 }, .prefix = IPV6_BITS, .v6 = true };

	return cd_ip_in_range(ip, ip->v6 ? &v6 : &v4);
}

bool
cd_ip_is_multicast(const struct ip *ip)
{
	static const struct ip v4 = { .address = { 224 }, .prefix = 4 };
	static const struct ip v6 = { .address = { 0xff }, .prefix = 8, .v6 = true };

	return cd_ip_in_range(ip, ip->v6 ? &v6 : &v4);
}
