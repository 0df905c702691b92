package source

import "testing"

// TestStatement: a bar stands where the statement ends.
func TestStatement(t *testing.T) {
	for _, c := range []string{
		`a();| b();`,
		`a("; } \" (", ';', '\'');| b();`,
		`a(/* ; ) */ x); // ; `,
		"if (x) // {\n a();| b();",
		`if (x) { a(); }| b();`,
		`if (x) a(); else if (y) b(); else { c(); }| d();`,
		`if (x) if (y) a(); else b();| c();`,
		`if (x) elsewhere();| elsewhere();`,
		`for (i = 0; i < n; i++) { a(); }| b();`,
		`while (x) while (y) a();| b();`,
		`do { a(); } while (x);| b();`,
		`do a(); while (x);| b();`,
		`{ a(); { b(); } }| c();`,
		`x = (struct s){ .a = 1, };| y();`,
		`x = ({ a(); b(); });| c();`,
		`a(`,
		`a("`,
		`/* a();`,
		``,
	} {
		text, want := c, len(c)
		for i := range c {
			if c[i] == '|' {
				text, want = c[:i]+c[i+1:], i
			}
		}
		if c == "a(/* ; ) */ x); // ; " {
			want = len("a(/* ; ) */ x);")
		}
		if got := statement([]byte(text), 0); got != want {
			t.Errorf("%s: ends at %d, want %d", c, got, want)
		}
	}
}
