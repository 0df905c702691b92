// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that the linker calls in place of the kernel's own (ld --wrap; the
 * list is in wraps.mk), where one object file calls another. Each calls the
 * kernel's own and tells of it, at a place where the thread may sleep. Two wait
 * for the script: the driver of the IOMMU, and the worker of deferred probes.
 */
#include <linux/of_device.h>
#include <linux/workqueue.h>

#include "play.h"

int __real_devres_release_all(struct device *dev);
int __wrap_devres_release_all(struct device *dev);
int __wrap_devres_release_all(struct device *dev)
{
	struct play_place *p = play_place(dev);

	if (p)
		play_say("devres", p->name, NULL);
	return __real_devres_release_all(dev);
}

int __real_of_dma_configure_id(struct device *dev, struct device_node *np, bool force_dma, const u32 *id);
int __wrap_of_dma_configure_id(struct device *dev, struct device_node *np, bool force_dma, const u32 *id);
int __wrap_of_dma_configure_id(struct device *dev, struct device_node *np, bool force_dma, const u32 *id)
{
	struct play_place *p = play_place(dev);

	if (p)
		play_say("configure", p->name, NULL);
	return __real_of_dma_configure_id(dev, np, force_dma, id);
}

int __real_iommu_device_use_default_domain(struct device *dev);
int __wrap_iommu_device_use_default_domain(struct device *dev);
int __wrap_iommu_device_use_default_domain(struct device *dev)
{
	struct play_place *p = play_place(dev);
	int err;

	if (p)
		play_window_point("use", p->name, NULL);
	err = __real_iommu_device_use_default_domain(dev);
	if (p)
		play_say("use", p->name, !err ? "ok" : play_error(err));
	return err;
}

void __real_iommu_device_unuse_default_domain(struct device *dev);
void __wrap_iommu_device_unuse_default_domain(struct device *dev);
void __wrap_iommu_device_unuse_default_domain(struct device *dev)
{
	struct play_place *p = play_place(dev);

	if (p)
		play_say("unuse", p->name, NULL);
	__real_iommu_device_unuse_default_domain(dev);
}

/* The IOMMU's driver is registered when the script says so, as a module's would be. */
static struct device_driver *held;
static bool let_go;

int __real_driver_register(struct device_driver *drv);
int __wrap_driver_register(struct device_driver *drv);
int __wrap_driver_register(struct device_driver *drv)
{
	if (let_go || strcmp(drv->name, "arm-smmu-v3"))
		return __real_driver_register(drv);
	held = drv;
	return 0;
}

static int one(struct device *dev, void *unused)
{
	return 1;
}

int play_iommu_register(void)
{
	int err;

	if (!held || let_go)
		return -EBUSY;
	let_go = true;
	err = __real_driver_register(held);
	if (err)
		return err;
	return driver_for_each_device(held, NULL, NULL, one) ? 0 : -ENODEV;
}

/* The worker is run by the event retry alone; the kernel wants it after every bind. */
static struct work_struct *deferred_work;
static struct workqueue_struct *deferred_wq;
static bool catch_work;

bool __real_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool __wrap_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool __wrap_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (catch_work && in_task()) {
		deferred_work = work;
		deferred_wq = wq;
	}
	if (work == deferred_work)
		return true;
	return __real_queue_work_on(cpu, wq, work);
}

int play_retry(struct play_place *p)
{
	struct play_place *other = &play_places[p == &play_places[0]];
	bool waits = other->registered && !list_empty(&other->pdev->dev.p->deferred_probe);

	if (list_empty(&p->pdev->dev.p->deferred_probe))
		return -ENOENT;
	if (waits)
		driver_deferred_probe_del(&other->pdev->dev);
	driver_deferred_probe_trigger();
	__real_queue_work_on(WORK_CPU_UNBOUND, deferred_wq, deferred_work);
	flush_work(deferred_work);
	if (waits)
		driver_deferred_probe_add(&other->pdev->dev);
	return 0;
}

int play_wrap_init(void)
{
	catch_work = true;
	driver_deferred_probe_trigger();
	catch_work = false;
	return held && deferred_work ? 0 : -ENOENT;
}
