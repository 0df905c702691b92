// SPDX-License-Identifier: GPL-2.0
/* The script, which stands in memory as the initial RAM disk, and the console. */
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/slab.h>

#include "play.h"

#define SCRIPT_ROOM	(64 << 10)

bool play_any;

static char *script, *next;
static int number;
static struct play_line line;
static bool line_full;

/* Before the kernel takes it for a file system. */
static int __init take_script(void)
{
	size_t size = initrd_end - initrd_start;

	if (!initrd_start || size > SCRIPT_ROOM)
		return 0;
	script = next = kmemdup_nul((char *)initrd_start, size, GFP_KERNEL);
	initrd_start = initrd_end = 0;
	return 0;
}
core_initcall(take_script);

static void cut_words(struct play_line *l)
{
	char *s = l->text;
	int i;

	l->words = 0;
	l->until = NULL;
	for (;;) {
		while (*s == ' ' || *s == '\t')
			*s++ = 0;
		if (!*s || l->words == ARRAY_SIZE(l->word))
			break;
		l->word[l->words++] = s;
		while (*s && *s != ' ' && *s != '\t')
			s++;
	}
	/* A point is one word in a script: its own words are joined by dots. */
	for (i = 1; i + 1 < l->words; i++)
		if (!strcmp(l->word[i], "until")) {
			l->until = l->word[i + 1];
			l->words = i;
		}
}

/* The first line from a place on that has words; the place behind it, or NULL. */
static char *read_line(char *from, struct play_line *to)
{
	while (from && *from) {
		size_t n = strcspn(from, "\n"), room = min(n, sizeof(to->text) - 1);

		memcpy(to->text, from, room);
		to->text[room] = 0;
		cut_words(to);
		from += n + (from[n] == '\n');
		if (to->words)
			return from;
	}
	return NULL;
}

struct play_line *play_peek(void)
{
	char *behind;

	if (line_full)
		return &line;
	behind = read_line(next, &line);
	if (!behind)
		return NULL;
	next = behind;
	line_full = true;
	return &line;
}

void play_take(struct play_line *to)
{
	char text[sizeof(line.text)];
	int i;

	text[0] = 0;
	for (i = 0; i < line.words; i++) {
		strlcat(text, " ", sizeof(text));
		strlcat(text, line.word[i], sizeof(text));
	}
	if (!play_is(&line, 0, "drivers"))
		printk(KERN_ERR PLAY_DRIVER ": E %d%s%s%s\n", number++, text, line.until ? " until " : "", line.until ?: "");
	if (line.until)
		play_window_arm(line.until);
	strscpy(to->text, text, sizeof(to->text));
	cut_words(to);
	line_full = false;
}

bool play_is(struct play_line *l, int word, const char *text)
{
	return word < l->words && !strcmp(l->word[word], text);
}

bool play_is_call(struct play_line *l)
{
	static const char *const calls[] = { "alloc", "map", "free", "mask", "action" };
	int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (play_is(l, 0, calls[i]))
			return true;
	return false;
}

bool play_ahead(struct play_place *p, const char *end)
{
	struct play_line *l = play_peek(), look;
	char *at = next;

	while (l && play_is(l, 1, p->name)) {
		if (play_is(l, 0, end))
			return true;
		if (!play_is_call(l))
			return false;
		at = read_line(at, &look);
		l = at ? &look : NULL;
	}
	return false;
}

void play_tell(const char *what, const char *who, const char *more)
{
	printk(KERN_ERR PLAY_DRIVER ": o %s %s%s%s\n", what, who, more ? " " : "", more ?: "");
}

void play_say(const char *what, const char *who, const char *more)
{
	play_tell(what, who, more);
	play_window_point(what, who, more);
}

void play_odd(const char *what, const char *more)
{
	printk(KERN_ERR PLAY_DRIVER ": X %s%s%s\n", what, more ? " " : "", more ?: "");
}

const char *play_error(int err)
{
	if (!err)
		return "0";
	return err == -EPROBE_DEFER ? "defer" : "error";
}

int play_script_init(void)
{
	return script ? 0 : -ENODATA;
}
