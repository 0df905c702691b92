package csource

import (
	"errors"
	"strings"
	"testing"
)

// maxSteps is how many rounds all loops together may take for a byte of source, each time the file is
// read. Real files take less than 2; the worst below, 9.
const maxSteps = 12

// checkSteps fails if reading file took more work than its size allows.
func checkSteps(t *testing.T, file *File, size int) {
	if limit := maxSteps * file.flows * (size + 16); file.steps > limit {
		t.Errorf("%d steps for %d bytes read %d times: more than %d a byte", file.steps, size, file.flows, maxSteps)
	}
}

// What nests, repeats or never ends must cost no more than its size.
func TestHostile(t *testing.T) {
	const n = 1 << 17
	in := func(s string) string { return "int f(void) {\n" + s }
	for name, src := range map[string]string{
		"parentheses":         strings.Repeat("(", n),
		"braces":              strings.Repeat("{", n),
		"closing braces":      strings.Repeat("}", n),
		"closed":              in(strings.Repeat("(", n) + strings.Repeat(")", n) + ";}"),
		"braces closed":       in(strings.Repeat("{", n) + strings.Repeat("}", n) + "}"),
		"mixed":               strings.Repeat("([{", n),
		"crossed":             strings.Repeat("(]{)[}", n),
		"braces on lines":     strings.Repeat("{\n(", n),
		"if(":                 in(strings.Repeat("if(", n)),
		"if(a)":               in(strings.Repeat("if(a)", n) + ";}"),
		"else if":             in(strings.Repeat("if(a);else ", n) + ";}"),
		"do":                  in(strings.Repeat("do ", n)),
		"for":                 in(strings.Repeat("for(;;)", n) + ";}"),
		"labels":              in(strings.Repeat("a:", n) + "}"),
		"cases":               in("switch(x)" + strings.Repeat("case 1:", n) + "}"),
		"case without end":    in(strings.Repeat("case ", n) + "}"),
		"ternaries":           in("x=" + strings.Repeat("a?", n) + strings.Repeat(":b", n) + ";}"),
		"assignments":         in(strings.Repeat("a=", n) + "b;}"),
		"steps":               in(strings.Repeat("++", n) + "a;}"),
		"steps in a row":      in(strings.Repeat("a ++", n) + ";}"),
		"calls of calls":      in("f" + strings.Repeat("(x)", n) + ";}"),
		"casts":               in(strings.Repeat("(x)", n) + "y;}"),
		"stars":               in("a" + strings.Repeat("*", n) + "b;}"),
		"members":             in("a" + strings.Repeat("->b(\n)", n) + ";}"),
		"arguments":           in("f(" + strings.Repeat("a,", n) + ");}"),
		"declarators":         in("int " + strings.Repeat("a = b(), ", n) + "c;}"),
		"names":               strings.Repeat("a ", n) + "{}",
		"names in a row":      strings.Repeat("a ", n),
		"macros":              strings.Repeat("a()", n) + "{}",
		"macro statements":    in(strings.Repeat("A() ", n) + "}"),
		"macro loops":         in(strings.Repeat("for_each() ", n) + ";}"),
		"initialisers":        strings.Repeat("a = {", n) + strings.Repeat("},", n),
		"frees":               in("int a" + strings.Repeat(" __free(x)", n) + ";}"),
		"initialisers in row": "int a" + strings.Repeat(" = {}", n) + ";",
		"ragged, many flows": "int g(void){a(\n#if A\n#elif B\n#elif C\n#elif D\n#elif E\n#elif F\n#endif\n);}\n" +
			strings.Repeat("#if A\nx\n", MaxDepth) + strings.Repeat("int f(void){}\n", n/8),
		"#if":                strings.Repeat("#if A\n", MaxDepth) + "int f(void){}",
		"#if in a row":       strings.Repeat("#if A\nint f(void){}\n#endif\n", n/8),
		"deep #if":           strings.Repeat("#if A\n", MaxDepth-1) + strings.Repeat("#if B\nint f(void){}\n#define C\n#endif\n", n/8),
		"#elif":              "#if A\n" + strings.Repeat("#elif B\nint f(void){}\n#define C\n", n/8) + "#endif",
		"#elif in a body":    in("#if A\n" + strings.Repeat("#elif B\na();\n", n/8) + "#endif\n}"),
		"ragged":             in(strings.Repeat("a(\n#if A\nb\n#endif\n);", n/8) + "}"),
		"ragged #elif":       in("a(\n#if A\n" + strings.Repeat("#elif B\nb\n", n/8) + "#endif\n);}"),
		"ragged heads":       strings.Repeat("#if A\nstatic\n#endif\nint f(void){}\n", n/8),
		"ragged around":      strings.Repeat("#if A\nx\n", MaxDepth) + strings.Repeat("int f(void){}\n", n/8),
		"braces in branches": strings.Repeat("#if A\n{\n#else\n}\n#endif\n", n/8),
		"a long condition":   "#if " + strings.Repeat("A&&", n) + "A\nint f(void){}\n#endif",
		"nested condition":   "#if " + strings.Repeat("(", n) + "\nint f(void){}\n#endif",
		"a long define":      "#define A(" + strings.Repeat("a,", n) + ") " + strings.Repeat("b\\\n", n),
		"comments":           strings.Repeat("/*", n),
		"comment starts":     strings.Repeat("/* */", n) + "/*",
		"quotes":             strings.Repeat("\"\n", n),
		"one quote":          "'" + strings.Repeat("\\\n", n),
		"NULs":               strings.Repeat("\x00", n),
		"NULs inside":        strings.Repeat("int f(void){\x00}", n/8),
		"splices":            strings.Repeat("\\\r\n", n),
		"CR":                 strings.Repeat("\r", n) + "#if",
		"digits":             strings.Repeat("0", n) + strings.Repeat("1e+", n),
		"hashes":             strings.Repeat("#\n", n),
	} {
		t.Run(name, func(t *testing.T) {
			file, err := Parse("t.c", []byte(src), nil)
			if err != nil {
				t.Fatal(err)
			}
			checkSteps(t, file, len(src))
			if len(file.Diagnostics) > MaxDiagnostics {
				t.Errorf("%d diagnostics", len(file.Diagnostics))
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want error
	}{
		"size":   {strings.Repeat(" ", MaxSize+1), ErrTooLarge},
		"tokens": {strings.Repeat(";", MaxTokens+1), ErrTooLarge},
		"#if":    {strings.Repeat("#if A\n", MaxDepth+1), ErrTooDeep},
	} {
		if _, err := Parse("t.c", []byte(test.src), nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for name, body := range map[string]string{
		"brackets":   strings.Repeat("(", MaxDepth) + strings.Repeat(")", MaxDepth) + ";",
		"statements": strings.Repeat("if (a) ", MaxDepth+1) + ";",
	} {
		file, err := Parse("t.c", []byte("int f(void) { "+body+" }\nint g(void) { }"), nil)
		if err != nil || len(file.Functions) != 1 || len(file.Diagnostics) != 1 || !errors.Is(file.Diagnostics[0], ErrTooDeep) {
			t.Errorf("%s: %v, %d functions, %v", name, err, len(file.Functions), file.Diagnostics)
		}
	}
	deep := "int f(void) { " + strings.Repeat("if (a) ", MaxDepth-1) + ";" + strings.Repeat("if (a) ; else ", 4*MaxDepth) + "; }"
	if file, err := Parse("t.c", []byte(deep), nil); err != nil || len(file.Diagnostics) != 0 {
		t.Errorf("within the limits: %v, %v", err, file.Diagnostics)
	}
}
