// SPDX-License-Identifier: GPL-2.0
/*
 * Which way the kernel goes: probes at the entry of the functions that go it.
 * The functions themselves are as they are in the tree.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>

#include "play.h"

enum what { SEEN_WAY, SEEN_FREE, SEEN_UNMAP, SEEN_STEP };

struct seen {
	struct kprobe probe;
	enum what what;
	const char *name;	/* of the way, or of the step */
	int group;		/* one of each group has to be there; 0: need not be */
};

static int entered(struct kprobe *probe, struct pt_regs *regs)
{
	struct seen *s = container_of(probe, struct seen, probe);
	struct device *dev = (void *)regs_get_kernel_argument(regs, 0);
	struct play_place *p;

	switch (s->what) {
	case SEEN_WAY:
		play_saw_way(dev, s->name);
		break;
	case SEEN_FREE:
		play_saw_free(s->name, (void *)regs_get_kernel_argument(regs, 2));
		break;
	case SEEN_UNMAP:
		play_saw_way(dev, s->name);
		break;
	case SEEN_STEP:
		p = play_place(dev);
		if (p)
			play_tell(s->name, p->name, NULL);
	}
	return 0;
}

#define SEEN(symbol, w, n, g) \
	{ .probe = { .symbol_name = symbol, .pre_handler = entered }, .what = w, .name = n, .group = g }

static struct seen list[] = {
	SEEN("dma_direct_alloc", SEEN_WAY, "direct", 1),
	SEEN("dma_direct_free", SEEN_FREE, "direct", 2),
	SEEN("iommu_dma_alloc", SEEN_WAY, "iommu", 3),
	SEEN("iommu_dma_free", SEEN_FREE, "iommu", 4),
	SEEN("iommu_dma_map_page", SEEN_WAY, "iommu", 5),
	SEEN("iommu_dma_map_phys", SEEN_WAY, "iommu", 5),
	SEEN("iommu_dma_unmap_page", SEEN_UNMAP, "iommu", 6),
	SEEN("iommu_dma_unmap_phys", SEEN_UNMAP, "iommu", 6),
	SEEN("arch_setup_dma_ops", SEEN_STEP, "setup", 0),
	SEEN("arch_teardown_dma_ops", SEEN_STEP, "teardown", 0),
};

int play_seen_init(void)
{
	bool there[7] = { true };
	int i;

	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (!register_kprobe(&list[i].probe))
			there[list[i].group] = true;
	for (i = 0; i < ARRAY_SIZE(list); i++)
		if (!there[list[i].group]) {
			play_odd("no such function, nor one that goes the same way:", list[i].probe.symbol_name);
			return -ENOENT;
		}
	return 0;
}
