// SPDX-License-Identifier: GPL-2.0
/*
 * "link CONSUMER SUPPLIER": one device is a consumer of the other. Who waits for a
 * supplier that is not there, and when the link is made, is the player's, as
 * fw_devlink has it; all that the link is good for then is the driver core's.
 */
#include <linux/kernel.h>

#include "lab.h"

/* Nobody reads the links while one is taken down, and the wait is for a timer. */
void __wrap_synchronize_srcu(struct srcu_struct *s);
void __wrap_synchronize_srcu(struct srcu_struct *s)
{
}

static bool there(struct lab_place *p)
{
	return p->registered && !p->dev->p->dead;
}

void lab_link_setting(struct lab_line *l)
{
	lab.consumer = l->words > 2 ? lab_named(l->word[1]) : NULL;
	lab.supplier = l->words > 2 ? lab_named(l->word[2]) : NULL;
}

/* Behind device_add: who comes second makes the link. */
void lab_link_added(struct lab_place *p)
{
	if (!lab.consumer)
		return;
	if (p == lab.consumer && lab.link == LINK_NONE)
		lab.link = LINK_WAITS;
	if (lab.link != LINK_WAITS || !there(lab.consumer) || !there(lab.supplier))
		return;
	lab.made = device_link_add(lab.consumer->dev, lab.supplier->dev, 0);
	if (!lab.made) {
		lab_odd("no link to", lab.supplier->name);
		return;
	}
	lab.link = LINK_MADE;
	lab_say("link", lab.consumer->name, lab.supplier->name);
}

/* Behind device_del: a link is made once. */
void lab_link_deleted(struct lab_place *p)
{
	if (lab.link == LINK_MADE && (p == lab.consumer || p == lab.supplier))
		lab.link = LINK_GONE;
}

bool lab_link_waits(struct device *dev)
{
	return lab.consumer && lab.link == LINK_WAITS && lab.consumer->dev == dev;
}

static struct device_link *the_link(void)
{
	if (!lab.consumer || !lab.consumer->dev)
		return NULL;
	return list_first_entry_or_null(&lab.consumer->dev->links.suppliers, struct device_link, c_node);
}

/* Whether the consumer is within a probe that has found its supplier. */
bool lab_link_probes(void)
{
	struct device_link *link = the_link();

	return link && link->status == DL_STATE_CONSUMER_PROBE;
}

static const char *status(void)
{
	struct device_link *link = the_link();

	if (link) {
		switch (link->status) {
		case DL_STATE_DORMANT:
			return "dormant";
		case DL_STATE_AVAILABLE:
			return "available";
		case DL_STATE_CONSUMER_PROBE:
			return "consumer-probe";
		case DL_STATE_ACTIVE:
			return "active";
		case DL_STATE_SUPPLIER_UNBIND:
			return "supplier-unbind";
		default:
			break;
		}
	}
	return "none";
}

void lab_link_state(struct device *dev)
{
	static const char *const names[] = {
		[DL_DEV_NO_DRIVER] = "no-driver", [DL_DEV_PROBING] = "probing",
		[DL_DEV_DRIVER_BOUND] = "bound", [DL_DEV_UNBINDING] = "unbinding",
	};

	if (!lab.consumer)
		return;
	lab_out(" links=");
	lab_out(names[dev->links.status]);
	lab_out(" link=");
	lab_out(status());
}
