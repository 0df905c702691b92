package driver

import "strings"

// relation is what is known of two values.
type relation uint8

const (
	notKnown relation = iota
	same              // they may be equal: some way to say them is the same
	differ            // they are never equal
)

// compare relates what was given to an allocation and to a free.
func (u *unit) compare(a, b alts) relation {
	for _, p := range a.names {
		for _, q := range b.names {
			if p.equal(q) {
				return same
			}
		}
	}
	for _, p := range append(append([]poly{}, a.names...), a.values...) {
		for _, q := range append(append([]poly{}, b.names...), b.values...) {
			if p.equal(q) {
				return same
			}
		}
	}
	if a.complete && b.complete && len(a.values) > 0 && len(b.values) > 0 {
		for _, p := range a.values {
			for _, q := range b.values {
				if !u.never(p.plus(q, -1)) {
					return notKnown
				}
			}
		}
		return differ
	}
	// A packet that a driver makes itself has the length that it gave it: a mapping of skb->len may be of a
	// constant. A free of skb->len is not.
	if u.fixed(a) && u.varies(b) || u.fixed(b) && u.varies(a) && !u.ofPacket(a) {
		return differ
	}
	if len(a.names) == 1 && len(b.names) == 1 && !u.counted(a.names[0]) && !u.counted(b.names[0]) && u.never(a.names[0].plus(b.names[0], -1)) {
		return differ
	}
	return notKnown
}

// never tells whether a difference is never zero.
func (u *unit) never(d poly) bool {
	for _, f := range d.factors() { // n * (a - b) is zero if n is, and then there is nothing to free
		if q, ok := d.without(f); ok {
			d = q
		}
	}
	if len(d) == 0 {
		return false
	}
	for _, page := range []int64{4096, 16384, 65536} {
		if !u.neverAt(d, page) {
			return false
		}
	}
	return true
}

// neverAt is never, for pages of a size.
func (u *unit) neverAt(d poly, page int64) bool {
	var sum int64
	rest := poly{}
	for k, n := range d {
		size := int64(1)
		open := false
		if k != "" {
			for _, f := range strings.Split(k, " * ") {
				if v, ok := u.constantFactor(f, page); ok {
					size *= v
				} else {
					open = true
				}
			}
		}
		if open {
			rest[k] += n
		} else {
			sum += n * size
		}
	}
	if len(rest) == 0 {
		return sum != 0
	}
	// What is left must be sizes of types, all of one sign, or two types alone.
	positive, negative := sum > 0, sum < 0
	for k, n := range rest {
		for _, f := range strings.Split(k, " * ") {
			if _, ok := u.constantFactor(f, page); !ok && !strings.HasPrefix(f, "sizeof(") {
				return false
			}
		}
		positive, negative = positive || n > 0, negative || n < 0
	}
	if positive != negative {
		return true
	}
	return sum == 0 && len(rest) == 2 && onlySizes(rest)
}

func onlySizes(p poly) bool {
	total := int64(0)
	for k, n := range p {
		if strings.Contains(k, " * ") {
			return false
		}
		total += n
	}
	return total == 0
}

// constantFactor is the number of a factor.
func (u *unit) constantFactor(f string, page int64) (int64, bool) {
	if f == "PAGE_SIZE" {
		return page, true
	}
	if t, ok := strings.CutPrefix(f, "sizeof("); ok {
		return u.layout(strings.TrimSuffix(t, ")"))
	}
	return 0, false
}

// varying are fields that change from packet to packet, or as a user likes.
var varying = []string{"struct sk_buff.len", "struct sk_buff.data_len", "struct net_device.mtu"}

// fixed tells whether a value is one number.
func (u *unit) fixed(a alts) bool {
	if !a.complete || len(a.values) != 1 {
		return false
	}
	for k := range a.values[0] {
		for _, f := range strings.Split(k, " * ") {
			if _, ok := u.constantFactor(f, 4096); !ok && f != "" {
				return false
			}
		}
	}
	return true
}

// varies tells whether all that is known of a value hangs on a field that varies, or that the device sets.
func (u *unit) varies(a alts) bool {
	for _, p := range a.names {
		on := false
		for _, f := range p.factors() {
			for _, v := range varying {
				on = on || strings.Contains(f, v)
			}
			for v := range u.deviceSets {
				on = on || strings.Contains(f, v)
			}
		}
		if !on {
			return false
		}
	}
	return len(a.names) > 0
}

// counted tells whether a field in a value is counted up or down somewhere: then it is not the same one at the
// allocation and at the free.
func (u *unit) counted(p poly) bool {
	for _, f := range p.factors() {
		for k := range u.changed {
			if strings.Contains(f, k) {
				return true
			}
		}
	}
	return false
}

// ofPacket tells whether a value hangs on the length of a packet.
func (u *unit) ofPacket(a alts) bool {
	for _, p := range a.names {
		for _, f := range p.factors() {
			if strings.Contains(f, "struct sk_buff.") {
				return true
			}
		}
	}
	return false
}
