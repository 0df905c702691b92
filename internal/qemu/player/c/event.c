// SPDX-License-Identifier: GPL-2.0
/*
 * The events of a script that are no part of a callback. What user space does
 * goes through the files of sysfs, as it does there.
 */
#include "play.h"

static void result(int err)
{
	play_tell("result", play_error(err), play_window_second() ? "at" : NULL);
}

/* What came of a bind, by the state in which it left the device. */
static void bind_result(struct play_place *p)
{
	if (play_bound(p))
		result(0);
	else
		result(list_empty(&p->pdev->dev.p->deferred_probe) ? -ENODEV : -EPROBE_DEFER);
}

static bool play_bind(struct play_line *l, struct play_place *p)
{
	const char *name = pci_name(p->pdev);

	if (l->words != 2 || play_put_device_file(p, "driver_override", PLAY_DRIVER))
		return false;
	if (play_is(l, 0, "attach"))
		play_put_file("/sys/bus/pci/drivers_probe", name);
	else if (play_is(l, 0, "bind"))
		play_put_file("/sys/bus/pci/drivers/" PLAY_DRIVER "/bind", name);
	else if (play_retry(p))
		return false;
	bind_result(p);
	return true;
}

static int play_type(struct play_place *p, const char *type)
{
	const char *text = !strcmp(type, "dma") ? "DMA" : !strcmp(type, "dma-fq") ? "DMA-FQ" : type;

	return play_put_device_file(p, "iommu_group/type", text);
}

static int play_del(struct play_place *p)
{
	int err = play_put_device_file(p, "remove", "1");

	p->registered = err != 0;
	return err;
}

static int play_own(struct play_place *p, bool claim)
{
	static int owner;	/* its address stands for a user such as VFIO */
	struct iommu_group *group = iommu_group_get(&p->pdev->dev);
	int err = 0;

	if (!group)
		return -ENODEV;
	if (claim)
		err = iommu_group_claim_dma_owner(group, &owner);
	else
		iommu_group_release_dma_owner(group);
	iommu_group_put(group);
	return err;
}

static bool play_device(struct play_line *l, struct play_place *p)
{
	if (play_is(l, 0, "add")) {
		if (p->pdev || l->words != 2)
			return false;
		result(play_add(p));
		return true;
	}
	if (!p->pdev)
		return false;
	if (play_is(l, 0, "attach") || play_is(l, 0, "bind") || play_is(l, 0, "retry"))
		return play_bind(l, p);
	if (play_is(l, 0, "unbind"))
		result(play_put_file("/sys/bus/pci/drivers/" PLAY_DRIVER "/unbind", pci_name(p->pdev)));
	else if (play_is(l, 0, "del"))
		result(play_del(p));
	else if (play_is(l, 0, "put")) {
		if (p->registered)
			return false;	/* not the last reference */
		pci_dev_put(p->pdev);
		p->pdev = NULL;
		result(0);
	} else if (play_is(l, 0, "type") && l->words == 3)
		result(play_type(p, l->word[2]));
	else if (play_is(l, 0, "claim") || play_is(l, 0, "release"))
		result(play_own(p, play_is(l, 0, "claim")));
	else
		return play_call(l, p);
	return true;
}

static bool play_iommu(struct play_line *l)
{
	if (!play_is(l, 1, "register") || l->words > 3)
		return false;
	if (l->words == 3) {
		if (!play_is(l, 2, "identity"))
			return false;
		iommu_set_default_passthrough(false);
	}
	result(play_iommu_register());
	return true;
}

void play_event(struct play_line *l)
{
	struct play_place *p = l->words > 1 ? play_named(l->word[1]) : NULL;
	bool done;

	if (play_is(l, 0, "continue"))
		return;		/* a window that was not entered */
	if (play_is(l, 0, "drivers")) {
		play_any = play_is(l, 1, "any");
		return;
	}
	done = play_is(l, 0, "iommu") ? play_iommu(l) : p && play_device(l, p);
	if (!done)
		play_odd("cannot be done now", NULL);
}
