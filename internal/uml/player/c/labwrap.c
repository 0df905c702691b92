// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that the linker calls in place of the kernel's own (ld --wrap; the
 * list is in wraps.mk), where one object file calls another. They see what the
 * kernel does, and make it fail where an event says so.
 *
 * Files in sysfs are not made at all: nobody looks at them, and they would take
 * most of the time. What the kernel would do when they are written to is done
 * through the attributes that are seen here.
 */
#include <linux/kernel.h>
#include <linux/workqueue.h>

#include "lab.h"

static struct driver_attribute *bind_attr, *unbind_attr;
static struct attribute *type_attr;

int __wrap_sysfs_create_file_ns(struct kobject *kobj, struct attribute *attr, const void *ns);
int __wrap_sysfs_create_file_ns(struct kobject *kobj, struct attribute *attr, const void *ns)
{
	if (!strcmp(attr->name, "bind"))
		bind_attr = container_of(attr, struct driver_attribute, attr);
	else if (!strcmp(attr->name, "unbind"))
		unbind_attr = container_of(attr, struct driver_attribute, attr);
	else if (!strcmp(attr->name, "type"))
		type_attr = attr;
	else if (lab_me()->fail == FAIL_SYNCED_ADD && !strcmp(attr->name, "state_synced"))
		return -EEXIST;
	return 0;
}

void __wrap_sysfs_remove_file_ns(struct kobject *kobj, struct attribute *attr, const void *ns);
void __wrap_sysfs_remove_file_ns(struct kobject *kobj, struct attribute *attr, const void *ns)
{
}

int __wrap_sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups);
int __wrap_sysfs_create_groups(struct kobject *kobj, const struct attribute_group **groups)
{
	return lab_me()->fail == FAIL_GROUPS_ADD && groups == lab_driver_groups ? -EEXIST : 0;
}

void __wrap_sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups);
void __wrap_sysfs_remove_groups(struct kobject *kobj, const struct attribute_group **groups)
{
}

int __wrap_sysfs_create_group(struct kobject *kobj, const struct attribute_group *group);
int __wrap_sysfs_create_group(struct kobject *kobj, const struct attribute_group *group)
{
	return 0;
}

void __wrap_sysfs_remove_group(struct kobject *kobj, const struct attribute_group *group);
void __wrap_sysfs_remove_group(struct kobject *kobj, const struct attribute_group *group)
{
}

int __wrap_sysfs_merge_group(struct kobject *kobj, const struct attribute_group *group);
int __wrap_sysfs_merge_group(struct kobject *kobj, const struct attribute_group *group)
{
	return 0;
}

void __wrap_sysfs_unmerge_group(struct kobject *kobj, const struct attribute_group *group);
void __wrap_sysfs_unmerge_group(struct kobject *kobj, const struct attribute_group *group)
{
}

int __wrap_sysfs_create_dir_ns(struct kobject *kobj, const void *ns);
int __wrap_sysfs_create_dir_ns(struct kobject *kobj, const void *ns)
{
	return 0;
}

void __wrap_sysfs_remove_dir(struct kobject *kobj);
void __wrap_sysfs_remove_dir(struct kobject *kobj)
{
}

/* The first link of driver_sysfs_add is from the driver to the device. */
int __wrap_sysfs_create_link(struct kobject *kobj, struct kobject *to, const char *name);
int __wrap_sysfs_create_link(struct kobject *kobj, struct kobject *to, const char *name)
{
	return lab_me()->fail == FAIL_SYSFS_ADD && lab_me()->target && to == &lab_me()->target->dev->kobj ? -EEXIST : 0;
}

int __wrap_sysfs_create_link_nowarn(struct kobject *kobj, struct kobject *to, const char *name);
int __wrap_sysfs_create_link_nowarn(struct kobject *kobj, struct kobject *to, const char *name)
{
	return 0;
}

void __wrap_sysfs_remove_link(struct kobject *kobj, const char *name);
void __wrap_sysfs_remove_link(struct kobject *kobj, const char *name)
{
}

int __wrap_sysfs_add_link_to_group(struct kobject *kobj, const char *group, struct kobject *to, const char *name);
int __wrap_sysfs_add_link_to_group(struct kobject *kobj, const char *group, struct kobject *to, const char *name)
{
	return 0;
}

void __wrap_sysfs_remove_link_from_group(struct kobject *kobj, const char *group, const char *name);
void __wrap_sysfs_remove_link_from_group(struct kobject *kobj, const char *group, const char *name)
{
}

int __wrap_kobject_uevent(struct kobject *kobj, int action);
int __wrap_kobject_uevent(struct kobject *kobj, int action)
{
	return 0;
}

int __wrap_kobject_uevent_env(struct kobject *kobj, int action, char *env[]);
int __wrap_kobject_uevent_env(struct kobject *kobj, int action, char *env[])
{
	return 0;
}

/* Steps of really_probe that an event makes fail. */

int __real_device_links_check_suppliers(struct device *dev);
int __wrap_device_links_check_suppliers(struct device *dev);
int __wrap_device_links_check_suppliers(struct device *dev)
{
	lab_me()->error = lab_me()->fail == FAIL_LINKS_CHECK || lab_link_waits(dev) ? -EPROBE_DEFER :
		__real_device_links_check_suppliers(dev);
	if (!lab_me()->error && lab_link_probes() && dev == lab.consumer->dev)
		lab_say("supplied", lab.consumer->name, NULL);
	return lab_me()->error;
}

int __wrap_pinctrl_bind_pins(struct device *dev);
int __wrap_pinctrl_bind_pins(struct device *dev)
{
	return lab_me()->fail == FAIL_PINCTRL_BIND ? -EINVAL : 0;
}

int __real_devres_release_all(struct device *dev);
int __wrap_devres_release_all(struct device *dev);
int __wrap_devres_release_all(struct device *dev)
{
	struct lab_place *p = lab_place(dev);

	if (p)
		lab_say("devres", p->name, NULL);
	return __real_devres_release_all(dev);
}

/* dmam_free_coherent takes its entry off the list. */
int __real_devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *data);
int __wrap_devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *data);
int __wrap_devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *data)
{
	struct lab_place *p = lab_place(dev);
	int err = __real_devres_destroy(dev, release, match, data);

	if (p)
		lab_point("dropped", p->name);
	return err;
}

/* The ways of the DMA calls. */

void *__real_dma_direct_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs);
void *__wrap_dma_direct_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs);
void *__wrap_dma_direct_alloc(struct device *dev, size_t size, dma_addr_t *dma, gfp_t gfp, unsigned long attrs)
{
	void *cpu = __real_dma_direct_alloc(dev, size, dma, gfp, attrs);

	lab_saw_alloc(WAY_DIRECT, cpu);
	return cpu;
}

void __real_dma_direct_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs);
void __wrap_dma_direct_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs);
void __wrap_dma_direct_free(struct device *dev, size_t size, void *cpu, dma_addr_t dma, unsigned long attrs)
{
	struct lab_slot *s = lab_saw_free(WAY_DIRECT, cpu);
	bool wrong;

	if (!s)
		return;
	wrong = s->way != WAY_DIRECT;
	/* It frees the page that the address means by the present range map. */
	if (!wrong && dma_to_phys(dev, dma) != virt_to_phys(cpu)) {
		lab_say("oops", "free", "by another range map");
		wrong = true;
	}
	if (wrong)
		lab_heal(dev, s);
	else
		__real_dma_direct_free(dev, size, cpu, dma, attrs);
	lab_point("freed", s->name);
}

int __real_dma_alloc_from_dev_coherent(struct device *dev, ssize_t size, dma_addr_t *dma, void **cpu);
int __wrap_dma_alloc_from_dev_coherent(struct device *dev, ssize_t size, dma_addr_t *dma, void **cpu);
int __wrap_dma_alloc_from_dev_coherent(struct device *dev, ssize_t size, dma_addr_t *dma, void **cpu)
{
	int took = __real_dma_alloc_from_dev_coherent(dev, size, dma, cpu);

	if (took)
		lab_saw_alloc(WAY_POOL, *cpu);
	return took;
}

int __wrap_dma_release_from_dev_coherent(struct device *dev, int order, void *cpu);
int __wrap_dma_release_from_dev_coherent(struct device *dev, int order, void *cpu)
{
	int took = __real_dma_release_from_dev_coherent(dev, order, cpu);

	struct lab_slot *s = took ? lab_saw_free(WAY_POOL, cpu) : NULL;

	if (s)
		lab_point("freed", s->name);
	return took;
}

/*
 * The deferred-probe worker is run by the event retry alone, in the player's
 * own thread; the kernel also wants it after every bind, and after a deferral
 * beside a retry. Only the device that is retried is on the worker's list.
 */
static struct work_struct *deferred_work;
static bool catch_work;
static struct lab_place *retried;	/* while its retry begins */

/* The others wait on the list that the worker does not take from. */
static void hold_back(void)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++) {
		struct lab_place *q = &lab_places[i];

		if (q == retried || !q->dev || !q->dev->p || list_empty(&q->dev->p->deferred_probe))
			continue;
		driver_deferred_probe_del(q->dev);
		driver_deferred_probe_add(q->dev);
	}
}

bool __real_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool __wrap_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool __wrap_queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (catch_work)
		deferred_work = work;
	/* A link lets go of its devices by a worker, at some time; here at once. */
	if (lab.made && work == &lab.made->rm_work) {
		lab.made = NULL;
		work->func(work);
		return true;
	}
	if (work != deferred_work)
		return __real_queue_work_on(cpu, wq, work);
	hold_back();
	return true;
}

void lab_retry(struct lab_place *p)
{
	retried = p;
	driver_deferred_probe_trigger();
	retried = NULL;
	deferred_work->func(deferred_work);
}

/* Writes the device's name to the driver's file. */
ssize_t lab_driver_store(struct lab_place *p, const char *file)
{
	struct driver_attribute *a = *file == 'b' ? bind_attr : unbind_attr;

	return a->store(&p->drv, p->name, strlen(p->name));
}

/* Writes to the type file of the device's group; a group begins with its kobject. */
ssize_t lab_type_store(struct device *dev, const char *type)
{
	struct kobject *group = (struct kobject *)dev->iommu_group;
	ssize_t err;

	if (!group || !type_attr)
		return -ENODEV;
	kobject_get(group);	/* who has the file open keeps the group */
	err = group->ktype->sysfs_ops->store(group, type_attr, type, strlen(type));
	kobject_put(group);
	return err;
}

int lab_wrap_init(void)
{
	catch_work = true;
	driver_deferred_probe_trigger();
	catch_work = false;
	return deferred_work && bind_attr && unbind_attr ? 0 : -ENOENT;
}
