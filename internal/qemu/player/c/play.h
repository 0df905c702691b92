/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The player: plays a script on a PCI device, and says on the console what the
 * kernel does. It changes nothing of it: every call is the kernel's own, and an
 * Oops is an Oops. PROTOCOL.md says how script and console read.
 */
#ifndef PLAY_H
#define PLAY_H

#include <linux/version.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "../base/base.h"

#define PLAY_DEVICES	2
#define PLAY_SLOTS	4
#define PLAY_DRIVER	"dmafuzz"

enum play_kind { KIND_PLAIN, KIND_MANAGED, KIND_MAP };

/* One of the two places for a device. It outlives the devices in it. */
struct play_place {
	const char *name;
	unsigned int devfn;
	struct pci_dev *pdev;	/* with a reference, from add to put; NULL else */
	bool registered;
};

struct play_slot {
	const char *name;
	struct play_place *place;	/* NULL while nothing is in the slot */
	enum play_kind kind;
	const char *way;
	void *cpu;
	dma_addr_t dma;
	struct page *page;		/* what map maps */
};

/* A line of the script, cut into words. */
struct play_line {
	char text[128];
	char *word[12];
	int words;
	const char *until;		/* the point behind until, NULL if there is none */
};

extern struct play_place play_places[PLAY_DEVICES];
extern struct play_slot play_slots[PLAY_SLOTS];
extern bool play_any;			/* script line "drivers any" */

/* script.c */
int play_script_init(void);
struct play_line *play_peek(void);	/* the next line, NULL at the end */
void play_take(struct play_line *to);	/* the next line is being played; it is copied */
bool play_ahead(struct play_place *p, const char *end); /* calls of the device come next, then that line */
bool play_is(struct play_line *l, int word, const char *text);
bool play_is_call(struct play_line *l);
void play_tell(const char *what, const char *who, const char *more);	/* an o line; also where nothing may sleep */
void play_say(const char *what, const char *who, const char *more);	/* an o line that may be a point */
void play_odd(const char *what, const char *more);			/* an X line */
const char *play_error(int err);

/* window.c */
int play_window_init(void);
void play_window_arm(const char *point);
void play_window_point(const char *what, const char *who, const char *more);
void play_window_pass(void);		/* before a callback reads a line */
void play_window_end(void);		/* the event of the first thread is over */
bool play_window_second(void);		/* asked by the thread that came in */

/* event.c */
void play_event(struct play_line *l);

/* device.c */
int play_device_init(void);
struct play_place *play_place(struct device *dev);
struct play_place *play_named(const char *name);
bool play_bound(struct play_place *p);
int play_add(struct play_place *p);
int play_put_file(const char *file, const char *text);
int play_put_device_file(struct play_place *p, const char *file, const char *text);
void play_states(void);

/* driver.c */
int play_driver_init(void);
bool play_call(struct play_line *l, struct play_place *p);

/* memory.c */
int play_memory_init(void);
bool play_memory_call(struct play_line *l, struct play_place *p);
bool play_plain_live(struct play_place *p);
void play_saw_way(struct device *dev, const char *way);
void play_saw_free(const char *way, void *cpu);

/* seen.c */
int play_seen_init(void);

/* wrap.c */
int play_wrap_init(void);
int play_iommu_register(void);
int play_retry(struct play_place *p);

#endif
