// Package model is the lifecycle machine of a Linux device and its DMA memory.
//
// A [Kernel] is data: ordered steps per path, and the few facts that an order
// cannot say. A [Machine] is a kernel plus [Bounds]. It starts in the zero
// [State], says which events are enabled, and applies one event at a time as
// that kernel would carry it out, reporting every broken [Invariant] on the
// way. A [Trace] is a sequence of events with what is expected of it.
//
//	k, err := text.ParseKernel("v5.0.kernel", src, nil) // of model/text
//	m, err := model.NewMachine(k, model.DefaultBounds())
//	var s model.State
//	out := m.Apply(&s, event)
//
// The package is pure: no I/O, clock, randomness or goroutine, and equal
// inputs give equal outputs on every machine. It knows no release: whatever
// differs between two kernels stands in their paths and facts.
//
// It is not a simulator of a whole kernel. It knows the steps that decide
// which DMA path a buffer takes and how long the objects behind that path
// live; all other steps are names that are printed and passed over.
package model
