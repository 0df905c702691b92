package csource

import (
	"strings"
	"testing"
)

func TestDeclarations(t *testing.T) {
	for _, test := range []struct{ reason, src, want string }{
		{"macro calls, and what looks like them", "MODULE_LICENSE(\"GPL\");\nstatic DEFINE_MUTEX(m);\nA(1)\nB(2, (3, 4))\nint proto(int);\ntypeof(x) y;\nextern int a(void), b;",
			"macro MODULE_LICENSE(\"GPL\")\nmacro DEFINE_MUTEX(m)\nmacro A(1)\nmacro B(2; (3, 4))"},
		{"a macro without ; before a function", "DEFINE_PROP(a, b)\nstatic struct node *parse(int x)\n{ }", "macro DEFINE_PROP(a; b)\nfunc parse(int x)"},
		{"annotations around the name", "static __printf(1, 2) int __init __must_check f(int a) __releases(x) __attribute__((cold)) { }", "func f(int a)"},
		{"a struct as result is no struct", "struct s f(void) { }\nstruct __packed s { int (*g)(void); } v;\nenum e : u8 { A, B };\nunion u *h(int x[3]) { }",
			"func f(void)\nfunc h(int x[3])"},
		{"a function that returns one", "static int (*get(struct s *p, int (*cb)(int)))(void) { }", "func get(struct s *p; int (*cb)(int))"},
		{"a head made by a macro", "SYSCALL_DEFINE2(dup2, int, a) { }", "func SYSCALL_DEFINE2(dup2; int; a)"},
		{"extern C", "extern \"C\" {\nint f(void) { }\n", "func f(void)\ndiagnostic t.c:1:12: expected a closing bracket for {, found none"},
		{"initialisers", "static struct a x __refdata = { .b = f(1, 2), .c.d = { 3 }, };\nconst struct of_id *t[] = { { .s = \"a\" }, [2] = &g, {} };\nu8 k = 5, l[2] = { 1, 2 };",
			"init x: struct a\n  b = f(1, 2)\n  c.d = { 3 }\n     = 3\ninit t: struct of_id\n   = { .s = \"a\" }\n    s = \"a\"\n  [2] = &g\n   = {}\ninit l: u8\n   = 1\n   = 2"},
		{"macros", "#define A\n# define B(x)  (x \\\n\t+ 1) // no\n#define C (x)\n#define D() \"/*\" /* y */\n#define E #x\n#define 3",
			"define A[] \ndefine B[x] (x + 1)\ndefine C[] (x)\ndefine D[] \"/*\"\ndefine E[] #x\ndiagnostic t.c:7:1: expected a name after #define"},
		{"a body that cannot be read is skipped", "int f(void)\n{\n\tif x\n\t\treturn 1;\n}\nint g(void) { }", "func g(void)\ndiagnostic t.c:3:5: expected (, found x"},
		{"a missing brace costs one function", "int f(void)\n{\n\tif (x) {\n\t\ta();\n}\n\nint g(void)\n{\n\tb();\n}\nint h(void) { }",
			"func g(void)\n  9: expr b() | b()\nfunc h(void)\ndiagnostic t.c:3:9: expected a closing bracket for {, found none"},
		{"so does one too many", "int f(void)\n{\n\ta();\n\t}\n\tb();\n}\nint g(void)\n{\n}", "func g(void)\ndiagnostic t.c:4:2: expected an opening bracket before }, found none"},
		{"and a missing )", "int f(void)\n{\n\ta(b(1);\n}\nint g(void)\n{\n}", "func g(void)\ndiagnostic t.c:3:3: expected a closing bracket for (, found none"},
		{"and a missing quote", "int f(void)\n{\n\ta(\"b);\n}\nint g(void)\n{\n}", "func g(void)\ndiagnostic t.c:3:3: expected a closing bracket for (, found none"},
		{"and a NUL", "int f(void) { a\x00; }\nint g(void) { }", "func g(void)\ndiagnostic t.c:1:16: expected C, found a stray byte"},
		{"a comment without end", "int f(void) { }\n/* int g(void) { }", "func f(void)\ndiagnostic t.c:2:1: expected */, found end of file"},
		{"stray brackets", "}\nint f(void) { }\n)", "func f(void)\ndiagnostic t.c:1:1: expected a declaration, found }\ndiagnostic t.c:3:1: expected a declaration, found )"},
		{"else without if", "int f(void) { else a(); }", "diagnostic t.c:1:15: expected if before else, found else"},
		{"do without while", "int f(void) { do a(); }", "diagnostic t.c:1:23: expected while after do, found }"},
		{"a missing semicolon", "int f(void) { return 1 }\nint g(void) { a = b return c; }", "diagnostic t.c:1:24: expected ;, found }\ndiagnostic t.c:2:21: expected ;, found return"},
		{"the end in a declaration", "int x", "diagnostic t.c:1:6: expected ; at the end of a declaration"},
		{"a block that is no function", "x y { }", "diagnostic t.c:1:5: expected a function before {"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			file, err := Parse("t.c", []byte(test.src), nil)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.TrimSuffix(dump(file), "\n"), test.want)
		})
	}
}

func TestFunctionFields(t *testing.T) {
	src := "\nstatic inline void __weak\n\tarch_it(struct device *dev)\n{\n}\nvoid arch_it(void) { x: goto y; goto *p; goto x; }"
	file, err := Parse("a/b.c", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	both := file.Function("arch_it")
	if len(both) != 2 {
		t.Fatalf("%d functions, want 2", len(both))
	}
	fn := both[0]
	if fn.Pos.String() != "a/b.c:3:2" || fn.End.String() != "a/b.c:5:1" || fn.Spec != "static inline void __weak" ||
		!fn.Static || !fn.Inline || !fn.Weak {
		t.Errorf("%+v", fn)
	}
	if other := both[1]; other.Static || other.Inline || other.Weak || other.Spec != "void" {
		t.Errorf("%+v", other)
	}
	if lost := both[1].Unresolved(); len(lost) != 1 || lost[0].Label != "y" || lost[0].Pos.String() != "a/b.c:6:25" {
		t.Errorf("unresolved: %+v", lost)
	}
}

func TestCallNames(t *testing.T) {
	for name, want := range map[string]struct {
		member string
		direct bool
	}{
		"device_add": {"device_add", true}, "dev->bus->dma_configure": {"dma_configure", false},
		"(*release)": {"release", false}, "ops.run": {"run", false}, "": {"", true},
	} {
		c := Call{Name: name}
		if c.Member() != want.member || c.Direct() != want.direct {
			t.Errorf("%q: member %q, direct %v", name, c.Member(), c.Direct())
		}
	}
}

func TestLookups(t *testing.T) {
	src := "static const struct ops a[] = { [0] = 1, }, b = { .x = 1,\n.y = { .z = f }, .x = 2 };"
	file, err := Parse("t.c", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := file.Init("a"), file.Init("b")
	if len(a) != 1 || len(b) != 1 || len(file.Init("c")) != 0 || !a[0].Array || b[0].Array || b[0].Type != "struct ops" {
		t.Fatalf("%+v %+v", a, b)
	}
	if x := b[0].Field("x"); x == nil || x.Value != "2" {
		t.Errorf("the last .x counts, found %+v", x)
	}
	if y := b[0].Field("y"); y.Pos.String() != "t.c:2:1" || y.Fields[0].Name != "z" || b[0].Field("z") != nil {
		t.Errorf("%+v", y)
	}
	if b[0].Pos.String() != "t.c:1:45" {
		t.Errorf("b is at %v", b[0].Pos)
	}
	k, err := ParseKconfig("K", []byte("config A\nconfig B\nconfig A\n"))
	if err != nil || len(k.Symbol("A")) != 2 || k.Symbol("A")[1].Line != 3 {
		t.Error(err, k)
	}
}

func TestCallsInOrder(t *testing.T) {
	src := "int f(void) { if (a()) b(); else c(); for (d(); e(); f()) g(); do h(); while (i());\n#if X\nj();\n#else\nk();\n#endif\nreturn l(); }"
	file, err := Parse("t.c", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	order := ""
	for _, c := range Calls(file.Functions[0].Body) {
		order += c.Name
	}
	if order != "abcdegfhijkl" {
		t.Errorf("calls in the order %s", order)
	}
}
