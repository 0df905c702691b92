package driver

// A Rule is a way in which a free can be wrong.
type Rule struct {
	Name        string
	Says        string // what must hold
	Consequence string
	Shows       string // how a running kernel shows it
}

// Rules are all rules, in the order in which they are listed.
var Rules = []Rule{
	{"free-function", "What one function allocates is given back by the function that belongs to it.",
		"Memory that devres owns is freed twice; memory of another allocator is corrupted or leaks.",
		"A WARN in dmam_free_coherent, a bad page, or with CONFIG_DMA_API_DEBUG: device driver frees DMA memory with wrong function."},
	{"free-size", "A free has the size of the allocation.",
		"Where the sizes need another number of pages, pages leak or are freed that belong to somebody else; bounce buffers are copied in part.",
		"CONFIG_DMA_API_DEBUG: device driver frees DMA memory with different size."},
	{"free-direction", "A mapping is undone in the direction in which it was made.",
		"On machines that are not coherent, or with bounce buffers, stale data is read; with an IOMMU the device may not do what it was mapped for.",
		"CONFIG_DMA_API_DEBUG: device driver frees DMA memory with different direction."},
	{"free-device", "A free is for the device that the memory was allocated for.",
		"The free takes the other device's ops: a NULL dereference, an IOVA that stays mapped, or one unmapped that is another's.",
		"An Oops, or with CONFIG_DMA_API_DEBUG: device driver tries to free DMA memory it has not allocated."},
	{"free-count", "dma_unmap_sg is given the count that dma_map_sg was given, not the one that it returned.",
		"Where an IOMMU has merged entries, the rest stays mapped.",
		"CONFIG_DMA_API_DEBUG: device driver frees DMA sg list with different entry count."},
	{"free-context", "Coherent memory is not freed with interrupts off.",
		"The free may have to unmap pages from the kernel, which cannot be done there.",
		"WARNING at kernel/dma/mapping.c, dma_free_attrs."},
	{"devm-freed-by-hand", "What a devm function took is not given back by hand.",
		"devres gives it back once more when the driver is unbound or its probe fails.",
		"A WARN, list corruption, or with KASAN: double-free."},
	{"irq-outlives-data", "What an interrupt handler is given lives as long as the handler may be called.",
		"A shared handler is called for another device's interrupt after its data was freed: devres frees the interrupt only after remove.",
		"With KASAN: use-after-free, with CONFIG_DEBUG_SHIRQ on every unbind."},
	{"freed-before-unregister", "What an interface uses is freed after the interface is unregistered.",
		"Until then it can be opened, closed and used: its functions walk memory that is free.",
		"With KASAN: use-after-free in the interface's close."},
}

// FindRule returns the rule of a name.
func FindRule(name string) (Rule, bool) {
	for _, r := range Rules {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}
