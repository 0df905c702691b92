package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// diffKernels compares two kernels in everything but the kernel behind Base.
func diffKernels(a, b *model.Kernel) string {
	return cmp.Diff(a, b, cmpopts.IgnoreUnexported(model.Kernel{}))
}

// checkKernelText fails unless k survives its text, and the text a reading.
func checkKernelText(t testing.TB, k *model.Kernel) {
	t.Helper()
	text := FormatKernel(k)
	back, err := ParseKernel("back", []byte(text), anyKernel)
	if err != nil {
		t.Fatalf("a printed kernel is refused: %v\n%s", err, text)
	}
	if d := diffKernels(k, back); d != "" {
		t.Fatalf("a kernel changes in its text (-was +is):\n%s\n%s", d, text)
	}
	if again := FormatKernel(back); again != text {
		t.Fatalf("a text changes when read and printed; got:\n%s\nwant:\n%s", again, text)
	}
}

// anyKernel resolves every name to an empty kernel of that name.
func anyKernel(name string) (*model.Kernel, error) {
	n, arch, _ := strings.Cut(name, "/")
	return &model.Kernel{Name: n, Arch: arch}, nil
}

func TestKernelTextGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.kernel")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %d kernel files, %v", len(files), err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		k, err := ParseKernel(file, src, anyKernel)
		if err != nil {
			t.Fatal(err)
		}
		checkKernelText(t, k)
		golden(t, filepath.Base(file)+".golden", FormatKernel(k))
	}
}

func TestKernelTextRandom(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	seen := map[model.Op]bool{}
	for range 3000 {
		k := randomKernel(r)
		for _, p := range k.Paths {
			for _, s := range p.Steps {
				seen[s.Op] = true
			}
		}
		checkKernelText(t, k)
	}
	for o := model.OpInvalid + 1; int(o) < numOps; o++ {
		if !seen[o] {
			t.Errorf("no random kernel has a step %s", o)
		}
	}
}

// TestKernelTextDamaged damages texts: the parser must answer with a kernel
// that keeps the round trip, or with a position inside of the text.
func TestKernelTextDamaged(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	read, refused := 0, 0
	for range 20000 {
		src := damage(r, FormatKernel(randomKernel(r)))
		k, err := ParseKernel("damaged", []byte(src), anyKernel)
		if err != nil {
			refused++
			checkPosition(t, src, err)
			continue
		}
		read++
		checkKernelText(t, k)
	}
	if read < 1000 || refused < 1000 {
		t.Errorf("%d read, %d refused: the damage is not a test of both", read, refused)
	}
}

// damage changes a text in one to three places.
func damage(r *rand.Rand, s string) string {
	const bytes = "\x00\xff\x80\t\n\r #:,./aeo01é"
	words := []string{"when ", " else x", "not ", "for each device\n", "end\n", "path bind", "fact", " a/b.c:1", "out:\n", "# c\n"}
	for range 1 + r.Intn(3) {
		i := r.Intn(len(s) + 1)
		switch r.Intn(4) {
		case 0:
			j := min(len(s), i+r.Intn(12))
			s = s[:i] + s[j:]
		case 1:
			s = s[:i] + string(bytes[r.Intn(len(bytes))]) + s[i:]
		case 2:
			s = s[:i] + words[r.Intn(len(words))] + s[i:]
		case 3: // a line once more
			lines := strings.SplitAfter(s, "\n")
			s += lines[r.Intn(len(lines))]
		}
	}
	return s
}

// checkPosition fails unless err is a syntax error that points into src.
func checkPosition(t testing.TB, src string, err error) {
	t.Helper()
	var e *SyntaxError
	if !errors.As(err, &e) || !errors.Is(err, ErrSyntax) {
		t.Fatalf("%v is no syntax error", err)
	}
	lines := strings.Split(src, "\n")
	if e.Line < 1 || e.Line > len(lines)+1 || e.Got == "" || e.Want == "" || strings.Contains(err.Error(), "\n") {
		t.Fatalf("%v, in %d lines", err, len(lines))
	}
	if e.Line <= len(lines) && (e.Column < 1 || e.Column > len(lines[e.Line-1])+1) {
		t.Fatalf("%v, in a line of %d bytes", err, len(lines[e.Line-1]))
	}
}

// randomKernel makes a kernel of the tables that keeps every rule of the parser.
func randomKernel(r *rand.Rand) *model.Kernel {
	k := &model.Kernel{Name: pick(r, "v5.0", "v6.12-rc1", "mine"), Arch: pick(r, "arm64", "x86-amd"),
		Bus: model.Bus(r.Intn(numBuses)), Firmware: model.Firmware(r.Intn(numFirmwares))}
	if r.Intn(2) == 0 {
		k.Base, k.Derived = pick(r, "v4.20/arm64", "v5.0/x86"), r.Intn(2) == 0
	}
	for range r.Intn(3) {
		k.Source = append(k.Source, pick(r, "linux, tag v5.0", "https://x.org/a#b  two", "é,# ü"))
	}
	for _, f := range r.Perm(numFacts)[:r.Intn(numFacts)] {
		if f > 0 {
			k.Facts = append(k.Facts, model.Fact{Kind: model.FactKind(f), Value: pick(r, model.FactKind(f).Values()...), Pos: randomPos(r)})
		}
	}
	for _, p := range r.Perm(numPaths)[:r.Intn(6)] {
		if p > 0 {
			k.Paths = append(k.Paths, randomPath(r, model.PathKind(p)))
		}
	}
	return k
}

func randomPath(r *rand.Rand, kind model.PathKind) model.Path {
	p := model.Path{Kind: kind, Status: model.PathStatus(1 + r.Intn(3)), Pos: randomPos(r)}
	if r.Intn(3) == 0 {
		p.Comment = pick(r, "a stub", "é # again, a/b.c:1", "when  else", "none")
	}
	if p.Status != model.PathKnown {
		return p
	}
	n, loops := r.Intn(12), 0
	for i := range n {
		op := model.Op(1 + r.Intn(numOps-1))
		switch op {
		case model.OpLabel, model.OpEnd, model.OpForEach:
			continue
		}
		s := model.Step{Op: op, Pos: randomPos(r), Arg: randomArg(r, op)}
		if op == model.OpGoto {
			s.Label = "out"
		}
		if r.Intn(3) == 0 {
			s.When = randomWhen(r)
		}
		if op.MayElse() && r.Intn(2) == 0 {
			s.Else = fmt.Sprint("label_", n)
		}
		if r.Intn(6) == 0 && loops < MaxLoops {
			loops++
			p.Steps = append(p.Steps, model.Step{Op: model.OpForEach, Arg: 1 + uint8(r.Intn(2)), Pos: randomPos(r)})
		}
		if r.Intn(6) == 0 {
			p.Steps = append(p.Steps, model.Step{Op: model.OpLabel, Label: fmt.Sprint("L", i)})
		}
		p.Steps = append(p.Steps, s)
	}
	for range loops {
		p.Steps = append(p.Steps, model.Step{Op: model.OpEnd, Pos: randomPos(r)})
	}
	p.Steps = append(p.Steps, model.Step{Op: model.OpLabel, Label: "out", Pos: randomPos(r)}, model.Step{Op: model.OpLabel, Label: fmt.Sprint("label_", n)})
	return p
}

func randomArg(r *rand.Rand, op model.Op) uint8 {
	values := op.Operand().Values()
	if op == model.OpForEach || len(values) == 0 {
		return 0
	}
	for {
		if n := r.Intn(len(values)); values[n] != "" {
			return uint8(n)
		}
	}
}

func randomWhen(r *rand.Rand) (when []model.Cond) {
	for range 1 + r.Intn(3) {
		c := model.Cond{Test: model.Test(1 + r.Intn(numTests-1)), Not: r.Intn(2) == 0}
		switch c.Test {
		case model.TestBus:
			c.Arg = 1 + uint8(r.Intn(numBuses-1))
		case model.TestFirmware:
			c.Arg = 1 + uint8(r.Intn(numFirmwares-1))
		}
		when = append(when, c)
	}
	return when
}

func randomPos(r *rand.Rand) string {
	return pick(r, "", "", "drivers/base/dd.c:974", "dd.c:1", "drivers/base", "a-b_c+d.h:20", "x.S:3", "arch/x")
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.Intn(len(of))] }

// FuzzParseKernel keeps the round trip for whatever the parser accepts.
func FuzzParseKernel(f *testing.F) {
	r := rand.New(rand.NewSource(3))
	for range 20 {
		f.Add([]byte(FormatKernel(randomKernel(r))))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		k, err := ParseKernel("fuzz", src, anyKernel)
		if err != nil {
			checkPosition(t, string(src), err)
			return
		}
		checkKernelText(t, k)
	})
}
