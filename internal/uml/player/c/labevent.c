// SPDX-License-Identifier: GPL-2.0
/* The events of a script that are no part of a callback. */
#include <linux/kernel.h>

#include "lab.h"

static const struct {
	const char *name;
	enum lab_fail fail;
} fails[] = {
	{ "links_check", FAIL_LINKS_CHECK },
	{ "pinctrl_bind", FAIL_PINCTRL_BIND },
	{ "fwspec_init", FAIL_FWSPEC_INIT },
	{ "group_join", FAIL_GROUP_JOIN },
	{ "domain_alloc", FAIL_DOMAIN_ALLOC },
	{ "sysfs_add", FAIL_SYSFS_ADD },
	{ "pm_activate", FAIL_PM_ACTIVATE },
	{ "groups_add", FAIL_GROUPS_ADD },
	{ "synced_add", FAIL_SYNCED_ADD },
	{ "bus_probe", FAIL_BUS_PROBE },
};

bool lab_is(struct lab_line *l, int word, const char *text)
{
	return word < l->words && !strcmp(l->word[word], text);
}

static void result(int err)
{
	lab_say("result", lab_error(err), lab_me() == &lab_second ? "at" : NULL);
}

/* What the event may make fail, and whether it binds with a test of remove. */
static bool arguments(struct lab_line *l, struct lab_place *p)
{
	int i = 2, j;

	lab_me()->fail = FAIL_NONE;
	lab_me()->test_remove = false;
	if (p)
		p->ranges = p->map = false;
	for (; i < l->words; i++) {
		if (lab_is(l, i, "test_remove")) {
			lab_me()->test_remove = true;
		} else if (lab_is(l, i, "identity")) {
			lab.identity = true;
		} else if (p && lab_is(l, i, "ranges")) {
			p->ranges = true;
		} else if (p && lab_is(l, i, "map")) {
			p->map = true;
		} else if (lab_is(l, i, "fail") && i + 1 < l->words) {
			i++;
			for (j = 0; j < ARRAY_SIZE(fails); j++)
				if (lab_is(l, i, fails[j].name))
					lab_me()->fail = fails[j].fail;
			if (!lab_me()->fail)
				return false;
		} else {
			return false;
		}
	}
	return true;
}

static bool play_iommu(struct lab_line *l)
{
	if (lab_is(l, 1, "register")) {
		lab.identity = false;
		if (!arguments(l, NULL))
			return false;
		result(lab_iommu_register());
	} else if (lab_is(l, 1, "unregister")) {
		result(lab_iommu_unregister());
	} else {
		return false;
	}
	return true;
}

/* The events that are the same whatever state the device is in. */
static bool play_device(struct lab_line *l, struct lab_place *p)
{
	char how = *l->word[0];

	if (lab_is(l, 0, "add")) {
		if (p->dev || !arguments(l, p))
			return false;
		result(lab_add(p));
	} else if (!p->dev) {
		return false;
	} else if (lab_is(l, 0, "attach") || lab_is(l, 0, "bind") || lab_is(l, 0, "retry")) {
		if (!arguments(l, NULL))
			return false;
		result(lab_bind(p, how));
	} else if (lab_is(l, 0, "unbind")) {
		lab_driver_store(p, "unbind");
		result(0);
	} else if (lab_is(l, 0, "del")) {
		result(lab_del(p));
	} else if (lab_is(l, 0, "put")) {
		put_device(p->dev);
		result(0);
	} else if (lab_is(l, 0, "claim")) {
		result(lab_claim(p));
	} else if (lab_is(l, 0, "release")) {
		result(lab_release(p));
	} else if (lab_is(l, 0, "type") && l->words == 3) {
		result(lab_type(p, l->word[2]));
	} else {
		return lab_driver_call(l, p);
	}
	return true;
}

static bool play_global(struct lab_line *l)
{
	if (lab_is(l, 0, "iommu"))
		return play_iommu(l);
	if (lab_is(l, 0, "timeout")) {
		lab.timeout = true;
		return true;
	}
	if (lab_is(l, 0, "shutdown")) {
		lab_shutdown();
		return true;
	}
	return false;
}

void lab_play_event(struct lab_line *l)
{
	struct lab_place *p = l->words > 1 ? lab_named(l->word[1]) : NULL;

	if (!(p ? play_device(l, p) : play_global(l)))
		lab_odd("unsupported", NULL);
	lab_me()->fail = FAIL_NONE;
	lab_me()->test_remove = false;
}

/* Plays a line that no callback waits for. */
void lab_play(struct lab_line *l)
{
	lab_take();
	if (lab_is(l, 0, "at")) {
		if (!lab_at_note(l))
			lab_odd("unsupported", NULL);
		return;
	}
	lab_play_event(l);
	lab_at_wait();
	lab_states();
}
