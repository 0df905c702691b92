package extract

// ret returns from the function on top, or from the path.
func (r *runner) ret(s *state, v value) int {
	pos := s.pos()
	if n := len(s.loops); n > 0 && s.loops[n-1].depth == len(s.frames) {
		return r.leaveLoop(s, v, pos)
	}
	if len(s.frames) == 1 {
		return r.finish(s, v, pos)
	}
	f := *s.top()
	if f.after != "" && v.kind == vZero {
		s.top().after = ""
		s.frames = s.frames[:len(s.frames)-1]
		return r.try(s, f.after, pos, "", f.temp, f.used, v, value{kind: vError, name: "failed"})
	}
	s.frames = s.frames[:len(s.frames)-1]
	if !f.used && s.failed != noError && f.failed == noError {
		// nobody looks at the error of the function: it is gone
		s.failed = noError
		c := r.add(node{kind: nStep, text: "ignore_error", loop: s.loopName(), alt: -1})
		next := r.run(s)
		r.g.nodes[c].next = next
		return c
	}
	if f.temp != "" && f.used {
		s.top().set(f.temp, v)
	}
	return -1
}

// finish ends the path with the value that its function returns.
func (r *runner) finish(s *state, v value, pos string) int {
	if w := r.def.last; w != nil && v.kind != vErrno && v.kind != vError {
		if words := w(r.t); words != "" && !s.has("$last") {
			s.know("$last")
			at := r.emitNode(s, words, pos)
			end := r.finish(s, v, pos)
			r.g.nodes[at].next = end
			return at
		}
	}
	if r.def.then != nil && !s.has("$then") {
		s.know("$then")
		if name := r.def.then(r.t); name != "" {
			fn := r.t.function(name, iommuFile)
			if fn == nil {
				return r.fail(pos, "the function "+name)
			}
			s.frames = nil
			r.enter(s, fn, []value{symbol(ident("iommu"))}, "", false)
			return r.run(s)
		}
	}
	if s.has(mapFreed) && r.path != "put" { // there the device itself goes
		return r.fail(pos, "dev->dma_range_map to be cleared behind its kfree")
	}
	end := r.add(node{kind: nReturn, pos: pos, loop: s.loopName(), name: s.label()})
	isError := v.kind == vErrno || v.kind == vError || r.def.null && v.kind == vZero
	switch {
	case isError && s.failed != noError && v.kind != vErrno:
		return end
	case v.kind == vErrno || r.def.null && v.kind == vZero:
		n := r.add(node{kind: nStep, text: refusal(v), pos: pos, loop: s.loopName(), alt: end})
		r.g.nodes[n].next = end
		return n
	case s.failed != noError && !r.def.keep:
		n := r.add(node{kind: nStep, text: "ignore_error", loop: s.loopName(), alt: -1})
		r.g.nodes[n].next = end
		return n
	}
	return end
}

func (r *runner) emitNode(s *state, words, pos string) int {
	return r.add(node{kind: nStep, text: words, pos: pos, loop: s.loopName(), alt: -1})
}

func refusal(v value) string {
	if v.name == "EPROBE_DEFER" {
		return "refuse defer"
	}
	return "refuse error"
}
