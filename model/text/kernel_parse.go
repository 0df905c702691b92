package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"strings"
)

// ParseKernel reads a kernel file. The name of the file serves only for
// errors, which are *[SyntaxError]. resolve finds the kernel that a `like` or
// `derived` line names; it may be nil where no file has one. [Resolver] makes
// one that cannot run in circles.
//
// The kernel that comes back is equal to what ParseKernel makes when it is printed.
// Whether it can be run (no call of a path that does not exist, no fact
// missing) is for [NewMachine] to say.
func ParseKernel(file string, src []byte, resolve func(fullName string) (*model.Kernel, error)) (*model.Kernel, error) {
	s, err := newScanner(file, src, MaxLines)
	if err != nil {
		return nil, err
	}
	p := kernelParser{scanner: s, kernel: &model.Kernel{}, resolve: resolve,
		factLines: map[model.FactKind]int{}, pathLines: map[model.PathKind]int{}}
	for {
		ok, err := p.scan()
		if err == nil && ok && p.more() {
			err = p.parseLine()
		}
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
	}
	if err := p.parseEnd(); err != nil {
		return nil, err
	}
	return p.kernel, nil
}

// ErrBase is beneath the errors of a `like` or `derived` line that runs in a
// circle or too deep.
var ErrBase = errors.New("base kernels run in a circle or too deep")

// Resolver makes a resolve function for [ParseKernel] of a function that finds
// the text of a kernel file by its full name. It reads each kernel once, and
// returns [ErrBase] for kernels that are each other's base. It is not for use
// by several goroutines at once.
func Resolver(load func(fullName string) (file string, src []byte, err error)) func(fullName string) (*model.Kernel, error) {
	done := map[string]*model.Kernel{}
	var open []string // being read, outermost first
	var resolve func(string) (*model.Kernel, error)
	resolve = func(name string) (*model.Kernel, error) {
		if k := done[name]; k != nil {
			return k, nil
		}
		for _, o := range open {
			if o == name {
				return nil, fmt.Errorf("%w: %s is its own base", ErrBase, name)
			}
		}
		if len(open) > MaxBaseDepth {
			return nil, fmt.Errorf("%w: more than %d below %s", ErrBase, MaxBaseDepth, open[0])
		}
		open = append(open, name)
		defer func() { open = open[:len(open)-1] }()
		file, src, err := load(name)
		if err != nil {
			return nil, err
		}
		k, err := ParseKernel(file, src, resolve)
		if err == nil {
			done[name] = k
		}
		return k, err
	}
	return resolve
}

// kernelParser reads the lines of a kernel file.
type kernelParser struct {
	*scanner
	kernel  *model.Kernel
	resolve func(string) (*model.Kernel, error)

	seen      [len(headerWords)]int // line of each header, 0 for none yet
	factLines map[model.FactKind]int
	pathLines map[model.PathKind]int
	body      pathBody // of the path being read

	base     word // of the like or derived line
	baseLine int
}

// headerWords are the words that open a line of the header, in the order in
// which they are printed.
var headerWords = [...]string{"kernel", "arch", "like", "derived", "source", "bus", "firmware"}

const (
	headerKernel = iota
	headerArch
	headerLike
	headerDerived
	headerSource
	headerBus
	headerFirmware
)

func (p *kernelParser) parseLine() error {
	w := p.peek()
	if p.seen[headerKernel] == 0 && w.text != "kernel" {
		return p.errorWord(w, `"kernel NAME" as the first line`)
	}
	for i, h := range headerWords {
		if w.text == h {
			p.take()
			return p.parseHeader(i, w)
		}
	}
	switch {
	case w.text == "fact":
		p.take()
		if err := p.closePath(); err != nil {
			return err
		}
		return p.parseFact()
	case w.text == "path":
		p.take()
		if err := p.closePath(); err != nil {
			return err
		}
		return p.parsePath()
	case p.body.path == nil:
		return p.errorName(w, "a header, a fact or a path", append([]string{"fact", "path"}, headerWords[:]...))
	case p.body.path.Status != model.PathKnown:
		return p.errorWord(w, fmt.Sprintf("no step in a path that is %s", p.body.path.Status))
	}
	return p.parseStep()
}

// parseHeader reads what stands behind a header word.
func (p *kernelParser) parseHeader(header int, w word) error {
	if len(p.kernel.Facts)+len(p.kernel.Paths) > 0 {
		return p.errorWord(w, "all headers above the first fact or path")
	}
	if line := p.seen[header]; line > 0 && header != headerSource {
		return p.errorWord(w, fmt.Sprintf("it once, line %d has it", line))
	}
	p.seen[header] = p.line
	if header == headerSource {
		return p.parseSource(w)
	}
	k, v := p.kernel, p.take()
	var err error
	switch header {
	case headerKernel:
		k.Name, err = v.text, p.checkName(v, "a name")
	case headerArch:
		k.Arch, err = v.text, p.checkName(v, "an architecture")
	case headerLike, headerDerived:
		k.Base, k.Derived = v.text, header == headerDerived
		err = p.parseBase(w, v)
	case headerBus:
		k.Bus, err = oneOf(p.scanner, v, "a bus", model.Buses())
	case headerFirmware:
		k.Firmware, err = oneOf(p.scanner, v, "a firmware", model.Firmwares())
	}
	if err != nil {
		return err
	}
	return p.finish("end of line")
}

// parseSource takes the rest of the line as it stands, '#' included: addresses
// of web pages have one.
func (p *kernelParser) parseSource(w word) error {
	text := strings.Trim(p.text[w.column-1+len(w.text):], " \t")
	if text == "" {
		return p.errorAt(p.end, "end of line", "where the steps were read")
	}
	p.kernel.Source = append(p.kernel.Source, text)
	return nil
}

// checkName accepts the words that a full name can be made of.
func (p *kernelParser) checkName(w word, what string) error {
	switch {
	case isKernelName(w.text):
		return nil
	case w.text == "":
		return p.errorWord(w, what)
	}
	return p.errorWord(w, what+` of letters, digits and "._+-"`)
}

// parseBase finds the kernel of a `like` or `derived` line.
func (p *kernelParser) parseBase(header, w word) error {
	if p.seen[headerLike] > 0 && p.seen[headerDerived] > 0 {
		return p.errorWord(header, "either like or derived")
	}
	if !isFullName(w.text) {
		return p.errorWord(w, "the full name of a kernel, NAME/ARCH")
	}
	if p.resolve == nil {
		return p.errorWord(w, "no base kernel here: there is nothing to find it by")
	}
	base, err := p.resolve(w.text)
	if err == nil && base == nil {
		err = errors.New("there is none of that name")
	}
	if err != nil {
		e := p.errorWord(w, fmt.Sprintf("a kernel that can be read (%v)", err))
		e.Err = err
		return e
	}
	p.kernel.SetBase(base)
	p.base, p.baseLine = w, p.line
	return nil
}

// checkBase refuses a chain of bases that is too deep, or comes back to the
// kernel itself. It comes last, when the kernel's own full name is known.
func (p *kernelParser) checkBase() error {
	depth := 0
	for c := p.kernel.BaseKernel(); c != nil; c = c.BaseKernel() {
		depth++
		want := ""
		if c.FullName() == p.kernel.FullName() {
			want = "a base other than the kernel itself"
		} else if depth > MaxBaseDepth {
			want = fmt.Sprintf("at most %d kernels below this one", MaxBaseDepth)
		}
		if want != "" {
			e := p.errorWord(p.base, want)
			e.Line, e.Err = p.baseLine, ErrBase
			return e
		}
	}
	return nil
}
