package model

// What has a fixed place in a key, in a bit set or in a table, and how much room it has there.
// A line that does not compile names what has outgrown its place: widen the place in pack and
// unpack, and count LayoutVersion up. What only a running program can count is counted by
// TestRoom.
const (
	_ = uint(1<<2 - numProviders)                 // State.Provider
	_ = uint(3 - numLives)                        // DeviceState.Life,
	_ = uint(3 - numAdds)                         // Described
	_ = uint(3 - numRangeMaps)                    // and RangeMap, three in five bits
	_ = uint(1<<3 - numDMAOps)                    // DeviceState.Ops
	_ = uint(1<<2 - 1 - ownerMax)                 // DeviceState.Uses, GroupState.OwnerCount
	_ = uint(1<<3 - numAllocs)                    // MemoryState.Alloc
	_ = uint(1<<4 - numDMAPaths)                  // MemoryState.Path
	_ = uint(1<<2 - numRangeMaps)                 // MemoryState.RangeMap
	_ = uint(3 - numDomains)                      // GroupState.Default
	_ = uint((1<<4-1)/3 - numAttached)            // and Attached, two in four bits
	_ = uint(1<<3 - numLinks)                     // State.Link
	_ = uint(1<<2 - numLinksStatuses)             // DeviceState.Links
	_ = uint(1<<2 - numErrs)                      // Frame.Err
	_ = uint(1<<2 - numTypes)                     // Frame.Want
	_ = uint(1<<3 - (numWheres - WhereProbe) - 1) // Frame.Caller, and nobody
	_ = uint(1<<8 - 1 - MaxPreemptions)           // State.Preempts

	// Locks: one of each device, one of each group, one of each other kind.
	locks = 2*MaxDevices + int(numLocks) - 3
	_     = uint(6 - locks)           // ActorState.Locks in a key
	_     = uint(1<<2 + 1 - numLocks) // lockBit knows them one by one

	// Two devices trade places (Mirror, State.place), share out the bits of a link
	// (packLink) and those that matter to several actors (layout.more); two actors
	// take turns (sortActors, Cast). A third of either needs all of that anew.
	_ = uint(2 - MaxDevices)
	_ = uint(2 - MaxActors)

	// Two for each blocks may be open: pack, unpack and Mirror name both.
	_ = uint(2 - maxDepth)

	_ = uint(1<<8 - 1 - DevresAction)  // DevresEntry
	_ = uint(1<<8 - 1 - MaxDevres - 1) // Frame.Taken
	_ = uint(1<<16 - NumEvents)        // EventID

	// Sets of paths, of families and of goals are bits of one word.
	_ = uint(64 - numPaths)
	_ = uint(16 - numFamilies)
	_ = uint(16 - numGoals)

	// The widest key: every bound at its maximum, and a program as long as it may
	// be. It must be less than what a PackedState holds, and than what a bitWriter does.
	widest = 6 + 1 + 8 + MaxDevices*(25+3+MaxDevres*devresBits) + MaxMemory*(14+1) + MaxDevices*8 +
		preemptBits + MaxActors*(6+2*(codeBits+12+3+slotBits)+takenBits)
	devresBits  = 3
	preemptBits = 2
	codeBits    = 16
	slotBits    = 2
	takenBits   = 3

	_ = uint(1<<devresBits - 1 - DevresAction)
	_ = uint(1<<preemptBits - 1 - MaxPreemptions)
	_ = uint(1<<codeBits - 1 - maxCode)
	_ = uint(1<<slotBits - MaxMemory)
	_ = uint(1<<takenBits - 1 - (MaxDevres + 1))
	_ = uint(64*len(PackedState{}) - 1 - widest)
	_ = uint(64*len(bitWriter{}.words) - 1 - widest)
)
