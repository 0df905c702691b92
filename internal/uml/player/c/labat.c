// SPDX-License-Identifier: GPL-2.0
/*
 * "at POINT do EVENT": when the kernel has just done what the o line POINT says,
 * a second thread plays EVENT, as another processor would in that window. It
 * runs to its end, or to where it has to wait for something that the first
 * thread holds; then the first goes on.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>

#include "lab.h"

struct lab_actor lab_first, lab_second;

static DECLARE_COMPLETION(begin);
static DECLARE_COMPLETION(over);
bool lab_at_pending;
static char point[64];
static struct lab_line event;
static bool running;

/* How long two threads may wait for each other before it is called a deadlock. */
#define LIMIT	(5 * HZ)

static int second(void *unused)
{
	for (;;) {
		wait_for_completion(&begin);
		lab_play_event(&event);
		lab_say("at", "end", NULL);
		complete(&over);
	}
	return 0;
}

int lab_at_init(void)
{
	struct task_struct *task = kthread_create(second, NULL, "lab");

	if (IS_ERR(task))
		return PTR_ERR(task);
	lab_second.task = task;
	wake_up_process(task);
	return 0;
}

/* One window a time: a second line takes the place of the first. */
bool lab_at_note(struct lab_line *l)
{
	int i, split = 0;

	for (i = 1; i < l->words; i++)
		if (lab_is(l, i, "do"))
			split = i;
	if (running || split < 2 || split + 1 >= l->words)
		return false;
	lab_at_pending = true;
	point[0] = event.text[0] = 0;
	for (i = 1; i < l->words; i++) {
		char *to = i < split ? point : event.text;
		size_t room = i < split ? sizeof(point) : sizeof(event.text);

		if (i == split)
			continue;
		if (*to)
			strlcat(to, " ", room);
		strlcat(to, l->word[i], room);
	}
	lab_split(&event);
	return true;
}

void lab_at_forget(void)
{
	lab_at_pending = false;
}

static bool reached(const char *what, const char *who, const char *more)
{
	char here[64];

	if (running || lab.silent)
		return false;
	snprintf(here, sizeof(here), "%s %s%s%s", what, who, more ? " " : "", more ?: "");
	return !strcmp(here, point);
}

void lab_at(const char *what, const char *who, const char *more)
{
	if (!reached(what, who, more))
		return;
	lab_at_pending = false;
	running = true;
	lab_say("at", "begin", NULL);
	complete(&begin);
	do {
		if (wait_for_completion_timeout(&over, 1)) {
			running = false;
			return;
		}
	} while (READ_ONCE(lab_second.task->__state) == TASK_RUNNING);
	lab_say("at", "blocked", NULL);
}

void lab_at_wait(void)
{
	if (!running)
		return;
	if (!wait_for_completion_timeout(&over, LIMIT)) {
		lab_odd("the event in the window waits for ever", NULL);
		panic("lab: deadlock");
	}
	running = false;
}
