package text

import "dmafuzz/model"

// How many values the enumerations have, their invalid zero included.
var (
	numOps        = len(model.StepOps()) + 1
	numPaths      = len(model.Paths()) + 1
	numFacts      = len(model.Facts()) + 1
	numTests      = len(model.Tests()) + 1
	numBuses      = len(model.Buses()) + 1
	numFirmwares  = len(model.Firmwares()) + 1
	numInvariants = len(model.Invariants()) + 1
	numDrivers    = len(model.Contracts())
)
