package model

import (
	"errors"
	"fmt"
	"strings"
)

// Invariant is a rule that every reachable step must keep.
type Invariant uint8

const (
	InvariantInvalid Invariant = iota
	// SameOps is the mission: a free takes the path of its allocation.
	SameOps
	// SameParameters: a free by the right path sees the range map, the pool and
	// the domain that the allocation saw.
	SameParameters
	// PathReachesDevice: memory is taken by an IOMMU path if and only if the
	// device translates through a DMA domain or mapping.
	PathReachesDevice
	// ParametersAsDescribed: the range map, pool and ownership that an
	// allocation meets are those that firmware or bus installed.
	ParametersAsDescribed
	// NoUseAfterTeardown: no DMA call uses a group, domain or mapping that is gone.
	NoUseAfterTeardown
	// NoLeak: no memory, mapping or range map loses its last reference unfreed.
	NoLeak
	// NoDoubleFree: nothing is freed twice.
	NoDoubleFree
	// NoDetachUnderMapping: no domain is detached, replaced or left while
	// memory is live that translates through it.
	NoDetachUnderMapping
	// OpsStableUnderMapping: the ops of a device do not change while memory
	// that came through them is live.
	OpsStableUnderMapping
	// SupplierOutlivesConsumer: the IOMMU is not unregistered while a driver is
	// bound to a device behind it, and a supplier's remove is not called before its
	// consumer's driver and devres have gone.
	SupplierOutlivesConsumer
	// OwnerBalanced: every DMA ownership taken for a bind is given back once.
	OwnerBalanced
	// NoDeadlock: no thread waits for a lock that can never be dropped.
	NoDeadlock
	numInvariants
)

var invariantTable = [numInvariants]struct{ name, doc string }{
	SameOps:                  {"same-ops", "a free takes the ops of its allocation"},
	SameParameters:           {"same-parameters", "a free sees the range map, pool and domain that its allocation saw"},
	PathReachesDevice:        {"path-reaches-device", "memory comes from the IOMMU path if and only if a DMA domain is attached"},
	ParametersAsDescribed:    {"parameters-as-described", "range map, pool and ownership are those that firmware or bus installed"},
	NoUseAfterTeardown:       {"no-use-after-teardown", "no DMA call uses a group, domain or mapping that is gone"},
	NoLeak:                   {"no-leak", "nothing loses its last reference unfreed"},
	NoDoubleFree:             {"no-double-free", "nothing is freed twice"},
	NoDetachUnderMapping:     {"no-detach-under-mapping", "no domain is detached or replaced under live memory"},
	OpsStableUnderMapping:    {"ops-stable-under-mapping", "the ops of a device do not change under its live memory"},
	SupplierOutlivesConsumer: {"supplier-outlives-consumer", "an IOMMU, or the supplier of a device link, outlives its consumers"},
	OwnerBalanced:            {"owner-balanced", "DMA ownership taken for a bind is given back once"},
	NoDeadlock:               {"no-deadlock", "nobody waits for ever"},
}

func (i Invariant) String() string {
	if i == InvariantInvalid || i >= numInvariants {
		return fmt.Sprintf("Invariant(%d)", uint8(i))
	}
	return invariantTable[i].name
}

// Doc is the invariant's one-line meaning.
func (i Invariant) Doc() string { return invariantTable[i].doc }

// Invariants returns all invariants in declaration order.
func Invariants() []Invariant {
	var all []Invariant
	for i := Invariant(1); i < numInvariants; i++ {
		all = append(all, i)
	}
	return all
}

// ParseInvariant is the inverse of String.
func ParseInvariant(s string) (Invariant, bool) {
	for i := Invariant(1); i < numInvariants; i++ {
		if invariantTable[i].name == s {
			return i, true
		}
	}
	return InvariantInvalid, false
}

// Consequence is what a violation does to that kernel, the worst first.
type Consequence uint8

const (
	ConsequenceInvalid Consequence = iota
	// Oops: the kernel touches memory that is not there, and stops.
	Oops
	// BadPage: the page allocator is handed a page that is not free to take.
	BadPage
	// NullDeref: a NULL pointer is dereferenced, and the kernel stops.
	NullDeref
	// Hang: a thread waits for ever.
	Hang
	// Silent: memory or translations are corrupted without a word.
	Silent
	// Leak: memory, IOVA space or a count is lost.
	Leak
	// Latent: nothing by itself; what comes next may.
	Latent
	numConsequences
)

var consequenceNames = [numConsequences]string{"", "Oops", "bad page", "NULL dereference", "hang", "silent corruption", "leak", "latent"}

func (c Consequence) String() string { return enumName(consequenceNames[:], uint8(c), "Consequence") }

// stops tells whether the kernel does not go on after it.
func (c Consequence) stops() bool { return c == Oops || c == NullDeref || c == Hang }

// Where is the part of the lifecycle in which a step runs or a call is made.
type Where uint8

const (
	WhereInvalid Where = iota
	// Steps of the kernel's paths.
	WhereAdd
	WhereBind
	WhereBindFailed
	WhereTestRemove
	WhereUnbind
	WhereDel
	WherePut
	WhereShutdown
	WhereRegister
	WhereUnregister
	WhereType
	WhereClaim
	WhereRelease
	WhereMapping
	// Calls of a driver or of other code.
	WhereProbe
	WhereBound
	WhereRemove
	WhereAction
	WhereLate
	WhereOther
	numWheres
)

var whereNames = [numWheres]string{"", "add", "bind", "bind-failed", "test-remove", "unbind", "del", "put",
	"shutdown", "iommu-register", "iommu-unregister", "type-store", "claim", "release", "mapping",
	"probe", "bound", "remove", "action", "late", "other"}

func (w Where) String() string { return enumName(whereNames[:], uint8(w), "Where") }

// Site is a step of the lifecycle, named so that it means the same in every
// release: "unbind.devres_release", "remove.dma_free".
type Site struct {
	Where Where
	Step  Op       // the step, or OpInvalid for a call of the DMA API
	Call  PathKind // the call, or PathKindInvalid for a step
}

func (s Site) String() string {
	if s == (Site{}) {
		return "none"
	}
	if s.Call != PathKindInvalid {
		return s.Where.String() + "." + s.Call.String()
	}
	return s.Where.String() + "." + s.Step.String()
}

// Key tells one finding from another. Two violations are the same finding if
// and only if their keys are equal.
type Key struct {
	Invariant Invariant
	Alloc     AllocKind // the call that made the memory; AllocNone if none is concerned
	Site      Site      // the step or call that broke the rule
	From, To  DMAPath   // the path of the allocation, and of the free or of what comes next
	Bus       Bus
}

// String prints the key as one word: "same-ops:dmam_alloc:unbind.devres_release:iommu>direct:platform".
func (k Key) String() string {
	return fmt.Sprintf("%s:%s:%s:%s>%s:%s", k.Invariant, k.Alloc, k.Site, dmaPathWord(k.From), dmaPathWord(k.To), k.Bus)
}

func dmaPathWord(w DMAPath) string {
	if w == DMAPathInvalid {
		return "-"
	}
	return w.String()
}

// ErrKey is returned by ParseKey for a word that is not a key.
var ErrKey = errors.New("not a finding's key, want INVARIANT:ALLOC:WHERE.STEP:PATH>PATH:BUS")

// ParseKey is the inverse of Key.String.
func ParseKey(word string) (Key, error) {
	f := strings.Split(word, ":")
	if len(f) != 5 {
		return Key{}, ErrKey
	}
	var k Key
	inv, ok1 := ParseInvariant(f[0])
	alloc, ok2 := parseEnum(allocNames[:], f[1])
	site, ok3 := parseSite(f[2])
	from, to, ok4 := strings.Cut(f[3], ">")
	w1, ok5 := parseDMAPath(from)
	w2, ok6 := parseDMAPath(to)
	bus, ok7 := parseEnum(busNames[:], f[4])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7) {
		return Key{}, ErrKey
	}
	k = Key{inv, AllocKind(alloc), site, w1, w2, Bus(bus)}
	return k, nil
}

func parseDMAPath(s string) (DMAPath, bool) {
	if s == "-" {
		return DMAPathInvalid, true
	}
	w, ok := parseEnum(dmaPathNames[:], s)
	return DMAPath(w), ok
}

func parseSite(s string) (Site, bool) {
	if s == "none" {
		return Site{}, true
	}
	where, step, ok := strings.Cut(s, ".")
	w, ok2 := parseEnum(whereNames[:], where)
	if !ok || !ok2 {
		return Site{}, false
	}
	for o := Op(1); o < numOps; o++ {
		if opTable[o].name == step {
			return Site{Where(w), o, PathKindInvalid}, true
		}
	}
	for p := PathKind(1); p < numPaths; p++ {
		if pathTable[p].name == step {
			return Site{Where(w), OpInvalid, p}, true
		}
	}
	return Site{}, false
}

// Violation is one broken invariant at one step of one run.
type Violation struct {
	Key         Key
	Device      uint8
	Memory      uint8 // the slot concerned; meaningless where Key.Alloc is AllocNone
	Consequence Consequence
	Step        StepRef // the step of the kernel's paths that was running, for its position
}

// StepRef points to a step: a path of the kernel and an index into its steps.
type StepRef struct {
	Path PathKind
	Step uint16
}
