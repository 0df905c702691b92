package csource

import (
	"strings"
	"testing"
)

// A tree written out has the grouping that C gives the text.
func TestParseExpr(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a + b * c - d", "(a + (b * c)) - d"},
		{"&priv->ring[i].dma", "&priv->ring[i].dma"},
		{"(struct foo *)x->y", "(struct foo *)x->y"},
		{"(u32)-1", "(u32)-1"},
		{"(size) - 1", "size - 1"},
		{"sizeof(struct a) * n", "sizeof(struct a) * n"},
		{"sizeof(*p)", "sizeof(*p)"},
		{"sizeof *p + 1", "sizeof(*p) + 1"},
		{"sizeof(u32[4])", "sizeof(u32[4])"},
		{"a ? b : c ? d : e", "a ? b : (c ? d : e)"},
		{"a = b = f(x, y)", "a = (b = f(x, y))"},
		{"(*ops->free)(dev)", "*ops->free(dev)"},
		{"container_of(p, struct foo, member)", "container_of(p, struct foo, member)"},
		{"kzalloc(sizeof *x, GFP_KERNEL)", "kzalloc(sizeof(*x), GFP_KERNEL)"},
		{`f("a" "b", 'c')`, `f("a" "b", 'c')`},
		{"x++ + --y", "x++ + --y"},
		{"(struct a){ .b = 1 }", "(struct a){ .b = 1 }"},
	} {
		if got := ParseExpr(c.text).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
	for _, text := range []string{"a +", "(", "a b", "", strings.Repeat("(", 1000), strings.Repeat("-", 1000) + "x"} {
		if n := ParseExpr(text); n.Kind != BadNode {
			t.Errorf("%.20s: got %s, want a bad node", text, n)
		}
	}
}

func TestParseDecl(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"struct foo *a = x, b[10][N], **c", "a:struct foo * b:struct foo[10][N] c:struct foo **"},
		{"static const unsigned long x", "x:unsigned long"},
		{"dma_addr_t dma", "dma:dma_addr_t"},
		{"int (*f)(struct a *b, int c)", "f:int"},
		{"void __iomem *regs", "regs:void *"},
		{"u32 a : 3", "a:u32"},
		{"struct device *dev __free(put_device) = f(a, b)", "dev:struct device *"},
		{"typeof(*p) *q", "q:typeof(*p) *"},
		{"unsigned", ""},
		{"EXPORT_SYMBOL(x)", ""},
		{"u8 buf[ETH_LEN] __aligned(4)", "buf:u8[ETH_LEN]"},
		{"struct page *p", "p:struct page *"},
	} {
		var got []string
		for _, d := range ParseDecl(c.text) {
			got = append(got, d.Name+":"+d.Type.String())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.text, s, c.want)
		}
	}
}

func TestStructs(t *testing.T) {
	file, err := Parse("t.c", []byte(`
#include <linux/dma-mapping.h>
#include "t.h"
struct ring { dma_addr_t dma; struct { int a; union { u8 b; u16 c; }; } in; struct ring *next, *prev; };
typedef struct __packed { u32 len; DEFINE_DMA_UNMAP_ADDR(addr); } packet_t;
enum { A, B = 5, C };
static struct ring rings[4], *head;
struct grouped { struct_group(g, int x; int y;); u64 z; };
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range file.Structs {
		got += s.Name + "{"
		for _, m := range s.Members {
			got += m.Name + ":" + m.Type.String() + ";"
		}
		got += "}\n"
	}
	for _, e := range file.Enums {
		got += e.Name + "=" + e.Value + "+" + string(rune('0'+e.Offset)) + "\n"
	}
	for _, d := range file.Typedefs {
		got += "typedef " + d.Name + " " + d.Type.String() + "\n"
	}
	for _, v := range file.Vars {
		got += v.Name + ":" + v.Type.String() + "\n"
	}
	want := `union $t_c_4_47{b:u8;c:u16;}
struct $t_c_4_31{a:int;:union $t_c_4_47;}
struct ring{dma:dma_addr_t;in:struct $t_c_4_31;next:struct ring *;prev:struct ring *;}
struct $t_c_5_9{len:u32;addr:dma_addr_t;}
struct grouped{x:int;y:int;z:u64;}
A=+0
B=5+0
C=5+1
typedef packet_t struct $t_c_5_9
rings:struct ring[4]
head:struct ring *
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Whatever the text, it is read without a panic.
func FuzzParseExpr(f *testing.F) {
	for _, seed := range []string{"a + b * (c - d)", "(struct a *)p->q[i]", "sizeof(u32[4]) ? x : y", "f(a, (u8)b)++", "&*p, x = y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := ParseExpr(text)
		n.Visit(func(n *Node) bool { return true })
		_ = n.String()
		ParseDecl(text)
		_, _ = ParseType(text)
	})
}
