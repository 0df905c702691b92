package csource

import (
	"strings"
	"testing"
)

func TestConditionals(t *testing.T) {
	config := Settings(map[string]string{"CONFIG_Y": "y", "CONFIG_M": "m", "CONFIG_N": "n"}, Unknown)
	for _, test := range []struct{ reason, src, want string }{
		{"a decided one leaves no trace", "#ifdef CONFIG_Y\nint f(void) { a(); }\n#else\nint f(void) { b(); }\n#endif",
			"func f(void)\n  2: expr a() | a()"},
		{"a module is not defined, but enabled", "#ifdef CONFIG_M\nint f(void) { }\n#elif IS_ENABLED(CONFIG_M)\nint g(void) { }\n#endif", "func g(void)"},
		{"its _MODULE is", "#ifdef CONFIG_M_MODULE\nint f(void) { }\n#endif", "func f(void)"},
		{"#if 0", "#if 0\ndon't /* even\n try */ {{{\n#endif\nint f(void) { }", "func f(void)"},
		{"an open one keeps both functions", "#if CONFIG_A > 2\nint f(void) { }\n#elif defined(CONFIG_B) || X\nint f(void) { }\n#else\nint f(void) { }\n#endif\nint g(void) { }",
			"func f(void) when CONFIG_A > 2\nfunc f(void) when !(CONFIG_A > 2) && (defined(CONFIG_B) || X)\nfunc f(void) when !(CONFIG_A > 2) && !(defined(CONFIG_B) || X)\nfunc g(void)"},
		{"guards nest", "#ifdef A\n#ifndef B\nint f(void) { }\n#endif\n#endif", "func f(void) when defined(A) && !defined(B)"},
		{"decided branches of an open one", "#ifdef A\nint f(void) { }\n#elif defined(CONFIG_N)\nint g(void) { }\n#elif defined(CONFIG_Y)\nint h(void) { }\n#else\nint i(void) { }\n#endif",
			"func f(void) when defined(A)\nfunc h(void) when !defined(A)"},
		{"statements", "int f(void) {\n#ifdef A\na();\n#elif B\nb();\n#else\nc();\n#endif\nd();\n}",
			"func f(void)\n  2: #if defined(A)\n    3: expr a() | a()\n  else\n    4: #if B\n      5: expr b() | b()\n    else\n      7: expr c() | c()\n  9: expr d() | d()"},
		{"cases", "int f(void) {\nswitch (x) {\n#ifdef A\ncase 1:\na();\n#endif\ndefault: }\n}",
			"func f(void)\n  2: switch x\n    3: #if defined(A)\n      4: case 1\n      5: expr a() | a()\n    7: default"},
		{"half an if", "int f(void) {\n#ifdef A\nif (x)\na();\nelse\n#endif\nb();\n}",
			"func f(void) when defined(A)\n  3: if x\n    4: expr a() | a()\n  else\n    7: expr b() | b()\nfunc f(void) when !defined(A)\n  7: expr b() | b()"},
		{"a brace opened twice", "int f(void) {\n#ifdef A\nif (x) {\n#else\nif (y) {\n#endif\na();\n}\n}\nint g(void) { }",
			"func f(void) when defined(A)\n  3: if x\n    7: expr a() | a()\nfunc f(void) when !defined(A)\n  5: if y\n    7: expr a() | a()\nfunc g(void)"},
		{"half an expression", "int f(void) {\nx = a()\n#if B\n+ b()\n#endif\n;\n}",
			"func f(void) when B\n  2: expr x = a() + b() | a() | b() | [x] = a() + b()\nfunc f(void) when !B\n  2: expr x = a() | a() | [x] = a()"},
		{"half a signature", "#ifdef A\nstatic\n#endif\nint f(\n#ifdef B\nint x\n#else\nvoid\n#endif\n)\n{ }",
			"func f(int x) when defined(A) && defined(B)\nfunc f(void) when !defined(A) && !defined(B)"},
		{"two halves of one symbol go together", "int f(void) {\nif (0\n#ifdef A\n|| a()\n#endif\n) ;\nif (0\n#ifndef A\n|| b()\n#endif\n) ;\n}",
			"func f(void) when defined(A)\n  2: if 0 || a() | ?a()\n  7: if 0\nfunc f(void) when !defined(A)\n  2: if 0\n  7: if 0 || b() | ?b()"},
		{"list elements", "struct s v = {\n.a = 1,\n#ifdef A\n.b = 2\n#endif\n};\nint f(void) { }",
			"init v: struct s\n  a = 1\n  b = 2 when defined(A)\nfunc f(void)"},
		{"half a list element", "struct s v = { .a = 1,\n#ifdef A\n.b = 2 +\n#endif\n3 };",
			"init v: struct s when defined(A)\n  a = 1\n  b = 2 + 3 when defined(A)\ninit v: struct s when !defined(A)\n  a = 1\n   = 3"},
		{"an open one inside half a declaration", "#ifdef A\nint g(int x)\n#else\n#ifdef B\nint h(void) { }\n#endif\nint g(void)\n#endif\n{ }",
			"func g(int x) when defined(A)\nfunc h(void) when !defined(A) && defined(B)\nfunc g(void) when !defined(A)"},
		{"calls in a list are conditional", "int f(void) {\nint v[] = {\na(),\n#ifdef A\nb(),\n#endif\nc(), };\n}",
			"func f(void)\n  2: decl int v[] = { a(), b(), c(), } | a() | ?b() | c() | [v] = { a(), b(), c(), }"},
		{"an include guard is no condition", "#ifndef _X_H\n#define _X_H\nint f(void) { }\n#endif", "define _X_H[] \nfunc f(void)"},
		{"the file's own macros count", "#define A 1\n#undef B\n#ifdef A\nint f(void) { }\n#endif\n#ifdef B\nint g(void) { }\n#endif", "define A[] 1\nfunc f(void)"},
		{"but not those defined only perhaps", "#ifdef X\n#define A\n#endif\n#ifdef A\nint f(void) { }\n#endif", "define A[]  when defined(X)\nfunc f(void) when defined(A)"},
		{"macro calls and macros", "#ifdef A\nEXPORT_SYMBOL(f)\n#define B(x, ...) \\\n do { g(x); } while (0)\n#endif",
			"define B[x ...] do { g(x); } while (0) when defined(A)\nmacro EXPORT_SYMBOL(f) when defined(A)"},
		{"without an #endif", "#ifdef A\nint f(void) { }", "func f(void) when defined(A)\ndiagnostic t.c:1:1: expected #endif, found end of file"},
		{"an #endif alone", "#endif\nint f(void) { }\n  #else", "func f(void)\ndiagnostic t.c:1:1: expected #if before, found #endif\ndiagnostic t.c:3:3: expected #if before, found #else"},
	} {
		t.Run(test.reason, func(t *testing.T) {
			file, err := Parse("t.c", []byte(test.src), config)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.TrimSuffix(dump(file), "\n"), test.want)
		})
	}
}

func TestTooManyBranches(t *testing.T) {
	src := "int f(void) { x = 0\n#if A0\n"
	for i := range MaxVariants + 1 {
		src += "#elif A" + string(rune('a'+i)) + "\n+ 1\n"
	}
	file, err := Parse("t.c", []byte(src+"#endif\n; }"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Functions) != MaxVariants || len(file.Diagnostics) != 1 || file.Diagnostics[0].Unwrap() != ErrTooMany {
		t.Errorf("%d functions, diagnostics %v", len(file.Functions), file.Diagnostics)
	}
}

func TestGuardValue(t *testing.T) {
	src := "#ifdef CONFIG_A\n#else\nint f(void) { }\n#endif"
	file, err := Parse("t.c", []byte(src), nil)
	if err != nil {
		t.Fatal(err)
	}
	guard := file.Functions[0].Guard
	for value, want := range map[Value]Value{Unknown: Unknown, No: Yes, Yes: No, Module: Yes} {
		if got := guard.Value(func(string) Value { return value }); got != want {
			t.Errorf("with CONFIG_A=%v the guard %v is %v, want %v", value, guard, got, want)
		}
	}
}

func TestEval(t *testing.T) {
	config := Settings(map[string]string{"CONFIG_Y": "y", "CONFIG_M": "m", "CONFIG_N": "n"}, Unknown)
	for expr, want := range map[string]Value{
		"IS_ENABLED(CONFIG_Y)": Yes, "IS_ENABLED(CONFIG_M)": Yes, "IS_ENABLED(CONFIG_N)": No, "IS_ENABLED(CONFIG_U)": Unknown,
		"IS_BUILTIN(CONFIG_M)": No, "IS_MODULE(CONFIG_M)": Yes, "IS_REACHABLE(CONFIG_M)": Unknown,
		"IS_ENABLED(CONFIG_N) && f(x, (y))": No, "f(x) && IS_ENABLED(CONFIG_N)": No, "IS_ENABLED(CONFIG_Y) && f()": Unknown,
		"!IS_ENABLED(CONFIG_N) || x": Yes, "dev->x": Unknown, "ret": Unknown, "": Unknown, "1 +": Unknown, "(((": Unknown,
		"*p && IS_ENABLED(CONFIG_N)": No, "a->b.c[f(1)](2)++ || IS_ENABLED(CONFIG_Y)": Yes, "a-> || 1": Unknown,
		"(e = f(x)) && IS_ENABLED(CONFIG_N)": No, "c == 'x' && 0": No, "f(": Unknown, "a[1": Unknown,
		"defined CONFIG_Y && !defined(CONFIG_M)": Yes, "defined(CONFIG_M_MODULE)": Yes, "CONFIG_Y": Yes, "CONFIG_M": No,
		"1 + 2 * 3 == 7": Yes, "0x10 > 15U": Yes, "1 ? 0 : x": No, "u ? 1 : 1": Yes, "-1 < 0": Yes, "(1 | 2) & 4": No,
		"defined(__KERNEL__) && !defined(__ASSEMBLY__)": Yes, strings.Repeat("!", 1<<16) + "1": Unknown, strings.Repeat("(", 1<<16): Unknown,
	} {
		if got := Eval(expr, config); got != want {
			t.Errorf("Eval(%.60q) = %v, want %v", expr, got, want)
		}
	}
}
