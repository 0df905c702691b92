package model

// values lists 1 to n-1: what an enumeration has, but for its invalid zero.
func values[T ~uint8](n T) []T {
	var list []T
	for v := T(1); v < n; v++ {
		list = append(list, v)
	}
	return list
}

// Paths lists the paths that a kernel may have.
func Paths() []PathKind { return values(numPaths) }

// Facts lists the facts that a kernel may state.
func Facts() []FactKind { return values(numFacts) }

// StepOps lists the steps that a path may have.
func StepOps() []Op { return values(numOps) }

// Tests lists the tests of a step's condition.
func Tests() []Test { return values(numTests) }

// Locks lists the locks that a step may take.
func Locks() []Lock { return values(numLocks) }

// Buses lists the buses that a device may sit on.
func Buses() []Bus { return values(numBuses) }

// Firmwares lists what may describe a device.
func Firmwares() []Firmware { return values(numFirmwares) }

// EventKinds lists the kinds of event.
func EventKinds() []EventKind { return values(numEvents) }

// Contracts lists what drivers may be held to, well-behaved first.
func Contracts() []Drivers { return append([]Drivers{DriversWell}, values(numDrivers)...) }

// Values are the values that a kernel file may state for the fact.
func (f FactKind) Values() []string { return factTable[f].values }

// Args are the arguments of the event, by number; "" where it may have none.
func (k EventKind) Args() []string { return eventTable[k].args }

// Object tells what an event names besides its kind.
func (k EventKind) Object() Object { return eventTable[k].object }
