package text

import (
	"dmafuzz/model"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseStep reads one line of a path.
func (p *kernelParser) parseStep() error {
	w := p.peek()
	if len(p.body.path.Steps) >= MaxPathSteps {
		return p.errorWord(w, fmt.Sprintf("at most %d steps in a path", MaxPathSteps))
	}
	var step model.Step
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

// stepWords are the first words of the lines of steps, in order of declaration,
// and stepOps the steps by that word. A label has no such word.
var stepWords, stepOps = func() (words []string, ops map[string]model.Op) {
	ops = map[string]model.Op{}
	for _, o := range model.StepOps() {
		word := o.String()
		switch o {
		case model.OpLabel:
			continue
		case model.OpForEach:
			word = "for"
		}
		words = append(words, word)
		ops[word] = o
	}
	return words, ops
}()

// parseOp reads a step's name and operand.
func (p *kernelParser) parseOp() (model.Step, error) {
	w := p.take()
	op := stepOps[w.text]
	if op == model.OpInvalid {
		return model.Step{}, p.errorName(w, "a step", append(slices.Clone(stepWords), "fact", "path"))
	}
	step := model.Step{Op: op}
	if op == model.OpForEach {
		if each := p.take(); each.text != "each" {
			return model.Step{}, p.errorWord(each, `"each"`)
		}
	}
	if err := p.parseOperand(&step); err != nil {
		return model.Step{}, err
	}
	switch op {
	case model.OpForEach:
		return step, p.openLoop(w)
	case model.OpEnd:
		if p.body.inside == 0 {
			return model.Step{}, p.errorWord(w, "end only after a for each")
		}
		p.body.inside = p.body.loops[p.body.inside-1].outer
	}
	return step, nil
}

// parseOperand reads what the step's name demands behind it.
func (p *kernelParser) parseOperand(step *model.Step) error {
	operand := step.Op.Operand()
	switch operand {
	case model.OperandNone:
		return nil
	case model.OperandLabel:
		var err error
		step.Label, err = p.takeJump()
		return err
	}
	var err error
	step.Arg, err = p.index(p.take(), operand.String(), operand.Values())
	return err
}

// parseTail reads the optional "when CONDITIONS" and "else LABEL" of a step.
func (p *kernelParser) parseTail(step *model.Step) error {
	for {
		switch w := p.peek(); {
		case w.text == "when" && step.When == nil:
			p.take()
			if step.Op == model.OpForEach || step.Op == model.OpEnd {
				return p.errorWord(w, fmt.Sprintf("no condition on %q: write it on the steps inside", step.Op))
			}
			if err := p.parseWhen(step); err != nil {
				return err
			}
		case w.text == "else" && step.Else == "":
			p.take()
			if !step.Op.MayElse() {
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

// parseWhen reads "[not] TEST [OPERAND], ..." behind when.
func (p *kernelParser) parseWhen(step *model.Step) error {
	for {
		c := model.Cond{Not: p.accept("not")}
		w := p.take()
		var err error
		if c.Test, err = oneOf(p.scanner, w, "a test", model.Tests()); err != nil {
			return err
		}
		switch c.Test {
		case model.TestBus:
			var bus model.Bus
			bus, err = oneOf(p.scanner, p.take(), "a bus", model.Buses())
			c.Arg = uint8(bus)
		case model.TestFirmware:
			var firmware model.Firmware
			firmware, err = oneOf(p.scanner, p.take(), "a firmware", model.Firmwares())
			c.Arg = uint8(firmware)
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
