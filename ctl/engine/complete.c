/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "ctl/engine/command.h"
#include "ctl/engine/complete.h"

/* The word that is being completed, and where candidates go. */
struct completion {
	const char *typed;
	FILE *out;
};

/* The arguments before the word that is being completed. */
struct line {
	const struct command *command;
	const struct option *waiting; /* its value comes next; NULL: none does */
	bool only_operand;            /* "--" was there */
	bool has_operand;
	uint64_t given; /* a bit for each of the command's options */
};

/* Offer a word of `len` bytes after a prefix, if together they begin with what was typed. */
static void
offer(const struct completion *c, const char *prefix, const char *word, size_t len,
    const char *help)
{
	size_t prefix_len = strlen(prefix), typed_len = strlen(c->typed);

	if (strncmp(c->typed, prefix, prefix_len < typed_len ? prefix_len : typed_len) != 0)
		return;
	if (typed_len > prefix_len &&
	    (typed_len - prefix_len > len ||
		strncmp(c->typed + prefix_len, word, typed_len - prefix_len) != 0))
		return;
	(void)fprintf(c->out, "%s%.*s%s%s\n", prefix, (int)len, word, help[0] != '\0' ? "\t" : "",
	    help);
}

static void
offer_word(const struct completion *c, const char *word, const char *help)
{
	offer(c, "", word, strlen(word), help);
}

/* Does `rest`, what comes behind the words so far, begin with this word? */
static bool
begins_with_word(const char *rest, const char *word, size_t len)
{
	return rest != NULL && strncmp(rest, word, len) == 0 &&
	    (rest[len] == ' ' || rest[len] == '\0');
}

/* Is there no command before this one in the table that has the same word behind those so far? */
static bool
word_is_new(size_t i, char *const *argv, const char *word, size_t len)
{
	size_t earlier;

	for (earlier = 0; earlier < i; earlier++)
		if (begins_with_word(command_rest(commands[earlier], argv), word, len))
			return false;
	return true;
}

/* A word that others follow is described by these. */
static void
offer_first(const struct completion *c, char *const *argv, const char *word, size_t len)
{
	struct buf others = BUF_EMPTY;
	const char *rest;
	size_t i;

	for (i = 0; i < commands_count; i++) {
		rest = command_rest(commands[i], argv);
		if (begins_with_word(rest, word, len))
			buf_addf(&others, "%s%s", others.len > 0 ? ", " : "", rest + len + 1);
	}
	offer(c, "", word, len, buf_text(&others));
	buf_clear(&others);
}

/* Offer the words of commands that may follow those of argv. */
static void
offer_words(const struct completion *c, char *const *argv)
{
	const char *rest;
	size_t i, len;

	for (i = 0; i < commands_count; i++) {
		rest = command_rest(commands[i], argv);
		if (rest == NULL || rest[0] == '\0')
			continue;
		len = strcspn(rest, " ");
		if (rest[len] == '\0')
			offer(c, "", rest, len, commands[i]->summary);
		else if (word_is_new(i, argv, rest, len))
			offer_first(c, argv, rest, len);
	}
}

/* Offer what a value may be, after a prefix. False: nothing is known of it. */
static bool
offer_value(const struct completion *c, const char *prefix, const struct option *o)
{
	const char *const *word;

	if (o->type == VALUE_FILE) {
		(void)fputs(":files\n", c->out);
		return true;
	}
	if (o->type != VALUE_WORD)
		return false;
	for (word = o->words; *word != NULL; word++)
		offer(c, prefix, *word, strlen(*word), "");
	return true;
}

/* `len` bytes are --option= and the value is being typed after it. */
static void
offer_joined_value(const struct completion *c, const struct command *command, size_t len)
{
	const struct option *other;
	const struct option *o = option_find(command->options, c->typed + 2, len - 3, &other);
	struct buf prefix = BUF_EMPTY;

	if (o == NULL || other != NULL || o->value == NULL)
		return;
	buf_add(&prefix, c->typed, len);
	(void)offer_value(c, buf_text(&prefix), o);
	buf_clear(&prefix);
}

static void
offer_options(const struct completion *c, const struct line *l)
{
	const struct option *o;
	uint64_t bit = 1;

	for (o = l->command->options; o->name != NULL; o++, bit <<= 1)
		if (!(l->given & bit) || (o->flags & OPTION_REPEATS))
			offer(c, "--", o->name, strlen(o->name), o->help);
	offer_word(c, "--help", "say what it is for");
}

static void
take_option(struct line *l, const char *text)
{
	const char *equals = strchr(text, '=');
	const struct option *other, *o;

	o = option_find(l->command->options, text,
	    equals != NULL ? (size_t)(equals - text) : strlen(text), &other);
	if (o == NULL || other != NULL)
		return;
	l->given |= (uint64_t)1 << (o - l->command->options);
	if (o->value != NULL && equals == NULL)
		l->waiting = o;
}

static void
take_argument(struct line *l, const char *text)
{
	if (l->waiting != NULL)
		l->waiting = NULL;
	else if (!l->only_operand && strcmp(text, "--") == 0)
		l->only_operand = true;
	else if (!l->only_operand && strncmp(text, "--", 2) == 0)
		take_option(l, text + 2);
	else
		l->has_operand = true;
}

static void
offer_arguments(const struct completion *c, const struct command *command, char *const *argv)
{
	struct line l = { .command = command };
	const char *equals = strchr(c->typed, '=');
	bool operand;

	for (; *argv != NULL; argv++)
		take_argument(&l, *argv);
	operand = command->operand.value != NULL && !l.has_operand;
	if (l.waiting != NULL)
		(void)offer_value(c, "", l.waiting);
	else if (!l.only_operand && strncmp(c->typed, "--", 2) == 0 && equals != NULL)
		offer_joined_value(c, command, (size_t)(equals - c->typed) + 1);
	else if (!l.only_operand && c->typed[0] == '-')
		offer_options(c, &l);
	else if ((!operand || !offer_value(c, "", &command->operand)) && !l.only_operand)
		offer_options(c, &l);
}

void
complete(char **argv, FILE *out)
{
	struct completion c = { .typed = "", .out = out };
	const struct command *command;
	int last = 0, words;

	if (argv[0] == NULL)
		return;
	while (argv[last + 1] != NULL)
		last++;
	c.typed = argv[last];
	argv[last] = NULL;
	command = command_find(argv, &words);
	if (argv[0] != NULL && strcmp(argv[0], "help") == 0)
		offer_words(&c, argv + 1);
	else if (command != NULL)
		offer_arguments(&c, command, argv + words);
	else
		offer_words(&c, argv);
	if (last == 0) {
		offer_word(&c, "help", "Say what a command and its options are for");
		if (c.typed[0] == '-') {
			offer_word(&c, "--help", "The same");
			offer_word(&c, "--version", "Say which version this is");
		}
	}
}
