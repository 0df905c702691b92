// SPDX-License-Identifier: GPL-2.0
/*
 * The variant group: the DMA operations are owned by the IOMMU group, and the
 * IOMMU core is the tree's. The driver of the IOMMU's hardware, the bus and the
 * firmware's description are here; group.paths says the same as steps.
 */
#include <linux/fwnode.h>
#include <linux/kernel.h>

#include "lab.h"
#include <linux/iommu-dma.h>
#include "labgroup.h"
#include "../iommu/iommu-priv.h"

/* What firmware would call the IOMMU. */
static struct fwnode_handle fwnode;
static struct device hardware;
static int owner;			/* its address stands for a user such as VFIO */

static struct iommu_device lab_iommu;

/*
 * The IOMMU core's list of buses has a second one, which is empty. Looking at it
 * is where a registration can still fail once all devices have been seen.
 */
extern const struct bus_type lab_second_bus_type;
const struct bus_type lab_second_bus_type = { .name = "lab-second" };

int __real_bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data,
			    int (*fn)(struct device *dev, void *data));
int __wrap_bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data,
			    int (*fn)(struct device *dev, void *data));
int __wrap_bus_for_each_dev(const struct bus_type *bus, struct device *start, void *data,
			    int (*fn)(struct device *dev, void *data))
{
	if (bus == &lab_second_bus_type)
		return lab_me()->fail == FAIL_BUS_PROBE ? -EIO : 0;
	return __real_bus_for_each_dev(bus, start, data, fn);
}

static bool can(struct device *dev, enum iommu_cap cap)
{
	return cap == IOMMU_CAP_CACHE_COHERENCY || cap == IOMMU_CAP_DEFERRED_FLUSH;
}

static struct iommu_device *probe_device(struct device *dev)
{
	lab_say("init", lab_place(dev)->name, NULL);
	/* There are no modules here: this is where a reference to one that goes would have failed. */
	if (!lab.provider || lab.going)
		return ERR_PTR(-EINVAL);
	return lab_me()->fail == FAIL_GROUP_JOIN ? ERR_PTR(-EIO) : &lab_iommu;
}

/* Another device that is in a group, which is then that of all devices. */
static struct device *neighbour(struct device *dev)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++) {
		struct device *other = lab_places[i].dev;

		if (other && other != dev && other->iommu_group)
			return other;
	}
	return NULL;
}

/* Who remembers that the group of a device is claimed. */
static struct lab_place *owned(struct lab_place *p)
{
	return lab.shared ? &lab_places[0] : p;
}

static void release_device(struct device *dev)
{
	/* The group goes with its last device. */
	if (!lab.shared || !neighbour(dev))
		owned(lab_place(dev))->owned = false;
	lab_say("gone", lab_place(dev)->name, NULL);
}

static void probe_finalize(struct device *dev)
{
	lab_say("finalize", lab_place(dev)->name, NULL);
}

/* A group for each device, or one for all. */
static struct iommu_group *device_group(struct device *dev)
{
	struct device *other = lab.shared ? neighbour(dev) : NULL;

	if (other)
		return iommu_group_ref_get(other->iommu_group);
	return generic_device_group(dev);
}

static const struct iommu_ops ops = {
	.capable		= can,
	.probe_device		= probe_device,
	.release_device		= release_device,
	.probe_finalize		= probe_finalize,
	.device_group		= device_group,
	.domain_alloc_paging	= lab_domain_alloc,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	.domain_alloc_identity	= lab_domain_alloc_identity,
#else
	.domain_alloc		= lab_domain_alloc_type,
#endif
	.default_domain_ops	= &lab_domain_ops,
	.blocked_domain		= &lab_blocked,
	.release_domain		= &lab_released,
};

/* The bus, with what firmware says: the device sits behind the IOMMU. */

/* Whether an IOMMU that is missing may still come. The tree's own never waits without modules. */
int __wrap_driver_deferred_probe_check_state(struct device *dev);
int __wrap_driver_deferred_probe_check_state(struct device *dev)
{
	return lab.timeout ? -ENODEV : -EPROBE_DEFER;
}

static int fwspec_init(struct device *dev)
{
	int err = iommu_fwspec_init(dev, &fwnode);

	/* Before v6.13 it is the caller that asks. */
	if (err == -EPROBE_DEFER && !lab.provider)
		return __wrap_driver_deferred_probe_check_state(dev);
	if (!err && lab_me()->fail == FAIL_FWSPEC_INIT) {
		iommu_fwspec_free(dev);
		return -EINVAL;
	}
	return err;
}

static int iommu_configure(struct device *dev)
{
	bool present;
	int err;

	mutex_lock(&iommu_probe_device_lock);
	if (dev_iommu_fwspec_get(dev)) {
		mutex_unlock(&iommu_probe_device_lock);
		return 0;
	}
	present = dev->iommu;
	err = fwspec_init(dev);
	if (err && !present && dev->iommu)
		dev_iommu_free(dev);
	mutex_unlock(&iommu_probe_device_lock);
	if (!err && !present)
		err = iommu_probe_device(dev);
	return err;
}

static int firmware(struct device *dev)
{
	struct lab_place *p = lab_place(dev);
	bool set = !dev->dma_range_map && p->ranges;

	if (set) {
		lab_point("describe", p->name);
		lab_set_range_map(dev);
	}
	if (iommu_configure(dev) != -EPROBE_DEFER)
		return 0;
	if (set) {
		kfree(dev->dma_range_map);
		dev->dma_range_map = NULL;
	}
	return -EPROBE_DEFER;
}

/* The IOMMU core calls this too, for a device without a driver. */
int lab_dma_configure(struct device *dev)
{
	struct device_driver *drv = dev->driver;
	int err = firmware(dev);

	if (err || !drv)
		return err;
	lab_point("ask", lab_place(dev)->name);
	err = iommu_device_use_default_domain(dev);
	lab_say("use", lab_place(dev)->name, !err ? "ok" : err == -EPROBE_DEFER ? "defer" : "error");
	return err;
}

void lab_dma_cleanup(struct device *dev)
{
	lab_say("unuse", lab_place(dev)->name, NULL);
	iommu_device_unuse_default_domain(dev);
}

/* The IOMMU core has notifiers of its own. */
void lab_iommu_added(struct device *dev)
{
}

void lab_iommu_removed(struct device *dev)
{
}

/* Events. */

int lab_iommu_register(void)
{
	int err;

	if (lab.provider)
		return -EBUSY;
	if (lab.identity)
		iommu_set_default_passthrough(false);
	else
		iommu_set_default_translated(false);
	memset(&lab_iommu, 0, sizeof(lab_iommu));
	lab_iommu.fwnode = &fwnode;
	lab_iommu.dev = &hardware;
	lab.provider = true;
	err = iommu_device_register(&lab_iommu, &ops, NULL);
	if (err)
		lab.provider = false;
	return err;
}

/* The driver's module cannot go while a device is in a group. */
int lab_iommu_unregister(void)
{
	int i;

	if (!lab.provider)
		return -ENODEV;
	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].dev && lab_places[i].dev->iommu_group)
			return -EBUSY;
	lab.going = true;
	iommu_device_unregister(&lab_iommu);
	lab.provider = lab.going = false;
	return 0;
}

int lab_claim(struct lab_place *p)
{
	struct iommu_group *group = iommu_group_get(p->dev);
	int err;

	if (!group)
		return -ENODEV;
	err = iommu_group_claim_dma_owner(group, &owner);
	iommu_group_put(group);
	if (!err)
		owned(p)->owned = true;
	return err;
}

int lab_release(struct lab_place *p)
{
	struct iommu_group *group;

	if (!owned(p)->owned || !p->dev || !p->dev->iommu_group)
		return -ENODEV;
	owned(p)->owned = false;
	group = iommu_group_get(p->dev);
	iommu_group_release_dma_owner(group);
	iommu_group_put(group);
	return 0;
}

int lab_type(struct lab_place *p, const char *type)
{
	ssize_t err = lab_type_store(p->dev, !strcmp(type, "dma") ? "DMA" : !strcmp(type, "dma-fq") ? "DMA-FQ" : type);

	return err < 0 ? err : 0;
}

void lab_iommu_boot(void)
{
	if (lab.provider)
		iommu_device_unregister(&lab_iommu);
	lab.provider = lab.going = false;
}

void lab_iommu_state(struct lab_place *p)
{
	lab_out(use_dma_iommu(p->dev) ? " ops=iommu" : " ops=null");
	lab_out(p->dev->iommu_group ? " grp=1" : " grp=0");
	lab_out(p->dev->iommu_group && owned(p)->owned ? " own=1" : " own=0");
	lab_out(dev_iommu_fwspec_get(p->dev) ? " iommu=fwspec" : p->dev->iommu ? " iommu=param" : " iommu=none");
}

void lab_group_state(struct lab_place *p)
{
	struct iommu_domain *to, *by_default;
	struct iommu_group *group;

	if (!p->dev->iommu_group)
		return;
	to = iommu_get_domain_for_dev(p->dev);
	by_default = iommu_get_dma_domain(p->dev);
	lab_out("g ");
	lab_out(p->name);
	lab_out(!by_default ? " default=none" : iommu_is_dma_domain(by_default) ? " default=dma" : " default=identity");
	lab_out(!to ? " attached=none" : to == by_default ? " attached=default" :
		to == &lab_blocked ? " attached=blocking" : " attached=other");
	group = iommu_group_get(p->dev);
	lab_out(iommu_group_dma_owner_claimed(group) ? " used=1" : " used=0");
	iommu_group_put(group);
	lab_line_end();
}

const char *lab_iommu_lock(struct mutex *m)
{
	int i;

	if (m == &iommu_probe_device_lock)
		return "iommu_probe";
	for (i = 0; i < LAB_DEVICES; i++) {
		struct device *dev = lab_places[i].dev;
		char *group = dev ? (char *)dev->iommu_group : NULL;

		/* It is the only mutex in a group, which is a struct of the core's own. */
		if (group && (char *)m >= group && (char *)m < group + ksize(group))
			return "group";
	}
	return NULL;
}

int lab_iommu_init(void)
{
	return 0;
}
