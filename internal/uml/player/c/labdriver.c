// SPDX-License-Identifier: GPL-2.0
/* The driver of the devices: what it does is in the script. */
#include <linux/kernel.h>

#include "lab.h"

static ssize_t lab_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return 0;
}
static DEVICE_ATTR(lab, 0444, lab_show, NULL);

static struct attribute *attrs[] = { &dev_attr_lab.attr, NULL };
static const struct attribute_group group = { .attrs = attrs };
const struct attribute_group *lab_driver_groups[] = { &group, NULL };

static int activate(struct device *dev)
{
	return lab_me()->fail == FAIL_PM_ACTIVATE ? -EIO : 0;
}

/* Its being there is what makes the driver core create state_synced. */
static void sync_state(struct device *dev)
{
}

void lab_driver_setup(struct lab_place *p)
{
	p->drv.name = p->name;
	p->drv.bus = &lab_bus_type;
	p->drv.dev_groups = lab_driver_groups;
	p->drv.sync_state = sync_state;
	p->pm.activate = activate;
}

/* A devm action: devres calls it when its turn comes. */
static void action(void *data)
{
	struct lab_place *p = data;

	lab_say("action", p->name, NULL);
	if (!lab.silent && (lab.any || lab_plain_live(p)))
		lab_callback(p, "return");
}

static bool set_mask(struct lab_place *p, struct lab_line *l)
{
	if (l->words != 3)
		return false;
	if (dma_set_mask_and_coherent(p->dev, DMA_BIT_MASK(lab_is(l, 2, "narrow") ? 32 : 64)))
		lab_odd("mask refused for", p->name);
	return true;
}

static bool memory_call(struct lab_line *l, struct lab_place *p)
{
	struct lab_slot *s = l->words > 2 ? lab_slot_named(l->word[2]) : NULL;

	if (!s)
		return false;
	if (lab_is(l, 0, "free")) {
		if (s->place != p)
			return false;
		lab_free(s);
		return true;
	}
	if (s->place)
		return false;
	if (lab_is(l, 0, "alloc"))
		lab_alloc(p, s, lab_is(l, 3, "managed") ? KIND_MANAGED : KIND_PLAIN);
	else if (lab_is(l, 0, "devm"))
		lab_alloc(p, s, KIND_DEVM);
	else if (lab_is(l, 0, "map"))
		lab_map(p, s);
	else
		return false;
	return true;
}

/*
 * Carries out a call that a driver, or other code, makes for the device. False
 * if the line is something else, or nothing that can be done now.
 */
bool lab_driver_call(struct lab_line *l, struct lab_place *p)
{
	if (lab_is(l, 0, "mask"))
		return set_mask(p, l);
	if (lab_is(l, 0, "pool"))
		return l->words == 3 && lab_pool(p, lab_is(l, 2, "declare"));
	if (lab_is(l, 0, "action"))
		return !devm_add_action(p->dev, action, p);
	return memory_call(l, p);
}

bool lab_is_call(struct lab_line *l)
{
	static const char *const calls[] = { "alloc", "map", "free", "mask", "pool", "action" };
	int i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (lab_is(l, 0, calls[i]))
			return true;
	return false;
}

/*
 * A callback of the driver: its calls, up to the line that ends it. What that
 * line says is what probe returns. -ENODEV is an error that is not printed.
 */
int lab_callback(struct lab_place *p, const char *end)
{
	struct lab_line *l;

	if (lab_racer())
		return lab_race_callback(p, end);
	lab_device_state(p);
	while ((l = lab_peek()) && lab_is(l, 1, p->name)) {
		if (lab_is(l, 0, end)) {
			lab_take();
			if (lab_is(l, 2, "defer"))
				return -EPROBE_DEFER;
			return lab_is(l, 2, "error") ? -ENODEV : 0;
		}
		if (!lab_is_call(l))
			break;
		lab_take();
		if (!lab_driver_call(l, p))
			lab_odd("unsupported", NULL);
	}
	lab_odd("no line that ends", end);
	return -ENODEV;
}
