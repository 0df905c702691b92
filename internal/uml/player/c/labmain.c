// SPDX-License-Identifier: GPL-2.0
/* Starts the player once the kernel is up, and ends the program after it. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/reboot.h>

#include "lab.h"
#include <os.h>

static char *script, *out;
static bool flush;

static int __init script_setup(char *s)
{
	script = s;
	return 1;
}
__setup("labscript=", script_setup);

static int __init out_setup(char *s)
{
	out = s;
	return 1;
}
__setup("labout=", out_setup);

static int __init flush_setup(char *s)
{
	flush = true;
	return 1;
}
__setup("labflush", flush_setup);

/* A line that holds from the next sequence on, and is not logged. */
static bool setting(struct lab_line *l)
{
	if (lab_is(l, 0, "drivers"))
		lab.any = lab_is(l, 1, "any");
	else if (lab_is(l, 0, "actors"))
		lab.race = lab_is(l, 1, "2");
	else if (lab_is(l, 0, "groups"))
		lab.shared = lab_is(l, 1, "shared");
	else if (lab_is(l, 0, "link"))
		lab_link_setting(l);
	else
		return false;
	return true;
}

static void play(void)
{
	struct lab_line *l;

	while ((l = lab_peek())) {
		if (lab_is(l, 0, "S")) {
			lab_boot();
			lab_idle();
			lab_take();
		} else if (setting(l)) {
			lab.silent = true;
			lab_take();
			lab.silent = false;
		} else if (lab.race) {
			lab_race_play(l);
		} else {
			lab_play(l);
		}
	}
	lab_boot();
}

static int __init lab_start(void)
{
	int err;

	if (!script || !out)
		panic("lab: labscript=FILE and labout=FILE are needed");
	err = lab_io_open(script, out, flush) ?: lab_mem_init() ?: lab_devices_init() ?:
	      lab_wrap_init() ?: lab_iommu_init() ?: lab_at_init() ?: lab_race_init();
	if (err)
		panic("lab: cannot start: %d", err);
	play();
	lab_io_close();
	kernel_power_off();
	return 0;
}
/* After the driver core has let deferred probes go. */
late_initcall_sync(lab_start);
