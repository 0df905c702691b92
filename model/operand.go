package model

import "strings"

// Operand says what stands behind a step's name in a kernel file.
type Operand uint8

const (
	// OperandNone: nothing.
	OperandNone Operand = iota
	// OperandPath: the path that is called.
	OperandPath
	// OperandLock: the lock that is taken or dropped.
	OperandLock
	// OperandOps: a value of dev->dma_ops.
	OperandOps
	// OperandDMAPath: the path that a DMA call takes; "ops" for that of dev->dma_ops.
	OperandDMAPath
	// OperandErr: the error that the path ends with.
	OperandErr
	// OperandSwitch: on or off.
	OperandSwitch
	// OperandLabel: the label that is jumped to.
	OperandLabel
	// OperandLoop: what a block is repeated for.
	OperandLoop
	numOperands
)

var operandNames = [numOperands]string{"nothing", "a path", "a lock", "ops", "a DMA path", "an error", "a switch", "a label", "what to repeat for"}

// String is the operand in words, with its article: "a lock".
func (o Operand) String() string { return enumName(operandNames[:], uint8(o), "Operand") }

var (
	loopNames   = [...]string{"", "device", "group", "listed"}
	onOffNames  = [...]string{"off", "on"}
	refuseNames = [...]string{"", "error", "defer"}
)

// operandValues are the names of an operand's values; a step's Arg is the index.
var operandValues = func() (v [numOperands][]string) {
	v[OperandPath] = make([]string, numPaths)
	for p := PathKind(1); p < numPaths; p++ {
		v[OperandPath][p] = p.String()
	}
	v[OperandLock], v[OperandOps] = lockNames[:], opsNames[:]
	v[OperandDMAPath] = append([]string{"ops"}, dmaPathNames[1:]...)
	v[OperandErr], v[OperandSwitch], v[OperandLoop] = refuseNames[:], onOffNames[:], loopNames[:]
	return v
}()

// Values are the names of the operand's values, by [Step.Arg]; empty where there
// is none. An operand that is a label or nothing has no values.
func (o Operand) Values() []string { return operandValues[o] }

// Operand is what stands behind the step's name.
func (o Op) Operand() Operand { return opTable[o].operand }

// MayElse tells whether the step can end with an error, or jump without one, and so have an else.
func (o Op) MayElse() bool {
	return o.Fails() || o == OpCall || o == OpRefuse || o == OpDriverProbe || o == OpLinksBusy
}

// String prints the step as a kernel file has it, without its position.
func (s Step) String() string {
	if t := s.Tail(); t != "" {
		return s.Head() + " " + t
	}
	return s.Head()
}

// Head is the step's name with its operand.
func (s Step) Head() string {
	if s.Op == OpLabel {
		return s.Label + ":"
	}
	if s.Op == OpInvalid || s.Op >= numOps {
		return s.Op.String()
	}
	switch operand := s.Op.Operand(); operand {
	case OperandNone:
		return s.Op.String()
	case OperandLabel:
		return s.Op.String() + " " + s.Label
	default:
		return s.Op.String() + " " + enumName(operand.Values(), s.Arg, operand.String())
	}
}

// Tail is the step's conditions and its else.
func (s Step) Tail() string {
	var words []string
	for i, c := range s.When {
		switch {
		case i == 0:
			words = append(words, "when")
		default:
			words[len(words)-1] += ","
		}
		words = append(words, c.String())
	}
	if s.Else != "" {
		words = append(words, "else", s.Else)
	}
	return strings.Join(words, " ")
}

// String prints the condition as a kernel file has it.
func (c Cond) String() string {
	s := c.Test.String()
	switch c.Test {
	case TestBus:
		s += " " + Bus(c.Arg).String()
	case TestFirmware:
		s += " " + Firmware(c.Arg).String()
	}
	if c.Not {
		s = "not " + s
	}
	return s
}
