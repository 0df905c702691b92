// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of the devices, and the way that the kernel takes for each call.
 * A way is what a function was entered that goes it, never what is expected.
 */
#include "play.h"

struct play_slot play_slots[PLAY_SLOTS] = {
	{ .name = "buf" }, { .name = "ring" }, { .name = "page" }, { .name = "skb" },
};

/* The call under way for a device, in one thread, and the way that it went. */
static struct device *calling;
static const char *way;

int play_memory_init(void)
{
	int i;

	for (i = 0; i < PLAY_SLOTS; i++) {
		play_slots[i].page = alloc_page(GFP_KERNEL);
		if (!play_slots[i].page)
			return -ENOMEM;
	}
	return 0;
}

static struct play_slot *slot_named(const char *name)
{
	int i;

	for (i = 0; i < PLAY_SLOTS; i++)
		if (!strcmp(play_slots[i].name, name))
			return &play_slots[i];
	return NULL;
}

bool play_plain_live(struct play_place *p)
{
	int i;

	for (i = 0; i < PLAY_SLOTS; i++)
		if (play_slots[i].place == p && play_slots[i].kind != KIND_MANAGED)
			return true;
	return false;
}

/* Called where a function that goes a way is entered. */
void play_saw_way(struct device *dev, const char *w)
{
	if (calling == dev && !way)
		way = w;
}

/* Called where a function is entered that frees by a way, before it does. */
void play_saw_free(const char *w, void *cpu)
{
	int i;

	for (i = 0; i < PLAY_SLOTS; i++) {
		struct play_slot *s = &play_slots[i];

		if (!s->place || s->kind == KIND_MAP || s->cpu != cpu)
			continue;
		play_tell("free", s->name, w);
		s->place = NULL;
		return;
	}
}

static void alloc(struct play_place *p, struct play_slot *s, bool managed)
{
	struct device *dev = &p->pdev->dev;

	s->kind = managed ? KIND_MANAGED : KIND_PLAIN;
	calling = dev;
	way = NULL;
	if (managed)
		s->cpu = dmam_alloc_coherent(dev, PAGE_SIZE, &s->dma, GFP_KERNEL);
	else
		s->cpu = dma_alloc_coherent(dev, PAGE_SIZE, &s->dma, GFP_KERNEL);
	calling = NULL;
	play_tell("alloc", s->name, s->cpu ? way ?: "none" : "fail");
	s->place = s->cpu ? p : NULL;
}

static void map(struct play_place *p, struct play_slot *s)
{
	struct device *dev = &p->pdev->dev;

	s->kind = KIND_MAP;
	calling = dev;
	way = NULL;
	s->dma = dma_map_page(dev, s->page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	calling = NULL;
	if (dma_mapping_error(dev, s->dma)) {
		play_tell("map", s->name, "fail");
		return;
	}
	play_tell("map", s->name, way ?: "direct");	/* that one is inline */
	s->place = p;
}

static void unmap(struct play_slot *s)
{
	struct device *dev = &s->place->pdev->dev;

	s->place = NULL;
	calling = dev;
	way = NULL;
	dma_unmap_page(dev, s->dma, PAGE_SIZE, DMA_BIDIRECTIONAL);
	calling = NULL;
	/* The direct way is inline. */
	play_tell("unmap", s->name, way ?: "direct");
}

static void give_back(struct play_slot *s)
{
	struct device *dev = &s->place->pdev->dev;

	if (s->kind == KIND_MAP)
		unmap(s);
	else if (s->kind == KIND_PLAIN)
		dma_free_coherent(dev, PAGE_SIZE, s->cpu, s->dma);
	else
		dmam_free_coherent(dev, PAGE_SIZE, s->cpu, s->dma);
	if (s->place)
		play_odd("not freed:", s->name);
}

bool play_memory_call(struct play_line *l, struct play_place *p)
{
	struct play_slot *s = l->words > 2 ? slot_named(l->word[2]) : NULL;

	if (!s || (play_is(l, 0, "free") ? s->place != p : !!s->place))
		return false;
	if (play_is(l, 0, "free"))
		give_back(s);
	else if (play_is(l, 0, "alloc"))
		alloc(p, s, play_is(l, 3, "managed"));
	else if (play_is(l, 0, "devm"))
		alloc(p, s, true);
	else if (play_is(l, 0, "map"))
		map(p, s);
	else
		return false;
	return true;
}
