package csource

import "strings"

// A NodeKind says what a Node is.
type NodeKind uint8

// The kinds of nodes, with what Text and Args hold.
const (
	BadNode     NodeKind = iota // what could not be read; Text is the source
	IdentNode                   // Text is the name
	NumberNode                  // Text as written
	StringNode                  // Text as written; several side by side are one
	CharNode                    // Text as written
	CallNode                    // Args[0] is what is called
	MemberNode                  // Text is the member, Args[0] what has it; Arrow tells -> from .
	IndexNode                   // Args[0][Args[1]]
	CondNode                    // Args[0] ? Args[1] : Args[2]; in a ?: b the first two are one
	UnaryNode                   // Text is the operator before Args[0]
	PostfixNode                 // Text is ++ or -- after Args[0]
	BinaryNode                  // Text is the operator, a comma too
	AssignNode                  // Text is the operator: Args[0] op Args[1]
	CastNode                    // Text is the type, Args[0] the operand
	SizeofNode                  // of Args[0], or of the type in Text if there is none
	OpaqueNode                  // a statement in parentheses, a compound literal, a type among arguments: Text
)

// A Node is an expression as a tree. Nodes are shared and never changed once made.
type Node struct {
	Kind  NodeKind
	Arrow bool
	Text  string
	Args  []*Node
}

// Is reports whether n is the plain name.
func (n *Node) Is(name string) bool { return n != nil && n.Kind == IdentNode && n.Text == name }

// Callee returns the name of the function that n calls directly, and "" if n is no such call.
func (n *Node) Callee() string {
	if n == nil || n.Kind != CallNode || n.Args[0].Kind != IdentNode {
		return ""
	}
	return n.Args[0].Text
}

// String writes the expression with as few spaces and parentheses as keep its meaning.
func (n *Node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *Node) write(b *strings.Builder) {
	switch n.Kind {
	case CallNode:
		n.Args[0].operand(b)
		b.WriteByte('(')
		for i, a := range n.Args[1:] {
			if i > 0 {
				b.WriteString(", ")
			}
			a.write(b)
		}
		b.WriteByte(')')
	case MemberNode:
		n.Args[0].operand(b)
		if n.Arrow {
			b.WriteString("->")
		} else {
			b.WriteByte('.')
		}
		b.WriteString(n.Text)
	case IndexNode:
		n.Args[0].operand(b)
		b.WriteByte('[')
		n.Args[1].write(b)
		b.WriteByte(']')
	case CondNode:
		n.Args[0].operand(b)
		b.WriteString(" ? ")
		n.Args[1].operand(b)
		b.WriteString(" : ")
		n.Args[2].operand(b)
	case UnaryNode:
		b.WriteString(n.Text)
		n.Args[0].operand(b)
	case PostfixNode:
		n.Args[0].operand(b)
		b.WriteString(n.Text)
	case BinaryNode, AssignNode:
		n.Args[0].operand(b)
		b.WriteString(" " + n.Text + " ")
		n.Args[1].operand(b)
	case CastNode:
		b.WriteString("(" + n.Text + ")")
		n.Args[0].operand(b)
	case SizeofNode:
		b.WriteString("sizeof(")
		if len(n.Args) > 0 {
			n.Args[0].write(b)
		} else {
			b.WriteString(n.Text)
		}
		b.WriteByte(')')
	default:
		b.WriteString(n.Text)
	}
}

// operand writes n in parentheses if it is an operation of several operands.
func (n *Node) operand(b *strings.Builder) {
	switch n.Kind {
	case CondNode, BinaryNode, AssignNode:
		b.WriteByte('(')
		n.write(b)
		b.WriteByte(')')
	default:
		n.write(b)
	}
}

// Visit calls f for n and all nodes in it, parents first, as long as f returns true.
func (n *Node) Visit(f func(*Node) bool) {
	if n == nil || !f(n) {
		return
	}
	for _, a := range n.Args {
		a.Visit(f)
	}
}
