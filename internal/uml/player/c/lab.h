/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The player: reads a script from a host file, plays it on the driver core
 * that it is linked with, and writes what the kernel does to another.
 * PROTOCOL.md says what the two files hold.
 */
#ifndef LAB_H
#define LAB_H

#include <linux/version.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-direct.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/base.h"

#define LAB_DEVICES	2
#define LAB_SLOTS	4
#define LAB_POOL_SIZE	(LAB_SLOTS * PAGE_SIZE)

enum lab_way { WAY_NONE, WAY_DIRECT, WAY_IOMMU, WAY_POOL };
enum lab_kind { KIND_PLAIN, KIND_MANAGED, KIND_DEVM, KIND_MAP };

/* The steps that an event may make fail. */
enum lab_fail {
	FAIL_NONE,
	FAIL_LINKS_CHECK,
	FAIL_PINCTRL_BIND,
	FAIL_FWSPEC_INIT,
	FAIL_GROUP_JOIN,
	FAIL_DOMAIN_ALLOC,
	FAIL_SYSFS_ADD,
	FAIL_PM_ACTIVATE,
	FAIL_GROUPS_ADD,
	FAIL_SYNCED_ADD,
	FAIL_BUS_PROBE,
};

/* One of the two places for a device. It outlives the devices in it. */
struct lab_place {
	const char *name;
	struct device *dev;		/* NULL while no device is there */
	bool registered;
	unsigned int added;		/* its place in the order of adding */
	bool ranges, map;		/* as it was added */
	void *range_map;		/* that was made and not freed */
	u64 mask;
	struct device_driver drv;
	struct dev_pm_domain pm;
	void *pools;			/* pages that coherent pools are made of */
	bool joined, param;		/* perbind: what stands for the IOMMU core */
	bool fwspec;
	u8 domain;			/* perbind: enum lab_domain */
	bool attached, blocking;
	bool owned;			/* claimed */
	int owner_count;
};

enum lab_domain { DOMAIN_NONE, DOMAIN_DMA, DOMAIN_IDENTITY };

struct lab_slot {
	const char *name;
	struct lab_place *place;	/* NULL while nothing is in the slot */
	enum lab_kind kind;
	enum lab_way way;
	void *cpu;
	dma_addr_t dma;
	size_t size;
	struct page *page;		/* what map maps */
};

/* How far the link between consumer and supplier has come. */
enum lab_link { LINK_NONE, LINK_WAITS, LINK_MADE, LINK_GONE };

struct lab_state {
	bool silent;			/* going back to boot: nothing is logged */
	bool timeout;			/* the deferred-probe timeout has passed */
	bool any;			/* script line "drivers any" */
	bool provider;			/* the IOMMU is registered */
	bool going;			/* its driver's module goes */
	bool identity;			/* with identity default domains */
	bool shut;			/* device_shutdown has run */
	bool race;			/* script line "actors 2" */
	bool shared;			/* script line "groups shared" */
	struct lab_place *consumer;	/* script line "link CONSUMER SUPPLIER", NULL without one */
	struct lab_place *supplier;
	enum lab_link link;
	struct device_link *made;	/* once it is */
};

/* What plays an event: the player, or the thread that enters a window in it. */
struct lab_actor {
	struct task_struct *task;
	enum lab_fail fail;
	bool test_remove;
	int error;			/* that the bus, the driver or the links gave last */
	struct lab_place *target;	/* whose driver matches just now */
	struct lab_slot *slot;		/* that a call is about */
	enum lab_way way;		/* that the call has been seen to go */
	char until[64];			/* the point that it is to stop at, "" if none */
	int pass;			/* how often it is still to go by it */
};

extern struct lab_state lab;
extern struct lab_place lab_places[LAB_DEVICES];
extern struct lab_slot lab_slots[LAB_SLOTS];
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define LAB_CONST_BUS	const
#else
#define LAB_CONST_BUS
#endif
extern LAB_CONST_BUS struct bus_type lab_bus_type;

static inline struct lab_place *lab_place(struct device *dev)
{
	int i;

	for (i = 0; i < LAB_DEVICES; i++)
		if (lab_places[i].dev == dev)
			return &lab_places[i];
	return NULL;
}

/* A line of the script, cut into words. */
struct lab_line {
	char text[128];
	char *word[12];
	int words;
};

/* labat.c */
extern struct lab_actor lab_first, lab_second;
extern struct lab_state lab;
struct lab_actor *lab_racer(void);	/* of "actors 2", NULL if it is another thread that asks */

static inline struct lab_actor *lab_me(void)
{
	struct lab_actor *racer = lab.race ? lab_racer() : NULL;

	if (racer)
		return racer;
	return current == lab_second.task ? &lab_second : &lab_first;
}
int lab_at_init(void);
bool lab_at_note(struct lab_line *l);	/* takes a line "at POINT do EVENT" */
extern bool lab_at_pending;		/* an o line may be the point */
void lab_at(const char *what, const char *who, const char *more);
void lab_at_wait(void);			/* until the event in the window is over too */
void lab_at_forget(void);

/* labrace.c */
int lab_race_init(void);
void lab_race_play(struct lab_line *l);
int lab_race_callback(struct lab_place *p, const char *end);
void lab_race_threads(struct lab_place *p);	/* waits for those of its driver */
void lab_race_end(void);		/* brings what is under way to its end */
void lab_race_at(const char *what, const char *who, const char *more);

/* A place at which an actor can stop, and that has no line in the log. */
static inline void lab_point(const char *what, const char *who)
{
	if (lab.race)
		lab_race_at(what, who, NULL);
}

/* labio.c */
int lab_io_open(const char *script, const char *log, bool flush);
void lab_io_close(void);
struct lab_line *lab_peek(void);	/* the next line, NULL at the end */
void lab_split(struct lab_line *l);	/* cuts its text into words */
void lab_take(void);			/* the next line is being played */
void lab_out(const char *s);
void lab_out_number(unsigned long n);
void lab_line_end(void);
void lab_say(const char *what, const char *who, const char *more);	/* an o line */
void lab_odd(const char *what, const char *who);			/* an X line */
void lab_idle(void);			/* between sequences */
const char *lab_error(int err);

/* labevent.c */
bool lab_is(struct lab_line *l, int word, const char *text);
void lab_play(struct lab_line *l);
void lab_play_event(struct lab_line *l);

/* labdev.c */
int lab_devices_init(void);
struct lab_place *lab_named(const char *name);
int lab_add(struct lab_place *p);
int lab_del(struct lab_place *p);
void lab_link_setting(struct lab_line *l);
void lab_link_added(struct lab_place *p);
void lab_link_deleted(struct lab_place *p);
void lab_link_state(struct device *dev);
bool lab_link_waits(struct device *dev);
bool lab_link_probes(void);
void lab_shutdown(void);
int lab_bind(struct lab_place *p, char how);
void lab_boot(void);
void lab_device_state(struct lab_place *p);	/* an s line */
void lab_states(void);

/* labdriver.c */
extern const struct attribute_group *lab_driver_groups[];
void lab_driver_setup(struct lab_place *p);
bool lab_driver_call(struct lab_line *l, struct lab_place *p);
int lab_callback(struct lab_place *p, const char *end);
bool lab_is_call(struct lab_line *l);

/* labmem.c */
int lab_mem_init(void);
struct lab_slot *lab_slot_named(const char *name);
void lab_alloc(struct lab_place *p, struct lab_slot *s, enum lab_kind kind);
void lab_map(struct lab_place *p, struct lab_slot *s);
void lab_free(struct lab_slot *s);
bool lab_plain_live(struct lab_place *p);
void lab_forget(struct lab_place *p);
bool lab_pool(struct lab_place *p, bool declare);
void lab_saw_alloc(enum lab_way way, void *cpu);
struct lab_slot *lab_saw_free(enum lab_way way, void *cpu);
void lab_heal(struct device *dev, struct lab_slot *s);

/* labwrap.c */
int __real_dma_release_from_dev_coherent(struct device *dev, int order, void *cpu);
ssize_t lab_driver_store(struct lab_place *p, const char *file);
ssize_t lab_type_store(struct device *dev, const char *type);
int lab_wrap_init(void);
void lab_retry(struct lab_place *p);

/* labperbind.c or labgroup.c */
int lab_iommu_init(void);
int lab_dma_configure(struct device *dev);
void lab_dma_cleanup(struct device *dev);
void lab_iommu_added(struct device *dev);	/* after the notifiers of device_add */
void lab_iommu_removed(struct device *dev);	/* after those of device_del */
int lab_iommu_register(void);
int lab_iommu_unregister(void);
int lab_claim(struct lab_place *p);
int lab_release(struct lab_place *p);
int lab_type(struct lab_place *p, const char *type);
void lab_iommu_boot(void);
void lab_iommu_free(struct device *dev, struct lab_slot *s);
void lab_iommu_state(struct lab_place *p);	/* the variant's part of an s line */
void lab_group_state(struct lab_place *p);	/* a g line */
void lab_set_range_map(struct device *dev);
const char *lab_iommu_lock(struct mutex *m);	/* its name, NULL if it is no lock of the IOMMU core */

#endif
