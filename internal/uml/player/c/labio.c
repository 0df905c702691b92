// SPDX-License-Identifier: GPL-2.0
/* The script and the log, as files of the host. */
#include <linux/kernel.h>
#include <linux/panic_notifier.h>
#include <linux/vmalloc.h>

#include "lab.h"
#include <os.h>

#define LOG_ROOM	(256 << 10)
#define LOG_FLUSH	(192 << 10)
#define SCRIPT_ROOM	(64 << 10)

static char *log_buf, *script_buf;
static int log_fd = -1, script_fd = -1;
static size_t log_len, script_len, script_pos;
static bool flush_all;

static struct lab_line line;
static bool line_full;
static unsigned long number;

static void flush_log(void)
{
	size_t done = 0;

	while (done < log_len) {
		int n = os_write_file(log_fd, log_buf + done, log_len - done);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	log_len = 0;
}

static int flush_on_panic(struct notifier_block *nb, unsigned long e, void *p)
{
	flush_log();
	return NOTIFY_DONE;
}

static struct notifier_block panic_nb = { .notifier_call = flush_on_panic };

int lab_io_open(const char *script, const char *log, bool flush)
{
	log_buf = vmalloc(LOG_ROOM);
	script_buf = vmalloc(SCRIPT_ROOM);
	if (!log_buf || !script_buf)
		return -ENOMEM;
	flush_all = flush;
	script_fd = os_open_file(script, of_read(OPENFLAGS()), 0);
	if (script_fd < 0)
		return script_fd;
	log_fd = os_open_file(log, of_trunc(of_create(of_write(OPENFLAGS()))), 0644);
	if (log_fd < 0)
		return log_fd;
	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return 0;
}

void lab_io_close(void)
{
	flush_log();
	os_close_file(log_fd);
	os_close_file(script_fd);
}

void lab_idle(void)
{
	if (log_len > LOG_FLUSH || flush_all)
		flush_log();
}

static int script_char(void)
{
	if (script_pos == script_len) {
		int n;

		do
			n = os_read_file(script_fd, script_buf, SCRIPT_ROOM);
		while (n == -EINTR);
		if (n <= 0)
			return -1;
		script_len = n;
		script_pos = 0;
	}
	return script_buf[script_pos++];
}

void lab_split(struct lab_line *l)
{
	char *s = l->text;

	l->words = 0;
	while (*s && l->words < ARRAY_SIZE(l->word)) {
		while (*s == ' ' || *s == '\t')
			*s++ = 0;
		if (!*s)
			break;
		l->word[l->words++] = s;
		while (*s && *s != ' ' && *s != '\t')
			s++;
	}
}

struct lab_line *lab_peek(void)
{
	while (!line_full) {
		int n = 0, c;

		while ((c = script_char()) >= 0 && c != '\n')
			if (n < sizeof(line.text) - 1)
				line.text[n++] = c;
		if (c < 0 && !n)
			return NULL;
		line.text[n] = 0;
		lab_split(&line);
		line_full = line.words > 0;
	}
	return &line;
}

void lab_take(void)
{
	line_full = false;
	if (lab_is(&line, 0, "S")) {
		number = 0;
		lab_out("S ");
		lab_out(line.words > 1 ? line.word[1] : "");
		lab_line_end();
		return;
	}
	lab_out("E ");
	lab_out_number(number++);
	lab_line_end();
}

void lab_out(const char *s)
{
	if (lab.silent)
		return;
	while (*s && log_len < LOG_ROOM)
		log_buf[log_len++] = *s++;
}

void lab_out_number(unsigned long n)
{
	char buf[24];
	int i = sizeof(buf) - 1;

	buf[i] = 0;
	do {
		buf[--i] = '0' + n % 10;
		n /= 10;
	} while (n);
	lab_out(buf + i);
}

void lab_line_end(void)
{
	lab_out("\n");
	if (log_len > LOG_FLUSH || flush_all)
		flush_log();
}

void lab_say(const char *what, const char *who, const char *more)
{
	if (lab.silent)
		return;
	lab_out("o ");
	lab_out(what);
	lab_out(" ");
	lab_out(who);
	if (more) {
		lab_out(" ");
		lab_out(more);
	}
	lab_line_end();
	if (lab_at_pending)
		lab_at(what, who, more);
	if (lab.race)
		lab_race_at(what, who, more);
}

void lab_odd(const char *what, const char *who)
{
	lab_out("X ");
	lab_out(what);
	if (who) {
		lab_out(" ");
		lab_out(who);
	}
	lab_line_end();
}

const char *lab_error(int err)
{
	if (!err)
		return "0";
	return err == -EPROBE_DEFER ? "defer" : "error";
}
