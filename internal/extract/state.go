package extract

import (
	"fmt"
	"strconv"
	"strings"
)

// state is one point on one way through the code.
type state struct {
	frames []frame
	loops  []openLoop
	failed uint8    // what the machine's error is: noError, hasError, maybeError
	known  []string // tests whose answer is known: "driver", "not group"
}

const (
	noError uint8 = iota
	hasError
	maybeError
)

// openLoop is a for each block that the way is inside of.
type openLoop struct {
	depth int // frames when it was opened
	at    int // its instruction, -1 for a callback
	pos   string
	// what the machine's error was before it
	failed uint8
	// behind the lock the guard is asked; if it does not hold, the round is over.
	// The step late stands there at the earliest.
	guard, lock, late string
}

func (l openLoop) is(depth, at int) bool { return l.depth == depth && l.at == at }

func (s *state) clone() *state {
	c := &state{failed: s.failed}
	c.frames = append([]frame(nil), s.frames...)
	c.loops = append([]openLoop(nil), s.loops...)
	c.known = s.known
	return c
}

func (s *state) top() *frame { return &s.frames[len(s.frames)-1] }

func (s *state) key() string {
	var b strings.Builder
	for i := range s.frames {
		f := &s.frames[i]
		fmt.Fprintf(&b, "%p/%d/%s{", f.code, f.pc, f.temp)
		for _, v := range f.env {
			b.WriteString(v.name + "=" + v.v.text() + ";")
			if v.v.set {
				b.WriteByte('!')
			}
		}
		b.WriteByte('}')
	}
	for _, l := range s.loops {
		fmt.Fprintf(&b, "[%d,%d,%s]", l.depth, l.at, l.pos)
	}
	b.WriteString(strconv.Itoa(int(s.failed)))
	b.WriteString(strings.Join(s.known, ","))
	return b.String()
}

func (s *state) loopName() string {
	name := ""
	for _, l := range s.loops {
		name += fmt.Sprintf("/%d.%d.%s.%d", l.depth, l.at, l.pos, l.failed)
	}
	return name
}

func (s *state) pos() string {
	f := s.top()
	return f.file + ":" + strconv.Itoa(f.code.insts[f.pc].line)
}

func (s *state) label() string { return s.top().code.insts[s.top().pc].label }

// isNote tells a note of the path from a step or a test.
func isNote(word string) bool { return strings.HasPrefix(word, "$") }

// forget drops what was known of the state where a step may change it, or where
// another actor may: behind a lock that was waited for, and one that was dropped.
func (s *state) forget(words string) {
	for _, w := range strings.Split(words, ";") {
		w, _, _ = strings.Cut(strings.TrimSpace(w), " when ")
		w, _, _ = strings.Cut(w, " unless ")
		switch {
		case isNote(w):
			if !s.has(w) {
				s.know(w)
			}
		case w == "param_get": // it was there already, or is now
			s.drop(func(test string) bool { return strings.TrimPrefix(test, "not ") == "param" })
		case strings.HasPrefix(w, "call ") || strings.HasPrefix(w, "lock ") || strings.HasPrefix(w, "unlock ") || changes[w]:
			s.drop(func(test string) bool { return !isNote(test) })
		}
	}
}

// drop forgets some of what is known.
func (s *state) drop(which func(string) bool) {
	var kept []string
	for _, k := range s.known {
		if !which(k) {
			kept = append(kept, k)
		}
	}
	s.known = kept
}

func (s *state) know(fact string) {
	s.known = append(append([]string(nil), s.known...), fact)
}

func (s *state) has(test string) bool {
	for _, k := range s.known {
		if k == test {
			return true
		}
	}
	return false
}

// replace has the local variables that stand for an expression keep its old
// value under another name, and tells whether there are any.
func (s *state) replace(from string, to *expr) (any bool) {
	for i := range s.frames {
		f := &s.frames[i]
		for _, b := range f.env {
			if v := b.v.replaced(from, to); v.e != b.v.e {
				f.set(b.name, v)
				any = true
			}
		}
	}
	return any
}
