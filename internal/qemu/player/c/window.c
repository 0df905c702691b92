// SPDX-License-Identifier: GPL-2.0
/*
 * "EVENT until POINT": where the kernel has just done what POINT says, a second
 * thread plays the lines that follow, up to one that begins with continue, as
 * another processor would in that window. The first thread waits until that is
 * done, or until the second must be waiting for something that the first holds.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "play.h"

static DECLARE_COMPLETION(begin);
static DECLARE_COMPLETION(over);
static struct task_struct *second;
static char point[64];
static bool armed, running;
static bool blocked;	/* the second thread waits, and the first goes on */
static bool passed;	/* and has read on, behind the second's lines */

/* Nothing in the kernel takes longer but what waits for the other thread. */
#define BLOCKED	(2 * HZ)
#define LIMIT	(10 * HZ)

bool play_window_second(void)
{
	return current == second;
}

static int come_in(void *unused)
{
	struct play_line line;

	for (;;) {
		wait_for_completion(&begin);
		while (!passed && play_peek() && !play_is(play_peek(), 0, "continue")) {
			play_take(&line);
			play_event(&line);
		}
		if (!passed && play_peek())
			play_take(&line);
		passed = blocked = false;
		play_tell("at", "end", NULL);
		complete(&over);
	}
	return 0;
}

int play_window_init(void)
{
	second = kthread_run(come_in, NULL, PLAY_DRIVER);
	return PTR_ERR_OR_ZERO(second);
}

void play_window_arm(const char *p)
{
	if (armed || running || play_window_second()) {
		play_odd("a point within another's window:", p);
		return;
	}
	strscpy(point, p, sizeof(point));
	armed = true;
}

void play_window_point(const char *what, const char *who, const char *more)
{
	char here[64];

	if (!armed || play_window_second())
		return;
	snprintf(here, sizeof(here), "%s.%s%s%s", what, who, more ? "." : "", more ?: "");
	if (strcmp(here, point))
		return;
	armed = false;
	running = true;
	play_tell("at", "begin", NULL);
	complete(&begin);
	if (wait_for_completion_timeout(&over, BLOCKED)) {
		running = false;
		return;
	}
	blocked = true;
	play_tell("at", "blocked", NULL);
}

/* A callback of the first thread comes to the line at which the second would be done. */
void play_window_pass(void)
{
	struct play_line line;

	if (!blocked || play_window_second() || !play_peek() || !play_is(play_peek(), 0, "continue"))
		return;
	play_take(&line);
	blocked = false;
	passed = true;
}

void play_window_end(void)
{
	if (armed)
		play_tell("at", "missed", point);
	armed = false;
	if (running && !wait_for_completion_timeout(&over, LIMIT)) {
		play_odd("the events in the window wait for ever", NULL);
		return;
	}
	running = false;
}
