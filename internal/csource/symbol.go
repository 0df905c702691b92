package csource

import "strings"

// symbol is a name in a Kconfig expression.
func (e *evaluator) symbol(name string) number {
	switch name {
	case "y":
		return number{2, true}
	case "m":
		return number{1, true}
	case "n":
		return number{0, true}
	}
	switch e.config.ask("CONFIG_" + name) {
	case Yes:
		return number{2, true}
	case Module:
		return number{1, true}
	case No:
		return number{0, true}
	}
	return number{}
}

// macroValue is what a CONFIG symbol expands to. With =m only its _MODULE twin is defined.
func macroValue(v Value) number {
	if v == Unknown {
		return number{}
	}
	return truth(v == Yes)
}

// defined reads what follows the word defined.
func (e *evaluator) defined() number {
	paren := e.accept("(")
	t := e.peek()
	if t.kind != kIdent {
		e.bad = true
		return number{}
	}
	e.i++
	if paren {
		e.expect(")")
	}
	return e.isDefined(e.text(t))
}

func (e *evaluator) isDefined(name string) number {
	v := e.config.ask(name)
	if base, ok := strings.CutSuffix(name, "_MODULE"); ok && v == Unknown {
		if v = e.config.ask(base); v != Unknown {
			return truth(v == Module)
		}
	}
	return macroValue(v)
}

// call is a macro call: one of those that ask for a symbol, or unknown.
func (e *evaluator) call(name string) number {
	first := e.i + 1
	e.skip()
	if t := e.l.tokens[first]; t.kind == kIdent && e.i == first+2 {
		v := e.config.ask(e.text(t))
		switch name {
		case "IS_ENABLED":
			return number{truth(v == Yes || v == Module).n, v != Unknown}
		case "IS_BUILTIN", "__is_defined":
			return number{truth(v == Yes).n, v != Unknown}
		case "IS_MODULE":
			return number{truth(v == Module).n, v != Unknown}
		case "IS_REACHABLE": // with =m, only from a module
			return number{truth(v == Yes).n, v == Yes || v == No}
		}
	}
	return number{}
}
