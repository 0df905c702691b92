package driver

import (
	"strings"

	"dmafuzz/internal/csource"
)

// contradicts tells whether a call cannot run when its function is called as given: a condition around it
// asks for a parameter that the caller gives as a constant, and the other one.
func (j *judge) contradicts(c *call, calls []*call) bool {
	if len(calls) == 0 {
		return false
	}
	for _, text := range c.under {
		if j.decide(csource.ParseExpr(text), c.fn, calls) == no {
			return true
		}
	}
	return false
}

// opposed tells whether two calls of a chain ask for the opposite of each other, in the same words.
func opposed(chain []*call) bool {
	asked := map[string]bool{}
	for _, c := range chain {
		for _, text := range c.under {
			asked[plain(text)] = true
		}
	}
	for text := range asked {
		if asked[plain("!("+text+")")] {
			return true
		}
	}
	return false
}

// plain writes a condition without double negation and needless parentheses.
func plain(text string) string {
	n, not := csource.ParseExpr(text), false
	for n.Kind == csource.UnaryNode && n.Text == "!" {
		n, not = n.Args[0], !not
	}
	if not {
		return "!(" + n.String() + ")"
	}
	return n.String()
}

type answer uint8

const (
	either answer = iota
	yes
	no
)

func (a answer) not() answer { return [...]answer{either, no, yes}[a] }

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// decide evaluates a condition over the parameters of f.
func (j *judge) decide(n *csource.Node, f *function, calls []*call) answer {
	switch n.Kind {
	case csource.UnaryNode:
		if n.Text == "!" {
			return j.decide(n.Args[0], f, calls).not()
		}
	case csource.BinaryNode:
		switch n.Text {
		case "&&":
			a, b := j.decide(n.Args[0], f, calls), j.decide(n.Args[1], f, calls)
			if a == no || b == no {
				return no
			}
			if a == yes && b == yes {
				return yes
			}
		case "||":
			return j.decide(&csource.Node{Kind: csource.BinaryNode, Text: "&&", Args: []*csource.Node{negate(n.Args[0]), negate(n.Args[1])}}, f, calls).not()
		case "==", "!=":
			a, okA := j.constantOf(n.Args[0], f, calls)
			b, okB := j.constantOf(n.Args[1], f, calls)
			if okA && okB {
				return truth((a == b) == (n.Text == "=="))
			}
		}
	case csource.IdentNode:
		if v, ok := j.constantOf(n, f, calls); ok {
			return truth(v != "0" && v != "false" && v != "NULL")
		}
	case csource.CallNode:
		if name := n.Callee(); (name == "likely" || name == "unlikely") && len(n.Args) == 2 {
			return j.decide(n.Args[1], f, calls)
		}
	}
	return either
}

func negate(n *csource.Node) *csource.Node {
	return &csource.Node{Kind: csource.UnaryNode, Text: "!", Args: []*csource.Node{n}}
}

// constantOf is the one constant that a parameter is given, or that a name stands for.
func (j *judge) constantOf(n *csource.Node, f *function, calls []*call) (string, bool) {
	switch n.Kind {
	case csource.NumberNode:
		if v := constant(n.Text); v[0].kind == vNum {
			return v[0].key, true
		}
	case csource.IdentNode:
		for i, p := range f.params {
			if p.Name != n.Text {
				continue
			}
			a := j.u.alts(set{f.param(i)}, f, calls)
			if !a.complete || len(a.values) != 1 {
				return "", false
			}
			key := a.values[0].String()
			if strings.ContainsAny(key, " (+*.:") {
				return "", false
			}
			return normal(key), true
		}
		if strings.ToUpper(n.Text) == n.Text || n.Text == "true" || n.Text == "false" {
			w := newWalker(f)
			if v := w.global(n.Text); len(v) == 1 && (v[0].kind == vNum || v[0].kind == vName) {
				return normal(v[0].key), true
			}
		}
	}
	return "", false
}

// normal writes true and false as C has them.
func normal(key string) string {
	switch key {
	case "true":
		return "1"
	case "false", "NULL":
		return "0"
	}
	return key
}
