package explore

import (
	"fmt"
	"math/bits"

	"dmafuzz/model"
)

// Certificate says what an exhaustive search went through. Two searches of one
// machine that are closed have equal certificates.
type Certificate struct {
	// Closed is true if and only if every event that is enabled in a reachable
	// state was carried out.
	Closed      bool
	Symmetry    bool   // of two states that are mirror images of each other one is counted
	States      uint64 // different states reached, the first one included
	Transitions uint64 // events carried out, one for each state and each of its choices
	Depth       int    // events on the way to the state that is farthest off
	Sum         Sum    // over all states, in no order
	Layout      int    // model.LayoutVersion
}

// String prints the certificate on one line.
func (c Certificate) String() string {
	word := "closed"
	if !c.Closed {
		word = "not closed"
	}
	states := "states"
	if c.Symmetry {
		states = "states up to symmetry"
	}
	return fmt.Sprintf("%s: %d %s, %d transitions, depth %d, sum %s, layout %d",
		word, c.States, states, c.Transitions, c.Depth, c.Sum, c.Layout)
}

// Sum adds up the hashes of a set of packed states modulo 2^128. It depends on
// the set only, not on the order.
type Sum struct{ Hi, Lo uint64 }

// String prints the sum as 32 hexadecimal digits.
func (s Sum) String() string { return fmt.Sprintf("%016x%016x", s.Hi, s.Lo) }

func (s *Sum) add(o Sum) {
	var carry uint64
	s.Lo, carry = bits.Add64(s.Lo, o.Lo, 0)
	s.Hi, _ = bits.Add64(s.Hi, o.Hi, carry)
}

// sumKey is the hash that certificates use. It is part of what a certificate
// means, so it is fixed, and simple enough to be written again elsewhere: each
// half starts from a constant, and takes in the first three words of the key, two more if they are not both zero or the sixth
// is not, and the sixth if it is not zero, by
//
//	half = mix(half ^ word) + constant
//
// where mix is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
func sumKey(k *model.PackedState) Sum {
	const hi, lo = 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03
	s := Sum{hi, lo}
	for i, w := range k {
		if i >= 3 && k[3]|k[4]|k[5] == 0 || i >= 5 && k[5] == 0 { // only the bounds of several actors need more
			break
		}
		s.Hi = mix(s.Hi^w) + hi
		s.Lo = mix(s.Lo^w) + lo
	}
	return s
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
