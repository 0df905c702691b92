// SPDX-License-Identifier: GPL-2.0
/*
 * The driver of the devices: what it does is in the script. It has no table of
 * devices; a device is bound only after its driver_override names the driver.
 */
#include "play.h"

/*
 * A callback of the driver: its calls, up to the line that ends it. What that
 * line says is what probe returns.
 */
static int callback(struct play_place *p, const char *end)
{
	struct play_line *l, line;

	play_window_pass();
	while ((l = play_peek()) && play_is(l, 1, p->name)) {
		if (!play_is(l, 0, end) && !play_is_call(l))
			break;
		play_take(&line);
		if (play_is(&line, 0, end)) {
			if (play_is(&line, 2, "defer"))
				return -EPROBE_DEFER;
			return play_is(&line, 2, "error") ? -EIO : 0;
		}
		if (!play_call(&line, p))
			play_odd("cannot be done now", NULL);
	}
	play_odd("no line that ends", end);
	return -ENODEV;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct play_place *p = play_place(&pdev->dev);

	if (!p)
		return -ENODEV;
	play_say("probe", p->name, NULL);
	return callback(p, "probe");
}

/* Remove and a devm action have lines of their own where they have something to give back. */
static void give_back(struct play_place *p)
{
	if ((play_any || play_plain_live(p)) && play_ahead(p, "return"))
		callback(p, "return");
}

static void remove(struct pci_dev *pdev)
{
	struct play_place *p = play_place(&pdev->dev);

	play_say("remove", p->name, NULL);
	give_back(p);
}

/* A devm action: devres calls it when its turn comes. */
static void action(void *data)
{
	struct play_place *p = data;

	play_say("action", p->name, NULL);
	give_back(p);
}

static bool set_mask(struct play_place *p, struct play_line *l)
{
	return l->words == 3 &&
	       !dma_set_mask_and_coherent(&p->pdev->dev, DMA_BIT_MASK(play_is(l, 2, "narrow") ? 32 : 64));
}

/* Carries out a call that a driver, or other code, makes for the device. */
bool play_call(struct play_line *l, struct play_place *p)
{
	if (play_is(l, 0, "mask"))
		return set_mask(p, l);
	if (play_is(l, 0, "action"))
		return !devm_add_action(&p->pdev->dev, action, p);
	return play_memory_call(l, p);
}

static struct pci_driver driver = {
	.name	= PLAY_DRIVER,
	.probe	= probe,
	.remove	= remove,
};

int play_driver_init(void)
{
	return pci_register_driver(&driver);
}
