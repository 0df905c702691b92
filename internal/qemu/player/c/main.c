// SPDX-License-Identifier: GPL-2.0
/* Plays the script once the kernel is up, in place of the first program. */
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/init_syscalls.h>
#include <linux/printk.h>
#include <linux/reboot.h>

#include "play.h"

static int __init mount_sysfs(void)
{
	int err = init_mkdir("/sys", 0755);

	if (err && err != -EEXIST)
		return err;
	return init_mount("sysfs", "/sys", "sysfs", 0, NULL);
}

static void play(void)
{
	struct play_line line;

	while (play_peek()) {
		play_take(&line);
		play_event(&line);
		play_window_end();
		play_states();
	}
}

static int __init play_start(void)
{
	int err;

	printk(KERN_ERR PLAY_DRIVER ": kernel %s", linux_banner);
	err = play_script_init() ?: mount_sysfs() ?: play_memory_init() ?: play_seen_init() ?: play_wrap_init() ?:
	      play_device_init() ?: play_driver_init() ?: play_window_init();
	if (err) {
		printk(KERN_ERR PLAY_DRIVER ": X cannot start: error %d\n", err);
	} else {
		printk(KERN_ERR PLAY_DRIVER ": S 0\n");
		play();
		printk(KERN_ERR PLAY_DRIVER ": end\n");
	}
	kernel_power_off();
	return 0;
}
late_initcall_sync(play_start);
