// Package spec holds the rules of docs/machine.md as data: each sentence of that
// page shown on the smallest kernel and sequence of events that it speaks of.
//
// Its tests run every rule twice, on the machine of package model and on the
// second implementation in internal/oracle. A rule that only one of them keeps
// is a defect of the other; what the page does not say is in neither.
package spec
