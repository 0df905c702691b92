package csource

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// Only commit a rewritten golden if you understand each line that changed.
var rewrite = flag.Bool("rewrite", false, "write goldens instead of comparing with them")

func TestGolden(t *testing.T) {
	src, err := os.ReadFile("testdata/probe.c")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse("probe.c", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := dump(file)
	if *rewrite {
		if err := os.WriteFile("testdata/probe.golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/probe.golden")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, string(want))
}

// compare reports the first line where two texts differ.
func compare(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			t.Errorf("line %d: missing %q", i+1, w[i])
		case i >= len(w):
			t.Errorf("line %d: did not expect %q", i+1, g[i])
		case g[i] != w[i]:
			t.Errorf("line %d:\n got %q\nwant %q", i+1, g[i], w[i])
		default:
			continue
		}
		return
	}
}

// CRLF, comments and spliced lines are white space: the golden stands for all of them.
func TestGoldenWithOtherWhiteSpace(t *testing.T) {
	src, err := os.ReadFile("testdata/probe.c")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/probe.golden")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"CRLF":     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"BOM":      func(s string) string { return "\xef\xbb\xbf" + s },
		"comments": func(s string) string { return strings.ReplaceAll(s, ") {\n", ") /* \" ( */ { // {'\n") },
	} {
		file, err := Parse("probe.c", []byte(change(string(src))), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { compare(t, dump(file), string(want)) })
	}
}

// A body is one function's, which starts in line 2.
func TestStatements(t *testing.T) {
	for _, test := range []struct{ reason, body, want string }{
		{"arguments come before their call", "a(b(c()), d());", "2: expr a(b(c()), d()) | c() | b(c()) | d() | a(b(c()); d())"},
		{"the left of && always runs", "if (a() && b()) c();", "2: if a() && b() | a() | ?b()\n  2: expr c() | c()"},
		{"a comma ends a condition", "a() || b(), c();", "2: expr a() || b(), c() | a() | ?b() | c()"},
		{"both branches of ?:", "x = a() ? b() : c();", "2: expr x = a() ? b() : c() | a() | ?b() | ?c() | [x] = a() ? b() : c()"},
		{"a condition reaches into parentheses", "x && (y = f(g()));", "2: expr x && (y = f(g())) | ?g() | ?f(g()) | ?[y] = f(g())"},
		{"an assignment in a condition", "while ((e = next(e))) ;", "2: while (; (e = next(e)); ) | next(e) | [e] = next(e)"},
		{"a chain of assignments", "a->b = c = NULL;", "2: expr a->b = c = NULL | [a->b] = c = NULL | [c] = NULL"},
		{"two assignments", "a = 1, b |= f(2, 3);", "2: expr a = 1, b |= f(2, 3) | f(2; 3) | [a] = 1 | [b] |= f(2, 3)"},
		{"steps are assignments", "d->n++; --m;", "2: expr d->n++ | [d->n] ++\n2: expr --m | [m] --"},
		{"a comparison is none", "a == b; c <= d;", "2: expr a == b\n2: expr c <= d"},
		{"calls through pointers", "d->bus->cfg(d); (*fn)(x); ops[i].go(y); (p->q)(z);",
			"2: expr d->bus->cfg(d) | d->bus->cfg(d)\n2: expr (*fn)(x) | (*fn)(x)\n2: expr ops[i].go(y) | ops[i].go(y)\n2: expr (p->q)(z) | (p->q)(z)"},
		{"a call of what a call returned", "get(d)->run(x);", "2: expr get(d)->run(x) | get(d) | get(d)->run(x)"},
		{"casts are no calls", "x = (u8)(f(y)); z = (void (*)(int))g;",
			"2: expr x = (u8)(f(y)) | f(y) | [x] = (u8)(f(y))\n2: expr z = (void (*)(int))g | [z] = (void (*)(int))g"},
		{"nothing runs in sizeof", "n = sizeof(f(x)) + offsetof(struct s, m) + g();", "2: expr n = sizeof(f(x)) + offsetof(struct s, m) + g() | g() | [n] = sizeof(f(x)) + offsetof(struct s, m) + g()"},
		{"a statement as expression", "x = ({ if (a()) b(); c(); });", "2: expr x = ({ if (a()) b(); c(); }) | ?a() | ?b() | ?c() | [x] = ({ if (a()) b(); c(); })"},
		{"a compound literal", "*d = (struct s){ .f = g(1), };", "2: expr *d = (struct s){ .f = g(1), } | g(1) | [*d] = (struct s){ .f = g(1), }"},
		{"declarators", "struct s *p = f(), *q, r[N(3)] = { g() };", "2: decl struct s *p = f(), *q, r[N(3)] = { g() } | f() | N(3) | g() | [p] = f() | [r] = { g() }"},
		{"an attribute is no call", "u8 b[4] __aligned(8) = { 0 };", "2: decl u8 b[4] __aligned(8) = { 0 } | [b] = { 0 }"},
		{"a pointer to a function", "int (*fn)(int) = get(x); u32 (*g)(void) = h;", "2: decl int (*fn)(int) = get(x) | get(x) | [fn] = get(x)\n2: decl u32 (*g)(void) = h | [g] = h"},
		{"a declaration with typeof", "typeof(f(x)) y = g();", "2: decl typeof(f(x)) y = g() | g() | [y] = g()"},
		{"else binds to the nearest if", "if (a) if (b) c(); else d();", "2: if a\n  2: if b\n    2: expr c() | c()\n  else\n    2: expr d() | d()"},
		{"loops", "for (;;) break; do x(); while (y()); while (z) { continue; }",
			"2: for (; ; )\n  2: break\n2: do (; y(); ) | y()\n  2: expr x() | x()\n2: while (; z; )\n  2: continue"},
		{"for with all three", "for (i = a(); i < b(); i += c()) d();", "2: for (i = a(); i < b(); i += c()) | a() | [i] = a() | b() | c() | [i] += c()\n  2: expr d() | d()"},
		{"a loop by macro", "list_for_each(p, head(x)) f(p); my_iter(q) { g(); }",
			"2: macrolist_for_each (; p, head(x); ) | head(x)\n  2: expr f(p) | f(p)\n2: macromy_iter (; q; )\n  2: expr g() | g()"},
		{"a call that only sounds like a loop", "bus_for_each_dev(b, fn); r = x_for_each(y);", "2: expr bus_for_each_dev(b, fn) | bus_for_each_dev(b; fn)\n2: expr r = x_for_each(y) | x_for_each(y) | [r] = x_for_each(y)"},
		{"switch", "switch (f(x)) { case A ? 1 : 2: case 'x' ... 'z': g(); default: ; }",
			"2: switch f(x) | f(x)\n  2: case A ? 1 : 2\n  2: case 'x' ... 'z'\n  2: expr g() | g()\n  2: default"},
		{"labels and gotos", "again: if (x) goto again; goto *tab[i]; out: ;", "2: label again\n2: if x\n  2: goto again\n2: goto *tab[i]\n2: label out"},
		{"a label before the one statement of an if", "if (x) out: f(); g();", "2: if x\n  2: label out\n  2: expr f() | f()\n2: expr g() | g()"},
		{"a block of its own", "{ int i; f(i); } return;", "2: block\n  2: decl int i\n  2: expr f(i) | f(i)\n2: return "},
		{"guards", "guard(mutex)(&l->m); guard(x)(); CLASS(fd, f)(get(n)); scoped_guard(dev, p->d) f(); scoped_cond_guard(m, return -E, &x) { g(); }",
			`2: guard class mutex var "" args ["&l->m"]` + "\n" + `2: guard class x var "" args []` + "\n" +
				`2: CLASS class fd var "f" args ["get(n)"] | get(n)` + "\n" + `2: scoped_guard class dev var "" args ["p->d"]` + "\n  2: expr f() | f()\n" +
				`2: scoped_cond_guard class m var "" args ["return -E" "&x"]` + "\n  2: expr g() | g()"},
		{"__free", "struct x *p __free(kfree) = get(1), *q __free(put_x) = NULL;",
			"2: decl struct x *p __free(kfree) = get(1), *q __free(put_x) = NULL {free kfree p} {free put_x q} | get(1) | [p] = get(1) | [q] = NULL"},
		{"macros that need no semicolon", "TRACE(1) if (x) f(); LAST(2)", "2: expr TRACE(1) | TRACE(1)\n2: if x\n  2: expr f() | f()\n2: expr LAST(2) | LAST(2)"},
		{"asm", `asm volatile goto("1: nop" : "=r" (x) : "r" (f(y)) :: out); out: ;`,
			`2: expr asm volatile goto("1: nop" : "=r" (x) : "r" (f(y)) :: out) | f(y)` + "\n2: label out"},
		{"text has one space", "f(a,\n\t\t/* b */ b\\\n,c) ;", "2: expr f(a, b ,c) | f(a; b; c)"},
		{"a string keeps all it has", `f("a  /* b */", ';', "\")");`, `2: expr f("a  /* b */", ';', "\")") | f("a  /* b */"; ';'; "\")")`},
	} {
		t.Run(test.reason, func(t *testing.T) {
			file, err := Parse("t.c", []byte("int f(void) {\n"+test.body+"\n}"), nil)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.TrimSuffix(dump(file), "\n")
			want := "func f(void)\n  " + strings.ReplaceAll(test.want, "\n", "\n  ")
			compare(t, got, want)
		})
	}
}
