package model

// Link is how far the device link between a consumer and its supplier has come:
// enum device_link_state, and what comes before it.
type Link uint8

const (
	// LinkNone: nothing is known of a link, and nobody waits.
	LinkNone Link = iota
	// LinkWaiting: firmware names the supplier, which is not there: a fwnode link.
	LinkWaiting
	// LinkGone: the link went with one of its devices. fw_devlink reads a fwnode
	// once, and makes it no second time.
	LinkGone
	// LinkDormant: neither device has a driver, or the supplier has none.
	LinkDormant
	// LinkAvailable: the supplier is bound.
	LinkAvailable
	// LinkConsumerProbe: the supplier is bound, and the consumer probes.
	LinkConsumerProbe
	// LinkActive: both are bound.
	LinkActive
	// LinkSupplierUnbind: the supplier is being unbound, and no consumer may bind.
	LinkSupplierUnbind
	numLinks
)

var linkNames = [numLinks]string{"none", "waiting", "gone", "dormant", "available", "consumer-probe", "active", "supplier-unbind"}

func (l Link) String() string { return enumName(linkNames[:], uint8(l), "Link") }

// Managed tells whether the link is there.
func (l Link) Managed() bool { return l >= LinkDormant }

// inUse tells whether the consumer probes or is bound.
func (l Link) inUse() bool { return l == LinkConsumerProbe || l == LinkActive }

// LinksStatus is dev->links.status: enum dl_dev_state.
type LinksStatus uint8

const (
	// LinksNoDriver: DL_DEV_NO_DRIVER.
	LinksNoDriver LinksStatus = iota
	// LinksProbing: DL_DEV_PROBING.
	LinksProbing
	// LinksBound: DL_DEV_DRIVER_BOUND.
	LinksBound
	// LinksUnbinding: DL_DEV_UNBINDING.
	LinksUnbinding
	numLinksStatuses
)

var linksNames = [numLinksStatuses]string{"no-driver", "probing", "bound", "unbinding"}

func (l LinksStatus) String() string { return enumName(linksNames[:], uint8(l), "LinksStatus") }

// MakesLinks tells whether device_add makes device links in the kernel: whether a
// device of it can have a supplier.
func (k *Kernel) MakesLinks() bool {
	for _, st := range k.Path(PathAdd).Steps {
		if st.Op == OpFwDevlink {
			return true
		}
	}
	return false
}

// linkEffect carries out a step about device links that always goes on.
func (r *runner) linkEffect(in *instr, device uint8) {
	s, d := r.s, &r.s.Devices[device]
	supplies, consumes := device == r.m.supplier, device == r.m.consumer
	switch in.op {
	case OpFwDevlink:
		r.makeLink(device)
	case OpLinksNoDriver:
		if supplies && s.Link.inUse() {
			s.Link = LinkDormant
		}
		r.noDriver(d, consumes)
	case OpLinksCleanup:
		if supplies && s.Link.Managed() {
			s.Link = LinkDormant
		}
		r.noDriver(d, consumes)
	case OpLinksPurge:
		if (supplies || consumes) && s.Link.Managed() {
			s.Link = LinkGone
		}
	}
}

// noDriver is __device_links_no_driver.
func (r *runner) noDriver(d *DeviceState, consumes bool) {
	if consumes && r.s.Link.inUse() {
		r.dropLink()
	}
	d.Links = LinksNoDriver
}

// dropLink is what the consumer leaves behind that no longer uses the link.
func (r *runner) dropLink() {
	r.s.Link = LinkDormant
	if r.s.Devices[r.m.supplier].Links == LinksBound {
		r.s.Link = LinkAvailable
	}
}

// makeLink is fw_devlink_link_device: the link is made by the device that comes
// second, with the state that device_link_init_status gives it.
func (r *runner) makeLink(device uint8) {
	s := r.s
	if device == r.m.consumer && s.Link == LinkNone {
		s.Link = LinkWaiting
	}
	supplier, consumer := &s.Devices[r.m.supplier], s.Devices[r.m.consumer].Links
	if s.Link != LinkWaiting || !supplier.there() || !s.Devices[r.m.consumer].there() {
		return
	}
	switch {
	case supplier.Links == LinksUnbinding:
		s.Link = LinkSupplierUnbind
	case supplier.Links == LinksBound && consumer == LinksBound:
		s.Link = LinkActive
	case supplier.Links == LinksBound && consumer == LinksProbing, supplier.Links == LinksProbing && consumer == LinksProbing:
		s.Link = LinkConsumerProbe
	case supplier.Links == LinksBound:
		s.Link = LinkAvailable
	default:
		s.Link = LinkDormant
	}
}

// there tells whether a device can be an end of a new link.
func (d *DeviceState) there() bool { return d.Life == LifeRegistered && !d.Dead }

// checkSupplier is device_links_check_suppliers; false stands for -EPROBE_DEFER.
func (r *runner) checkSupplier(in *instr) bool {
	device := r.device(in.depth)
	d := &r.s.Devices[device]
	if device == r.m.consumer && r.s.Link == LinkWaiting {
		return false
	}
	d.Links = LinksProbing
	if device != r.m.consumer || !r.s.Link.Managed() {
		return true
	}
	switch r.s.Link {
	case LinkAvailable:
		r.s.Link = LinkConsumerProbe
		return true
	case LinkConsumerProbe: // of a bind that has ended without a word
		r.dropLink()
	}
	return false
}

// linksBound is device_links_driver_bound.
func (r *runner) linksBound(device uint8) {
	switch {
	case device == r.m.supplier && r.s.Link.Managed() && !r.s.Link.inUse():
		r.s.Link = LinkAvailable
	case device == r.m.consumer && r.s.Link.Managed():
		r.s.Link = LinkActive
	}
	r.s.Devices[device].Links = LinksBound
}

// busyLink is device_links_busy.
func (r *runner) busyLink(in *instr) bool {
	device := r.device(in.depth)
	r.s.Devices[device].Links = LinksUnbinding
	if device != r.m.supplier || !r.s.Link.Managed() {
		return false
	}
	if r.s.Link.inUse() {
		return true
	}
	r.s.Link = LinkSupplierUnbind
	return false
}

// awaitsProbe tells whether a device that unbinds its consumers finds one that
// probes.
func (m *Machine) awaitsProbe(s *State, device uint8) bool {
	return device == m.supplier && s.Link == LinkConsumerProbe
}

// probing tells whether another actor is in a bind that wait_for_device_probe waits
// for: one through the bus or by the worker. The sysfs file is not counted.
func (m *Machine) probing(s *State, actor int) bool {
	for i := range s.Actors {
		if pc := s.Actors[i].Frames[0].PC; i != actor && pc != 0 {
			if entry := m.prog.code[pc].entry; entry == PathAttach || entry == PathRetry {
				return true
			}
		}
	}
	return false
}

// unbindsOn tells whether an actor that has stopped at unbind_consumers can go on.
func (m *Machine) unbindsOn(s *State, actor int, f *Frame, in *instr) bool {
	if f.Loop[in.depth] != 0 {
		return !m.probing(s, actor)
	}
	return !m.awaitsProbe(s, f.device(in.depth))
}

// unbindConsumer is device_links_unbind_consumers: a consumer that probes is
// waited for, one that is bound is unbound by the steps that follow, and then
// looked at again. The wait is for the end of the bind, whatever becomes of the link
// meanwhile; the block's place among Frame.Loop, which is not open yet, says that it is on.
func (r *runner) unbindConsumer(in *instr) (stop bool) {
	f := r.f
	wait := &f.Loop[in.depth]
	if *wait != 0 && r.m.probing(r.s, r.act) {
		r.wait(in)
		return true
	}
	*wait = 0
	if r.device(in.depth) != r.m.supplier || !r.s.Link.Managed() {
		f.PC = in.jump
		return false
	}
	switch r.s.Link {
	case LinkConsumerProbe:
		if r.m.probing(r.s, r.act) {
			*wait = 1
		}
		r.wait(in)
		return true
	case LinkActive:
		f.Loop[in.depth] = r.m.consumer
		f.PC++
	default:
		f.PC = in.jump
	}
	r.s.Link = LinkSupplierUnbind
	return false
}

// supplierGoes checks supplier-outlives-consumer where a remove callback begins.
func (r *runner) supplierGoes(in *instr) {
	if !r.m.linked || r.device(in.depth) != r.m.supplier || !r.s.Devices[r.m.consumer].Relies {
		return
	}
	r.report(Violation{Key: Key{Invariant: SupplierOutlivesConsumer, Alloc: AllocNone,
		Site: Site{Where: r.where(in), Step: in.op}, Bus: r.m.bus[r.m.consumer]},
		Device: r.m.consumer, Consequence: Silent, Step: in.ref})
}

// consumers compiles unbind_consumers: the step, and the unbind of a consumer
// below it. A consumer has no consumers.
func (c *compiler) consumers(in instr) error {
	if c.apart(Step{Op: in.op, When: c.p.conds[in.cond : in.cond+uint16(in.conds)]}) {
		defer c.ask(&in)()
	}
	at := c.emit(in)
	if !c.inner {
		if int(c.depth) == maxDepth {
			return tooDeep(c.k, in.inPath)
		}
		c.inner = true
		c.depth++
		if err := c.path(PathUnbind, in.where); err != nil {
			return err
		}
		c.depth--
		c.inner = false
		in.op, in.conds, in.jump = opConsumerEnd, 0, uint16(at)
		c.emit(in)
	}
	c.p.code[at].jump = c.here()
	return nil
}

// onlyLinks tells which steps of a path can be reached only by the else label of
// links_busy; nil stands for none.
func (p *Path) onlyLinks() []bool {
	var from []int
	labels := map[string]int{}
	for i, st := range p.Steps {
		switch st.Op {
		case OpLinksBusy:
			from = append(from, i)
		case OpLabel:
			labels[st.Label] = i
		}
	}
	if len(from) == 0 {
		return nil
	}
	dead := make([]bool, len(p.Steps))
	for i := range dead {
		dead[i] = true
	}
	todo := []int{0}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i >= len(dead) || !dead[i] {
			continue
		}
		dead[i] = false
		st := p.Steps[i]
		if at, ok := labels[st.target()]; ok {
			todo = append(todo, at)
		}
		if st.Op != OpGoto && st.Op != OpReturn && st.Op != OpRefuse || len(st.When) > 0 {
			todo = append(todo, i+1)
		}
	}
	return dead
}

// target is the label that a step may jump to where no device has a supplier.
func (st *Step) target() string {
	switch {
	case st.Op == OpGoto:
		return st.Label
	case st.Op == OpLinksBusy:
		return ""
	}
	return st.Else
}

// packLink and unpackLink are the bits of a device link.
func (s *State) packLink() uint64 {
	v := uint64(s.Link)
	for i := range s.Devices {
		v |= uint64(s.Devices[i].Links)<<(3+2*i) | bit(s.Devices[i].Relies)<<7
	}
	return v
}

func (m *Machine) unpackLink(s *State, v uint64) {
	s.Link = Link(v & 7)
	for i := range s.Devices {
		s.Devices[i].Links = LinksStatus(v >> (3 + 2*i) & 3)
	}
	s.Devices[m.consumer].Relies = v>>7 != 0
}
