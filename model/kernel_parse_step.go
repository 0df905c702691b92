package model

import (
	"fmt"
	"strconv"
	"strings"
)

// parseStep reads one line of a path.
func (p *kernelParser) parseStep() error {
	w := p.peek()
	if len(p.body.path.Steps) >= MaxPathSteps {
		return p.errorWord(w, fmt.Sprintf("at most %d steps in a path", MaxPathSteps))
	}
	var step Step
	var err error
	if strings.HasSuffix(w.text, ":") {
		step, err = p.parseLabel()
	} else if step, err = p.parseOp(); err == nil {
		err = p.parseTail(&step)
	}
	if err != nil {
		return err
	}
	if step.Pos, err = p.parsePosition(); err != nil {
		return err
	}
	p.body.path.Steps = append(p.body.path.Steps, step)
	return p.finish("when, else, a position or end of line")
}

func opName(i int) string {
	if Op(i) == OpForEach {
		return "for"
	}
	return opTable[i].name
}

// parseOp reads a step's name and operand.
func (p *kernelParser) parseOp() (Step, error) {
	w := p.take()
	op := Op(find(int(numOpsKinds), opName, w.text))
	if op == OpInvalid {
		return Step{}, p.errorName(w, "a step", append(allNames(int(numOpsKinds), opName), "fact", "path"))
	}
	step := Step{Op: op}
	if op == OpForEach {
		if each := p.take(); each.text != "each" {
			return Step{}, p.errorWord(each, `"each"`)
		}
	}
	if err := p.parseOperand(&step); err != nil {
		return Step{}, err
	}
	switch op {
	case OpForEach:
		return step, p.openLoop(w)
	case OpEnd:
		if p.body.inside == 0 {
			return Step{}, p.errorWord(w, "end only after a for each")
		}
		p.body.inside = p.body.loops[p.body.inside-1].outer
	}
	return step, nil
}

var (
	loopNames   = [...]string{"", "device", "group", "listed"}
	onOffNames  = [...]string{"off", "on"}
	refuseNames = [...]string{"", "error", "defer"}
)

// parseOperand reads what the step's name demands behind it.
func (p *kernelParser) parseOperand(step *Step) error {
	var err error
	switch opTable[step.Op].operand {
	case pathOperand:
		w := p.take()
		name := func(i int) string { return pathTable[i].name }
		if step.Arg = find(int(numPaths), name, w.text); step.Arg == 0 {
			err = p.errorName(w, "a path", allNames(int(numPaths), name))
		}
	case lockOperand:
		step.Arg, err = p.takeEnum("a lock", lockNames[:])
	case opsOperand:
		step.Arg, err = p.takeEnum("ops", opsNames[:])
	case wayOperand:
		if !p.accept("ops") { // `take ops` is WayInvalid: the way of dev->dma_ops
			step.Arg, err = p.takeEnum("a way", append([]string{"", "ops"}, wayNames[1:]...))
			step.Arg-- // behind the inserted name
		}
	case errOperand:
		step.Arg, err = p.takeEnum("an error", refuseNames[:])
	case onOffOperand:
		step.Arg, err = p.takeEnum("a switch", onOffNames[:])
	case loopOperand:
		step.Arg, err = p.takeEnum("what to repeat for", loopNames[:])
	case labelOperand:
		step.Label, err = p.takeJump()
	}
	return err
}

// takeEnum takes a word that must be one of the names, and returns its index.
func (p *kernelParser) takeEnum(what string, names []string) (uint8, error) {
	return p.enum(p.take(), what, names)
}

// parseTail reads the optional "when CONDITIONS" and "else LABEL" of a step.
func (p *kernelParser) parseTail(step *Step) error {
	for {
		switch w := p.peek(); {
		case w.text == "when" && step.When == nil:
			p.take()
			if step.Op == OpForEach || step.Op == OpEnd {
				return p.errorWord(w, fmt.Sprintf("no condition on %q: write it on the steps inside", step.Op))
			}
			if err := p.parseWhen(step); err != nil {
				return err
			}
		case w.text == "else" && step.Else == "":
			p.take()
			if !step.Op.mayElse() {
				return p.errorWord(w, fmt.Sprintf("no else on a step that never fails, as %s does not", step.Op))
			}
			label, err := p.takeJump()
			if err != nil {
				return err
			}
			step.Else = label
		default:
			return nil
		}
	}
}

// mayElse tells whether the step can end with an error, or jump without one, and so have an else.
func (o Op) mayElse() bool {
	return o.Fails() || o == OpCall || o == OpRefuse || o == OpDriverProbe || o == OpLinksBusy
}

// parseWhen reads "[not] TEST [OPERAND], ..." behind when.
func (p *kernelParser) parseWhen(step *Step) error {
	for {
		c := Cond{Not: p.accept("not")}
		w := p.take()
		name := func(i int) string { return testTable[i].name }
		c.Test = Test(find(int(numTests), name, w.text))
		var err error
		switch c.Test {
		case TestInvalid:
			err = p.errorName(w, "a test", allNames(int(numTests), name))
		case TestBus:
			c.Arg, err = p.takeEnum("a bus", busNames[:])
		case TestFirmware:
			c.Arg, err = p.takeEnum("a firmware", firmwareNames[:])
		}
		if err != nil {
			return err
		}
		step.When = append(step.When, c)
		if !p.accept(",") {
			return nil
		}
	}
}

// parsePosition takes the next word if it is meant as a position: it has a
// slash, or ends as "NAME.c:10" does. It must then be a relative path with an
// optional line number.
func (p *kernelParser) parsePosition() (string, error) {
	w := p.peek()
	file, line, numbered := strings.Cut(w.text, ":")
	if !strings.Contains(w.text, "/") && !(numbered && hasSourceSuffix(file)) {
		return "", nil
	}
	p.take()
	const want = "a position, FILE or FILE:LINE"
	if file == "" || file[0] == '/' || file[len(file)-1] == '/' {
		return "", p.errorWord(w, want)
	}
	for _, c := range []byte(file) {
		if !isAlnum(c) && strings.IndexByte("/._+-", c) < 0 {
			return "", p.errorWord(w, want)
		}
	}
	if numbered {
		n, err := strconv.ParseUint(line, 10, 31)
		if err != nil || n == 0 || line[0] == '0' {
			return "", p.errorWord(w, want)
		}
	}
	return w.text, nil
}

func hasSourceSuffix(file string) bool {
	return strings.HasSuffix(file, ".c") || strings.HasSuffix(file, ".h") || strings.HasSuffix(file, ".S")
}
