/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "base/api_key.h"

#define PREFIX "grd_"
#define NAME_AT 4
#define SECRET_AT (NAME_AT + API_KEY_NAME_LEN + 1)
#define SECRET_LEN 43
#define CHECK_AT (SECRET_AT + SECRET_LEN)
#define CHECK_LEN 6
#define LIMBS 8 /* of 32 bits: a 256-bit number, least significant limb first */

_Static_assert(CHECK_AT + CHECK_LEN == API_KEY_TEXT_LEN, "the parts of a key make the whole");

/*
 * The value of a digit, or -1, by arithmetic alone: a table would be read at places that depend on
 * the secret.
 */
static int
digit_value(char c)
{
	int x = (unsigned char)c;
	int number = ((x - '0') | ('9' - x)) >> 31; /* 0 where in the range, else -1 */
	int upper = ((x - 'A') | ('Z' - x)) >> 31;
	int lower = ((x - 'a') | ('z' - x)) >> 31;

	return (~number & (x - '0')) | (~upper & (x - 'A' + 10)) | (~lower & (x - 'a' + 36)) |
	    (number & upper & lower);
}

static char
digit_char(unsigned value)
{
	int x = (int)value;
	int letter = (9 - x) >> 31; /* -1 from 10 on */
	int lower = (35 - x) >> 31; /* -1 from 36 on */

	return (char)(x + '0' + (letter & ('A' - 10 - '0')) + (lower & ('a' - 36 - ('A' - 10))));
}

/* number = number * 62 + digit; answers what runs over 256 bits. */
static uint32_t
number_push(uint32_t number[LIMBS], uint32_t digit)
{
	uint64_t carry = digit;
	int i;

	for (i = 0; i < LIMBS; i++) {
		carry += (uint64_t)number[i] * 62;
		number[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return (uint32_t)carry;
}

/* number = number / 62; answers the remainder. */
static unsigned
number_pop(uint32_t number[LIMBS])
{
	uint64_t rest = 0;
	int i;

	for (i = LIMBS - 1; i >= 0; i--) {
		rest = rest << 32 | number[i];
		number[i] = (uint32_t)(rest / 62);
		rest %= 62;
	}
	return (unsigned)rest;
}

/* Are 43 digits a number below 2^256? The work is the same for all. */
static bool
secret_valid(const char *text)
{
	uint32_t number[LIMBS] = { 0 }, wrong = 0;
	int i, digit;

	for (i = 0; i < SECRET_LEN; i++) {
		digit = digit_value(text[i]);
		wrong |= (uint32_t)digit >> 31;
		wrong |= number_push(number, (uint32_t)digit & 63);
	}
	explicit_bzero(number, sizeof(number));
	return wrong == 0;
}

static bool
secret_make(char *text)
{
	uint32_t number[LIMBS];
	int i;

	if (getentropy(number, sizeof(number)) != 0)
		return false;
	for (i = SECRET_LEN - 1; i >= 0; i--)
		text[i] = digit_char(number_pop(number));
	explicit_bzero(number, sizeof(number));
	return true;
}

static bool
name_valid(const char *text)
{
	int i;

	for (i = 0; i < API_KEY_NAME_LEN; i++)
		if (digit_value(text[i]) < 0)
			return false;
	return true;
}

/* Evenly distributed digits: bytes from 248 = 4 * 62 on are drawn again. */
static bool
name_make(char *text)
{
	unsigned char byte;
	int i = 0;

	while (i < API_KEY_NAME_LEN) {
		if (getentropy(&byte, 1) != 0)
			return false;
		if (byte < 248)
			text[i++] = digit_char(byte % 62);
	}
	return true;
}

/* CRC-32 of ISO 3309, bit by bit: 56 bytes at a time need no table. */
static uint32_t
crc32(const char *text, size_t len)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= (unsigned char)text[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xEDB88320 & (0 - (crc & 1)));
	}
	return ~crc;
}

static void
check_make(const char *text, char check[CHECK_LEN])
{
	uint32_t crc = crc32(text, CHECK_AT);
	int i;

	for (i = CHECK_LEN - 1; i >= 0; i--) {
		check[i] = digit_char(crc % 62);
		crc /= 62;
	}
}

bool
api_key_make(char text[API_KEY_TEXT_MAX])
{
	memcpy(text, PREFIX, NAME_AT);
	if (!name_make(text + NAME_AT) || !secret_make(text + SECRET_AT)) {
		explicit_bzero(text, API_KEY_TEXT_MAX);
		return false;
	}
	text[SECRET_AT - 1] = '_';
	check_make(text, text + CHECK_AT);
	text[API_KEY_TEXT_LEN] = '\0';
	return true;
}

bool
api_key_check(const char *text, size_t len, char name[API_KEY_NAME_LEN + 1])
{
	char check[CHECK_LEN];
	bool good;

	name[0] = '\0';
	if (len != API_KEY_TEXT_LEN || memcmp(text, PREFIX, NAME_AT) != 0 ||
	    text[SECRET_AT - 1] != '_' || !name_valid(text + NAME_AT))
		return false;
	check_make(text, check);
	good = CRYPTO_memcmp(check, text + CHECK_AT, CHECK_LEN) == 0;
	good &= secret_valid(text + SECRET_AT);
	explicit_bzero(check, sizeof(check));
	if (!good)
		return false;
	memcpy(name, text + NAME_AT, API_KEY_NAME_LEN);
	name[API_KEY_NAME_LEN] = '\0';
	return true;
}

bool
api_key_hash(const char *text, size_t len, uint8_t hash[API_KEY_HASH_LEN])
{
	unsigned made = 0;

	return EVP_Digest(text, len, hash, &made, EVP_sha256(), NULL) == 1 &&
	    made == API_KEY_HASH_LEN;
}
