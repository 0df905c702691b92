package driver

// removers are the members of driver structs that end a driver's work on a device.
var removers = map[string]bool{"remove": true, "remove_new": true, "disconnect": true}

// objectFrees free the object that one argument points to, all of it.
var objectFrees = map[string]int{"kfree": 0, "kvfree": 0, "vfree": 0, "free_netdev": 0, "free_candev": 0, "kfree_sensitive": 0}

// A front is an interface through which others use a driver until it is unregistered.
type front struct {
	what       string
	unregister []string
	ops        []string // structs of functions that others call until then
}

var fronts = []front{
	{"network device", words("unregister_netdev unregister_netdevice unregister_candev"), []string{"struct net_device_ops", "struct ethtool_ops"}},
	{"IIO device", words("iio_device_unregister"), []string{"struct iio_buffer_setup_ops", "struct iio_info"}},
	{"misc device", words("misc_deregister"), []string{"struct file_operations"}},
	{"MMC host", words("mmc_remove_host"), []string{"struct mmc_host_ops"}},
	{"USB gadget", words("usb_del_gadget_udc"), []string{"struct usb_gadget_ops", "struct usb_ep_ops"}},
	{"wireless device", words("ieee80211_unregister_hw"), []string{"struct ieee80211_ops"}},
	{"SCSI host", words("scsi_remove_host"), []string{"struct scsi_host_template"}},
	{"USB host", words("usb_remove_hcd"), []string{"struct hc_driver"}},
	{"sound card", words("snd_card_free"), []string{"struct snd_pcm_ops"}},
}

// quieters stop an interface's functions before it is unregistered.
var quieters = map[string]bool{"dev_close": true, "unregister_netdevice_many": true, "netif_close": true}
