package driver

import "strings"

// A managed is a devm function with the pair of functions that does the same by hand. What the first gives
// goes when its driver is unbound: giving it back by the last as well is once too often.
type managed struct {
	what   string
	devm   []string
	manual []string
	gives  []string
	// How it is known: by the result, or by an argument of each.
	devmArg, manualArg, giveArg int
	// quiet are calls that take it once more by hand: then a free is of that.
	quiet    []string
	severity Severity
	effect   string
}

const byResult = -1

// words cuts a list of names.
func words(s string) []string { return strings.Fields(s) }

var managedPairs = []managed{
	{what: "memory", severity: Error, effect: "devres frees it again, after the memory may have gone to somebody else",
		devm:   words("devm_kzalloc devm_kmalloc devm_kcalloc devm_kmalloc_array devm_kstrdup devm_kasprintf devm_kmemdup devm_krealloc devm_kvasprintf devm_kstrdup_const devm_krealloc_array"),
		manual: words("kzalloc kmalloc kcalloc kmalloc_array kstrdup kasprintf kmemdup krealloc kvmalloc kvzalloc kzalloc_node kmalloc_node kzalloc_obj kzalloc_objs kmalloc_obj kmalloc_objs kvzalloc_obj kvmalloc_objs kvzalloc_objs kzalloc_flex kmalloc_flex kvcalloc kvmalloc_array kstrndup kmemdup_nul vmalloc vzalloc"),
		gives:  words("kfree kvfree kfree_sensitive"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "network device", severity: Error, effect: "devres frees it again",
		devm: words("devm_alloc_etherdev devm_alloc_etherdev_mqs"), manual: words("alloc_etherdev alloc_etherdev_mq alloc_etherdev_mqs alloc_netdev alloc_netdev_mq alloc_netdev_mqs alloc_candev alloc_candev_mqs"),
		gives: words("free_netdev"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "SPI controller", severity: Error, effect: "devres drops the last reference again",
		devm: words("devm_spi_alloc_host devm_spi_alloc_master devm_spi_alloc_target devm_spi_alloc_slave"), manual: words("spi_alloc_host spi_alloc_master spi_alloc_target spi_alloc_slave"),
		gives: words("spi_controller_put spi_master_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "IIO device", severity: Error, effect: "devres frees it again",
		devm: words("devm_iio_device_alloc"), manual: words("iio_device_alloc"), gives: words("iio_device_free"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "IIO trigger", severity: Error, effect: "devres frees it again",
		devm: words("devm_iio_trigger_alloc"), manual: words("iio_trigger_alloc"), gives: words("iio_trigger_free"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "mapping of registers", severity: Warning, effect: "devres unmaps it again: a WARN, or another mapping is lost",
		devm:   words("devm_ioremap devm_ioremap_wc devm_ioremap_uc devm_ioremap_resource devm_ioremap_resource_wc devm_platform_ioremap_resource devm_platform_ioremap_resource_byname devm_platform_get_and_ioremap_resource devm_of_iomap"),
		manual: words("ioremap ioremap_wc ioremap_uc ioremap_cache ioremap_np of_iomap of_io_request_and_map pci_ioremap_bar pci_iomap ioremap_wt ioremap_prot memremap"),
		gives:  words("iounmap"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "mapping of a BAR", severity: Warning, effect: "devres unmaps it again",
		devm: words("pcim_iomap pcim_iomap_region pcim_iomap_range"), manual: words("pci_iomap pci_iomap_range pci_ioremap_bar pci_iomap_wc"), gives: words("pci_iounmap"), devmArg: byResult, manualArg: byResult, giveArg: 1},
	{what: "enabled clock", severity: Warning, effect: "devres disables and unprepares it again: a WARN, and the count is wrong for other users",
		devm: words("devm_clk_get_enabled devm_clk_get_optional_enabled devm_clk_get_prepared devm_clk_get_optional_prepared devm_clk_get_optional_enabled_with_rate"), manual: words("clk_get devm_clk_get of_clk_get of_clk_get_by_name devm_clk_get_optional clk_get_optional devm_get_clk_from_child"),
		gives: words("clk_disable_unprepare clk_unprepare"), devmArg: byResult, manualArg: byResult, giveArg: 0,
		quiet: words("clk_prepare_enable clk_prepare clk_bulk_prepare_enable")},
	{what: "clock", severity: Warning, effect: "devres puts it again",
		devm:   words("devm_clk_get devm_clk_get_optional devm_clk_get_enabled devm_clk_get_optional_enabled devm_clk_get_prepared devm_get_clk_from_child"),
		manual: words("clk_get of_clk_get of_clk_get_by_name clk_get_optional clk_get_sys clk_get_parent"), gives: words("clk_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "GPIO", severity: Warning, effect: "devres puts it again",
		devm: words("devm_gpiod_get devm_gpiod_get_optional devm_gpiod_get_index devm_gpiod_get_index_optional devm_fwnode_gpiod_get"), manual: words("gpiod_get gpiod_get_optional gpiod_get_index gpiod_get_index_optional gpio_to_desc fwnode_gpiod_get_index gpiochip_request_own_desc"),
		gives: words("gpiod_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "regulator", severity: Warning, effect: "devres puts it again",
		devm: words("devm_regulator_get devm_regulator_get_optional devm_regulator_get_exclusive"), manual: words("regulator_get regulator_get_optional regulator_get_exclusive"), gives: words("regulator_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "reset line", severity: Warning, effect: "devres puts it again",
		devm:   words("devm_reset_control_get devm_reset_control_get_exclusive devm_reset_control_get_optional devm_reset_control_get_shared devm_reset_control_get_optional_exclusive devm_reset_control_get_optional_shared devm_reset_control_array_get"),
		manual: words("reset_control_get reset_control_get_exclusive reset_control_get_shared of_reset_control_get of_reset_control_array_get reset_control_get_optional_exclusive"), gives: words("reset_control_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "PHY", severity: Warning, effect: "devres puts it again",
		devm: words("devm_phy_get devm_phy_optional_get devm_of_phy_get devm_of_phy_get_by_index"), manual: words("phy_get of_phy_get phy_optional_get"), gives: words("phy_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "PWM", severity: Warning, effect: "devres puts it again", devm: words("devm_pwm_get devm_fwnode_pwm_get"), manual: words("pwm_get of_pwm_get"), gives: words("pwm_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "remote processor", severity: Error, effect: "devres frees it again", devm: words("devm_rproc_alloc"), manual: words("rproc_alloc"), gives: words("rproc_free"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "pin controller", severity: Error, effect: "devres unregisters it again", devm: words("devm_pinctrl_register"), manual: words("pinctrl_register"), gives: words("pinctrl_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "power supply", severity: Error, effect: "devres unregisters it again", devm: words("devm_power_supply_register"), manual: words("power_supply_register"), gives: words("power_supply_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "hwmon device", severity: Error, effect: "devres unregisters it again", devm: words("devm_hwmon_device_register_with_info devm_hwmon_device_register_with_groups"), manual: words("hwmon_device_register hwmon_device_register_with_info hwmon_device_register_with_groups hwmon_device_register_for_thermal"), gives: words("hwmon_device_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "backlight", severity: Error, effect: "devres unregisters it again", devm: words("devm_backlight_device_register"), manual: words("backlight_device_register"), gives: words("backlight_device_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "regulator device", severity: Error, effect: "devres unregisters it again", devm: words("devm_regulator_register"), manual: words("regulator_register"), gives: words("regulator_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "nvmem device", severity: Error, effect: "devres unregisters it again", devm: words("devm_nvmem_register"), manual: words("nvmem_register"), gives: words("nvmem_unregister"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "interconnect path", severity: Error, effect: "devres puts it again", devm: words("devm_of_icc_get"), manual: words("of_icc_get icc_get of_icc_get_by_index"), gives: words("icc_put"), devmArg: byResult, manualArg: byResult, giveArg: 0},
	{what: "interrupt", severity: Warning, effect: "devres frees it again: a WARN (Trying to free already-free IRQ)",
		devm: words("devm_request_irq devm_request_threaded_irq devm_request_any_context_irq"), manual: words("request_irq request_threaded_irq request_any_context_irq"), gives: words("free_irq"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "mailbox controller", severity: Error, effect: "devres unregisters it again: list_del of what is on no list", devm: words("devm_mbox_controller_register"), manual: words("mbox_controller_register"), gives: words("mbox_controller_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "IIO device", severity: Error, effect: "devres unregisters it again", devm: words("devm_iio_device_register"), manual: words("iio_device_register"), gives: words("iio_device_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "IIO trigger", severity: Error, effect: "devres unregisters it again", devm: words("devm_iio_trigger_register"), manual: words("iio_trigger_register"), gives: words("iio_trigger_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "GPIO chip", severity: Error, effect: "devres removes it again", devm: words("devm_gpiochip_add_data"), manual: words("gpiochip_add_data gpiochip_add"), gives: words("gpiochip_remove"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "LED", severity: Error, effect: "devres unregisters it again", devm: words("devm_led_classdev_register devm_led_classdev_register_ext"), manual: words("led_classdev_register led_classdev_register_ext"), gives: words("led_classdev_unregister"), devmArg: 1, manualArg: 1, giveArg: 0},
	{what: "watchdog", severity: Error, effect: "devres unregisters it again", devm: words("devm_watchdog_register_device"), manual: words("watchdog_register_device"), gives: words("watchdog_unregister_device"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "SPI controller", severity: Error, effect: "devres unregisters it again", devm: words("devm_spi_register_controller devm_spi_register_master"), manual: words("spi_register_controller spi_register_master"), gives: words("spi_unregister_controller spi_unregister_master"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "I2C adapter", severity: Error, effect: "devres deletes it again", devm: words("devm_i2c_add_adapter"), manual: words("i2c_add_adapter i2c_add_numbered_adapter"), gives: words("i2c_del_adapter"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "reset controller", severity: Error, effect: "devres unregisters it again", devm: words("devm_reset_controller_register"), manual: words("reset_controller_register"), gives: words("reset_controller_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "network device", severity: Error, effect: "devres unregisters it again", devm: words("devm_register_netdev"), manual: words("register_netdev register_netdevice"), gives: words("unregister_netdev unregister_netdevice"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "MDIO bus", severity: Error, effect: "devres unregisters it again: a BUG", devm: words("devm_mdiobus_register devm_of_mdiobus_register"), manual: words("mdiobus_register of_mdiobus_register"), gives: words("mdiobus_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "random number generator", severity: Error, effect: "devres unregisters it again", devm: words("devm_hwrng_register"), manual: words("hwrng_register"), gives: words("hwrng_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "extcon device", severity: Error, effect: "devres unregisters it again", devm: words("devm_extcon_dev_register"), manual: words("extcon_dev_register"), gives: words("extcon_dev_unregister"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "clock", severity: Error, effect: "devres unregisters it again", devm: words("devm_clk_hw_register"), manual: words("clk_hw_register"), gives: words("clk_hw_unregister"), devmArg: 1, manualArg: 1, giveArg: 0},
	{what: "remote processor", severity: Error, effect: "devres deletes it again", devm: words("devm_rproc_add"), manual: words("rproc_add"), gives: words("rproc_del"), devmArg: 1, manualArg: 0, giveArg: 0},
	{what: "DMA engine", severity: Error, effect: "devres unregisters it again", devm: words("dmaenginem_async_device_register"), manual: words("dma_async_device_register"), gives: words("dma_async_device_unregister"), devmArg: 0, manualArg: 0, giveArg: 0},
}

// A taker says that a call takes something of a pair.
type taker struct {
	pair *managed
	devm bool
	arg  int
}

var (
	takers = map[string][]taker{}
	givers = map[string][]*managed{}
)

// resultCalls are the functions whose result is something of its own, without parameters to compare.
var resultCalls = map[string]bool{}

func init() {
	for i := range managedPairs {
		p := &managedPairs[i]
		for _, name := range p.devm {
			takers[name] = append(takers[name], taker{p, true, p.devmArg})
			watched[name] = true
		}
		for _, name := range p.manual {
			takers[name] = append(takers[name], taker{p, false, p.manualArg})
			watched[name] = true
		}
		for _, name := range p.gives {
			givers[name] = append(givers[name], p)
			watched[name] = true
		}
	}
	for name, list := range takers {
		for _, t := range list {
			if _, ok := allocators[name]; ok || t.arg != byResult {
				continue
			}
			resultCalls[name] = true
		}
	}
	for name := range resultCalls {
		allocators[name] = allocator{family: "result", dev: -1, size: -1, dir: -1, attrs: -1, count: -1, object: -1, out: -1, result: address}
	}
}
