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

/* Is there no command before this one in the table that begins with the same noun? */
static bool
noun_is_new(size_t i)
{
	size_t earlier;

	for (earlier = 0; earlier < i; earlier++)
		if (command_has_noun(commands[earlier], commands[i]->name,
			command_noun_len(commands[i])))
			return false;
	return true;
}

/* A noun that has verbs is described by these. */
static void
offer_noun(const struct completion *c, const struct command *first)
{
	size_t len = command_noun_len(first), i;
	struct buf verbs = BUF_EMPTY;

	for (i = 0; i < commands_count; i++)
		if (command_has_noun(commands[i], first->name, len) &&
		    command_verb(commands[i]) != NULL)
			buf_addf(&verbs, "%s%s", verbs.len > 0 ? ", " : "",
			    command_verb(commands[i]));
	offer(c, "", first->name, len, verbs.len > 0 ? buf_text(&verbs) : first->summary);
	buf_clear(&verbs);
}

static void
offer_nouns(const struct completion *c)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (noun_is_new(i))
			offer_noun(c, commands[i]);
}

static void
offer_verbs(const struct completion *c, const char *noun)
{
	size_t i;

	for (i = 0; i < commands_count; i++)
		if (command_has_noun(commands[i], noun, strlen(noun)) &&
		    command_verb(commands[i]) != NULL)
			offer_word(c, command_verb(commands[i]), commands[i]->summary);
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

static void
offer_topics(const struct completion *c, char *const *argv)
{
	int words;

	if (argv[0] == NULL)
		offer_nouns(c);
	else if (argv[1] == NULL && command_find(argv, &words) == NULL)
		offer_verbs(c, argv[0]);
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
		offer_topics(&c, argv + 1);
	else if (command != NULL)
		offer_arguments(&c, command, argv + words);
	else
		offer_topics(&c, argv);
	if (last == 0) {
		offer_word(&c, "help", "Say what a command and its options are for");
		if (c.typed[0] == '-') {
			offer_word(&c, "--help", "The same");
			offer_word(&c, "--version", "Say which version this is");
		}
	}
}
