package driver

// A family is a kind of thing that is taken and given back.
type family string

// An allocator is a function that gives something. Arguments are numbered from 0; -1 is none. The
// handle is what a free names it by: an argument that it is stored through, or its result.
type allocator struct {
	family  family
	dev     int
	size    int
	dir     int
	attrs   int
	count   int
	object  int // an argument that the thing is known by: a list, a pool
	out     int // the argument that the handle is stored through
	result  role
	managed bool
}

// role says what a function's result is.
type role uint8

const (
	nothing role = iota
	address      // the memory's address in the kernel
	handle       // what the device knows it by
)

// A freer is a function that gives something back.
type freer struct {
	takes  []family // what it is right for
	also   []family // what it does as well, and the core tolerates
	dev    int
	size   int
	dir    int
	attrs  int
	count  int
	object int
	vaddr  int
	handle int
	// sleeps tells that it must not run with interrupts off.
	sleeps bool
}

const (
	coherent    family = "coherent"
	pages       family = "pages"
	dmam        family = "dmam"
	mapping     family = "mapping"
	resource    family = "resource"
	sg          family = "sg"
	sgtable     family = "sgtable"
	poolBlock   family = "pool block"
	pool        family = "pool"
	managedPool family = "managed pool"
)

var allocators = map[string]allocator{
	"dma_alloc_coherent":      {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_zalloc_coherent":     {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_alloc_attrs":         {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: 4, count: -1, object: -1},
	"dma_alloc_wc":            {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_alloc_writecombine":  {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"pci_alloc_consistent":    {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"pci_zalloc_consistent":   {family: coherent, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_alloc_noncoherent":   {family: pages, dev: 0, size: 1, out: 2, result: address, dir: 3, attrs: -1, count: -1, object: -1},
	"dma_alloc_pages":         {family: pages, dev: 0, size: 1, out: 2, result: address, dir: 3, attrs: -1, count: -1, object: -1},
	"dmam_alloc_coherent":     {family: dmam, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: -1, managed: true},
	"dmam_alloc_attrs":        {family: dmam, dev: 0, size: 1, out: 2, result: address, dir: -1, attrs: 4, count: -1, object: -1, managed: true},
	"dma_map_single":          {family: mapping, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: -1, count: -1, object: -1},
	"dma_map_single_attrs":    {family: mapping, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: 4, count: -1, object: -1},
	"pci_map_single":          {family: mapping, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: -1, count: -1, object: -1},
	"dma_map_page":            {family: mapping, dev: 0, size: 3, out: -1, result: handle, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_map_page_attrs":      {family: mapping, dev: 0, size: 3, out: -1, result: handle, dir: 4, attrs: 5, count: -1, object: -1},
	"pci_map_page":            {family: mapping, dev: 0, size: 3, out: -1, result: handle, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_map_phys":            {family: mapping, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: 4, count: -1, object: -1},
	"skb_frag_dma_map":        {family: mapping, dev: 0, size: 3, out: -1, result: handle, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_map_bvec":            {family: mapping, dev: 0, size: -1, out: -1, result: handle, dir: 2, attrs: 3, count: -1, object: -1},
	"ib_dma_map_single":       {family: mapping, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: -1, count: -1, object: -1},
	"ib_dma_map_page":         {family: mapping, dev: 0, size: 3, out: -1, result: handle, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_map_resource":        {family: resource, dev: 0, size: 2, out: -1, result: handle, dir: 3, attrs: 4, count: -1, object: -1},
	"dma_map_sg":              {family: sg, dev: 0, size: -1, out: -1, dir: 3, attrs: -1, count: 2, object: 1},
	"dma_map_sg_attrs":        {family: sg, dev: 0, size: -1, out: -1, dir: 3, attrs: 4, count: 2, object: 1},
	"pci_map_sg":              {family: sg, dev: 0, size: -1, out: -1, dir: 3, attrs: -1, count: 2, object: 1},
	"ib_dma_map_sg":           {family: sg, dev: 0, size: -1, out: -1, dir: 3, attrs: -1, count: 2, object: 1},
	"dma_map_sgtable":         {family: sgtable, dev: 0, size: -1, out: -1, dir: 2, attrs: 3, count: -1, object: 1},
	"dma_pool_alloc":          {family: poolBlock, dev: -1, size: -1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: 0},
	"dma_pool_zalloc":         {family: poolBlock, dev: -1, size: -1, out: 2, result: address, dir: -1, attrs: -1, count: -1, object: 0},
	"dma_pool_create":         {family: pool, dev: 1, size: -1, out: -1, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_pool_create_node":    {family: pool, dev: 1, size: -1, out: -1, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dmam_pool_create":        {family: managedPool, dev: 1, size: -1, out: -1, result: address, dir: -1, attrs: -1, count: -1, object: -1, managed: true},
	"usb_alloc_coherent":      {family: "usb", dev: 0, size: 1, out: 3, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"pci_alloc_p2pmem":        {family: "p2pmem", dev: 0, size: 1, out: -1, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"__get_free_pages":        {family: "free pages", dev: -1, size: -1, out: -1, result: address, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_alloc_noncontiguous": {family: "noncontiguous", dev: 0, size: 1, out: -1, result: address, dir: 2, attrs: 4, count: -1, object: -1},
}

var freers = map[string]freer{
	"dma_free_coherent":      {takes: []family{coherent}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1, sleeps: true},
	"dma_free_attrs":         {takes: []family{coherent}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: 4, count: -1, object: -1, sleeps: true},
	"dma_free_wc":            {takes: []family{coherent}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1, sleeps: true},
	"dma_free_writecombine":  {takes: []family{coherent}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1, sleeps: true},
	"pci_free_consistent":    {takes: []family{coherent}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1, sleeps: true},
	"dmam_free_coherent":     {takes: []family{dmam}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1, sleeps: true},
	"dma_free_noncoherent":   {takes: []family{pages}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_free_pages":         {takes: []family{pages}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: 4, attrs: -1, count: -1, object: -1},
	"dma_unmap_single":       {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"dma_unmap_single_attrs": {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: 4, count: -1, object: -1},
	"pci_unmap_single":       {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"dma_unmap_page":         {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"dma_unmap_page_attrs":   {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: 4, count: -1, object: -1},
	"pci_unmap_page":         {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"dma_unmap_phys":         {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: 4, count: -1, object: -1},
	"ib_dma_unmap_single":    {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"ib_dma_unmap_page":      {takes: []family{mapping}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: -1, count: -1, object: -1},
	"dma_unmap_resource":     {takes: []family{resource}, dev: 0, handle: 1, size: 2, dir: 3, vaddr: -1, attrs: 4, count: -1, object: -1},
	"dma_unmap_sg":           {takes: []family{sg, sgtable}, dev: 0, object: 1, count: 2, dir: 3, size: -1, handle: -1, vaddr: -1, attrs: -1},
	"dma_unmap_sg_attrs":     {takes: []family{sg, sgtable}, dev: 0, object: 1, count: 2, dir: 3, size: -1, handle: -1, vaddr: -1, attrs: 4},
	"pci_unmap_sg":           {takes: []family{sg, sgtable}, dev: 0, object: 1, count: 2, dir: 3, size: -1, handle: -1, vaddr: -1, attrs: -1},
	"ib_dma_unmap_sg":        {takes: []family{sg, sgtable}, dev: 0, object: 1, count: 2, dir: 3, size: -1, handle: -1, vaddr: -1, attrs: -1},
	"dma_unmap_sgtable":      {takes: []family{sgtable, sg}, dev: 0, object: 1, count: -1, dir: 2, size: -1, handle: -1, vaddr: -1, attrs: 3},
	"dma_pool_free":          {takes: []family{poolBlock}, dev: -1, object: 0, vaddr: 1, handle: 2, count: -1, dir: -1, size: -1, attrs: -1},
	"dma_pool_destroy":       {takes: []family{pool}, dev: -1, object: -1, vaddr: 0, handle: -1, count: -1, dir: -1, size: -1, attrs: -1},
	"dmam_pool_destroy":      {takes: []family{managedPool}, dev: -1, object: -1, vaddr: 0, handle: -1, count: -1, dir: -1, size: -1, attrs: -1},
	"usb_free_coherent":      {takes: []family{"usb"}, dev: 0, size: 1, vaddr: 2, handle: 3, dir: -1, attrs: -1, count: -1, object: -1},
	"pci_free_p2pmem":        {takes: []family{"p2pmem"}, dev: 0, vaddr: 1, size: 2, handle: -1, dir: -1, attrs: -1, count: -1, object: -1},
	"dma_free_noncontiguous": {takes: []family{"noncontiguous"}, dev: 0, size: 1, vaddr: 2, handle: -1, dir: 3, attrs: -1, count: -1, object: -1},
}
