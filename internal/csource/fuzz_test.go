package csource

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// FuzzParse holds any input against checkPromises.
func FuzzParse(f *testing.F) {
	probe, err := os.ReadFile("testdata/probe.c")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(probe, byte(0))
	for _, seed := range []string{
		"#if A\nint f(void)\n#else\nvoid f(int x)\n#endif\n{ return; }",
		"int f(void) {\n#ifdef A\nif (x) {\n#elif B\nif (y) {\n#endif\n(*f)(g(1)); goto out; }\nout: ; }",
		"struct s v[] = {\n[1] = { .a = {}, },\n#if B\n.b\n#endif\n};",
		"int f(void) { switch (x) { case 1: do ; while (a && b()); default: for (;;) scoped_guard(m, &l) x = ({ y; }); } }",
		"#define A(x) \\\n x\n/* \" */ char *s = \"\\\"\";\\\r\n",
	} {
		f.Add([]byte(seed), byte(1))
	}
	f.Fuzz(func(t *testing.T, src []byte, known byte) {
		checkPromises(t, src, func(name string) Value { return Value(known>>(2*(len(name)&3))) & 3 })
	})
}

// checkPromises fails if Parse breaks what it promises of any input: no panic, linear work,
// positions inside the source and in its order.
func checkPromises(t *testing.T, src []byte, config Config) {
	t.Helper()
	file, err := Parse("t.c", src, config)
	if err != nil {
		return
	}
	checkSteps(t, file, len(src))
	lines := strings.Split(string(src), "\n")
	within := func(p Pos) {
		if p.Line < 1 || p.Line > len(lines) || p.Col < 1 || p.Col > len(lines[p.Line-1])+1 {
			t.Errorf("position %v is outside of the source", p)
		}
	}
	for _, d := range file.Diagnostics {
		within(d.Pos)
	}
	for _, m := range file.Macros {
		within(m.Pos)
	}
	for _, in := range file.Inits {
		within(in.Pos)
		for _, field := range in.Fields {
			within(field.Pos)
		}
	}
	for _, fn := range file.Functions {
		within(fn.Pos)
		within(fn.End)
		if comparePos(fn.Pos, fn.End) >= 0 {
			t.Errorf("%s ends at %v, before it starts at %v", fn.Name, fn.End, fn.Pos)
		}
		last := fn.Pos
		Walk(fn.Body, func(s Stmt) bool {
			if pos := s.Position(); comparePos(last, pos) > 0 {
				t.Errorf("%T at %v comes after one at %v", s, pos, last)
			} else {
				last = pos
			}
			return true
		})
		for _, c := range Calls(fn.Body) {
			within(c.Pos)
			if c.Name == "" || comparePos(c.Pos, fn.Pos) < 0 || comparePos(c.Pos, fn.End) > 0 {
				t.Errorf("call %q at %v is not in %s", c.Name, c.Pos, fn.Name)
			}
		}
		fn.Unresolved()
		fn.Guard.Value(config)
		_ = fn.Guard.String()
	}
}

// Words of C in any order get deeper into the parser than bytes do.
func TestTokenSoup(t *testing.T) {
	words := strings.Fields(`if else for while do switch case default goto return break asm struct static int typeof
		sizeof a b x list_for_each guard scoped_guard __free A ( ( ( ) ) ) { { } } [ ] ; ; ; , : ? = += ++ * & && || ->
		. "s" 'c' 1 #if~A #ifdef~B #ifndef~A #else #elif~C #endif #endif #define~D \`)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var b strings.Builder
		b.WriteString("int f(void) {")
		for range rng.IntN(60) {
			word := strings.ReplaceAll(words[rng.IntN(len(words))], "~", " ")
			if word[0] == '#' {
				word = "\n" + word + "\n"
			}
			b.WriteString(word + " ")
		}
		b.WriteString("}\nint g(void) { }\n")
		if checkPromises(t, []byte(b.String()), nil); t.Failed() {
			t.Fatalf("source:\n%s", b.String())
		}
	}
}

// A file that ends anywhere, or lacks any byte, keeps the promises too.
func TestCutFiles(t *testing.T) {
	probe, err := os.ReadFile("testdata/probe.c")
	if err != nil {
		t.Fatal(err)
	}
	for i := range probe {
		checkPromises(t, probe[:i], nil)
		checkPromises(t, slices.Delete(slices.Clone(probe), i, i+1), nil)
		if t.Failed() {
			t.Fatalf("cut at byte %d", i)
		}
	}
}

// FuzzKconfig holds any input to the same promises, for the two other readers.
func FuzzKconfig(f *testing.F) {
	f.Add("config A\n\tdef_bool y\n\tselect B if C && !D\nmenu \"m\"\n\tdepends on E\nif F\nconfig G\n\tbool\n\thelp\n\t  text\n\nendif\nendmenu\n")
	f.Add("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=\"x\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		k, err := ParseKconfig("Kconfig", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		values, _ := ParseDotConfig(".config", []byte(src))
		for _, s := range k.Symbols {
			for _, c := range s.Selects {
				k.Selected(c.Value, Settings(values, Unknown))
			}
		}
	})
}
