// SPDX-License-Identifier: GPL-2.0
/*
 * "actors 2": two threads play the events, one at a time, and the player's own
 * thread only says whose turn it is. A thread runs to the end of its event, to the
 * point behind "until", to a lock that the other one holds, or to where a callback
 * waits for its driver; then the next line of the script is read.
 */
#include <linux/completion.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>

#include "lab.h"

enum lab_stand { IDLE, RUNS, CALLBACK, STOPPED };

struct lab_racer {
	struct lab_actor actor;
	enum lab_stand stand;
	struct completion go;
	struct lab_line line;		/* what it is to do */
	struct lab_place *place;	/* that its event is about, NULL for an event of the IOMMU */
	struct lab_place *calls;	/* whose callback waits */
	bool probes;			/* its event is one that wait_for_device_probe waits for */
	bool thread;			/* it plays a thread of a driver's, that calls the DMA API */
	unsigned long began;
	struct {
		struct mutex *lock;
		const char *name;
	} held[4];			/* a group may be gone when its lock is dropped */
};

static struct lab_racer racers[2];
static DECLARE_COMPLETION(back);
static unsigned long begun;

/* How long a thread may run before it is called a deadlock. */
#define LIMIT	(5 * HZ)

static struct lab_racer *me(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++)
		if (racers[i].actor.task == current)
			return &racers[i];
	return NULL;
}

struct lab_actor *lab_racer(void)
{
	struct lab_racer *r = me();

	return r ? &r->actor : NULL;
}

/* Lets the other threads run until it is this one's turn again. */
static void park(struct lab_racer *r, enum lab_stand stand)
{
	r->stand = stand;
	r->actor.until[0] = 0;
	complete(&back);
	wait_for_completion(&r->go);
	r->stand = RUNS;
}

static int race(void *data)
{
	struct lab_racer *r = data;

	for (;;) {
		wait_for_completion(&r->go);
		r->stand = RUNS;
		lab_play_event(&r->line);
		r->stand = IDLE;
		r->actor.until[0] = 0;
		complete(&back);
	}
	return 0;
}

int lab_race_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		struct task_struct *task = kthread_create(race, &racers[i], "lab%d", i);

		if (IS_ERR(task))
			return PTR_ERR(task);
		init_completion(&racers[i].go);
		racers[i].actor.task = task;
		wake_up_process(task);
	}
	return 0;
}

/* Stops the thread if this is the point that its line names. */
void lab_race_at(const char *what, const char *who, const char *more)
{
	struct lab_racer *r = me();
	char here[64];

	if (!r || !r->actor.until[0] || lab.silent)
		return;
	snprintf(here, sizeof(here), "%s %s%s%s", what, who, more ? " " : "", more ?: "");
	if (strcmp(here, r->actor.until) || r->actor.pass-- > 0)
		return;
	r->actor.until[0] = 0;
	lab_say("stops", here, NULL);
	park(r, STOPPED);
}

/* Locks. */

static const char *lock_name(struct mutex *m)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].dev && m == &lab_places[i].dev->mutex)
			return "device";
	return lab_iommu_lock(m);
}

void __real_mutex_lock(struct mutex *m);
void __wrap_mutex_lock(struct mutex *m);
void __wrap_mutex_lock(struct mutex *m)
{
	struct lab_racer *r = lab.race ? me() : NULL;
	const char *name;
	int i;

	if (!r) {
		__real_mutex_lock(m);
		return;
	}
	name = lock_name(m);
	if (name)
		lab_point("lock", name);
	while (!mutex_trylock(m)) {
		lab_say("waits", name ? "lock" : "elsewhere", NULL);
		park(r, STOPPED);
	}
	/* Behind the lock: the other thread may bind the same device without that test. */
	if (r->actor.target && r->actor.target->dev && m == &r->actor.target->dev->mutex)
		r->actor.target->drv.suppress_bind_attrs = !r->actor.test_remove;
	for (i = 0; name && i < ARRAY_SIZE(r->held); i++) {
		if (r->held[i].lock)
			continue;
		r->held[i].lock = m;
		r->held[i].name = name;
		break;
	}
}

void __real_mutex_unlock(struct mutex *m);
void __wrap_mutex_unlock(struct mutex *m);
void __wrap_mutex_unlock(struct mutex *m)
{
	struct lab_racer *r = lab.race ? me() : NULL;
	const char *name = NULL;
	int i;

	for (i = 0; r && i < ARRAY_SIZE(r->held); i++) {
		if (r->held[i].lock != m)
			continue;
		name = r->held[i].name;
		r->held[i].lock = NULL;
	}
	__real_mutex_unlock(m);
	if (name)
		lab_point("unlock", name);
}

/* Where a supplier waits for a consumer that probes. */
void __real_wait_for_device_probe(void);
void __wrap_wait_for_device_probe(void);
void __wrap_wait_for_device_probe(void)
{
	struct lab_racer *r = lab.race ? me() : NULL;

	struct lab_racer *other = r == &racers[0] ? &racers[1] : &racers[0];

	if (!r || !lab_link_probes()) {
		__real_wait_for_device_probe();
		return;
	}
	do {
		lab_say("waits", "probe", NULL);
		park(r, STOPPED);
	} while (other->stand != IDLE && other->probes);
}

/* The script. */

static struct lab_racer *first(bool (*is)(struct lab_racer *r, struct lab_line *l), struct lab_line *l, bool second)
{
	struct lab_racer *best = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(racers); i++) {
		struct lab_racer *r = &racers[i];

		if (!is(r, l))
			continue;
		if (!best || (r->began < best->began) != second)
			best = r;
	}
	return best;
}

static bool idle(struct lab_racer *r, struct lab_line *l)
{
	return r->stand == IDLE;
}

static bool busy(struct lab_racer *r, struct lab_line *l)
{
	if (r->stand == IDLE)
		return false;
	return lab_is(l, 1, "iommu") ? !r->place : r->place && lab_is(l, 1, r->place->name);
}

static bool called(struct lab_racer *r, struct lab_line *l)
{
	return r->stand == CALLBACK && lab_is(l, 1, r->calls->name);
}

/* What the thread is to do, and how far: the words up to "until", and the rest. */
static void tell(struct lab_racer *r, struct lab_line *l, bool event)
{
	int i, end = l->words, last = l->words;

	for (i = 0; i < l->words; i++)
		if (lab_is(l, i, "until"))
			end = i;
	r->actor.pass = 0;
	r->actor.until[0] = 0;
	if (end < last && l->word[last - 1][0] == 'x' && !kstrtoint(l->word[last - 1] + 1, 10, &r->actor.pass)) {
		r->actor.pass--;
		last--;
	}
	for (i = end + 1; i < last; i++) {
		if (r->actor.until[0])
			strlcat(r->actor.until, " ", sizeof(r->actor.until));
		strlcat(r->actor.until, l->word[i], sizeof(r->actor.until));
	}
	if (!event)
		return;
	r->line.text[0] = 0;
	for (i = 0; i < end; i++) {
		if (i)
			strlcat(r->line.text, " ", sizeof(r->line.text));
		strlcat(r->line.text, l->word[i], sizeof(r->line.text));
	}
	lab_split(&r->line);
}

static void go(struct lab_racer *r)
{
	complete(&r->go);
	if (wait_for_completion_timeout(&back, LIMIT))
		return;
	lab_odd("the event waits for ever", NULL);
	panic("lab: deadlock");
}

static bool all_idle(void)
{
	return racers[0].stand == IDLE && racers[1].stand == IDLE;
}

void lab_race_play(struct lab_line *l)
{
	struct lab_racer *r;

	lab_take();
	if (lab_is(l, 0, "continue")) {
		r = first(busy, l, lab_is(l, 2, "second"));
		if (r && r->stand == STOPPED) {
			tell(r, l, false);
			go(r);
		} else {
			lab_odd("nobody continues", NULL);
		}
	} else if (lab_is(l, 0, "probe") || lab_is(l, 0, "return") || (lab_is_call(l) && first(called, l, false))) {
		r = first(called, l, false);
		if (r) {
			tell(r, l, true);
			go(r);
		} else {
			lab_odd("no callback waits", NULL);
		}
	} else {
		r = first(idle, l, false);
		if (r) {
			r->place = l->words > 1 ? lab_named(l->word[1]) : NULL;
			r->began = ++begun;
			r->probes = lab_is(l, 0, "attach") || lab_is(l, 0, "retry");
			r->thread = lab_is_call(l);
			tell(r, l, true);
			go(r);
		} else {
			lab_play_event(l);	/* it acts at once */
		}
	}
	if (all_idle())
		lab_states();
}

int lab_race_callback(struct lab_place *p, const char *end)
{
	struct lab_racer *r = me();

	if (lab.silent)
		return -ENODEV;
	lab_device_state(p);
	for (;;) {
		struct lab_line *l = &r->line;

		r->calls = p;
		park(r, CALLBACK);
		r->calls = NULL;
		if (lab.silent)
			return -ENODEV;
		if (lab_is(l, 0, end)) {
			if (lab_is(l, 2, "defer"))
				return -EPROBE_DEFER;
			return lab_is(l, 2, "error") ? -ENODEV : 0;
		}
		if (!lab_is_call(l) || !lab_driver_call(l, p))
			lab_odd("unsupported", NULL);
	}
}

/* A driver that keeps the contract stops its own threads in remove. */
void lab_race_threads(struct lab_place *p)
{
	struct lab_racer *r = lab.race && !lab.any ? me() : NULL;
	int i;

	for (i = 0; r && i < ARRAY_SIZE(racers); i++) {
		struct lab_racer *other = &racers[i];

		while (other != r && other->stand != IDLE && other->thread && other->place == p) {
			lab_say("waits", "thread", NULL);
			park(r, STOPPED);
		}
	}
}

/* Silently: what waits goes on, in turn, until nobody does. */
void lab_race_end(void)
{
	int i, round;

	for (round = 0; !all_idle(); round++) {
		if (round > 100)
			panic("lab: what is under way does not end");
		for (i = 0; i < ARRAY_SIZE(racers); i++)
			if (racers[i].stand != IDLE)
				go(&racers[i]);
	}
}
