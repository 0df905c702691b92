package source

import (
	_ "embed" // the tables
	"errors"
	"fmt"
	"slices"
	"strings"

	"dmafuzz/model"
)

// Kind is what a mutant does to the verdict on a tree.
type Kind uint8

const (
	KindInvalid   Kind = iota
	Finding            // keys come, and some may go
	NoChange           // the keys are those of the untouched tree
	NotApplicable      // the tree does not have what the mutant changes
	NotRead            // a path of the changed tree cannot be read
)

var kindWords = [...]string{"", "finding", "no change: ", "not applicable: ", "not read: "}

// Verdict is what a mutant does.
type Verdict struct {
	Kind Kind
	// Keys has +KEY for each that comes and -KEY for each that goes, sorted. Only
	// a Finding has any.
	Keys []string
	Why  string // of the other kinds; of NotRead the paths
}

func (v Verdict) String() string {
	if v.Kind == Finding {
		return strings.Join(append([]string{kindWords[Finding]}, v.Keys...), " ")
	}
	return kindWords[v.Kind] + v.Why
}

// Case is one line of a table.
type Case struct {
	Tree, Arch, Mutant string
	Verdict
	Blame string // of a surprise: who was wrong, and why
	Pos   string // file:line
}

// Name is tree, arch and mutant, joined by slashes.
func (c Case) Name() string { return c.Tree + "/" + c.Arch + "/" + c.Mutant }

var (
	//go:embed testdata/verdicts.txt
	verdicts string
	//go:embed testdata/surprises.txt
	surprises string
)

// ErrTable is wrapped by an error that tells of a line that cannot be read.
var ErrTable = errors.New("the table cannot be read")

// Predictions is the table as it was written down before it was run.
func Predictions() ([]Case, error) { return parse("verdicts.txt", verdicts, false) }

// Surprises are the cases in which something else came out.
func Surprises() ([]Case, error) { return parse("surprises.txt", surprises, true) }

// Expected is what comes out: the predictions, but for the surprises.
func Expected() ([]Case, error) {
	list, err := Predictions()
	if err != nil {
		return nil, err
	}
	others, err := Surprises()
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		i := slices.IndexFunc(list, func(c Case) bool { return c.Name() == o.Name() })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w: no prediction for %s", o.Pos, ErrTable, o.Name())
		}
		list[i] = o
	}
	return list, nil
}

// parse reads lines TREE ARCH MUTANT -> VERDICT, with # BLAME behind each if
// blamed is set.
func parse(name, text string, blamed bool) ([]Case, error) {
	var list []Case
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		pos := fmt.Sprintf("%s:%d", name, i+1)
		line, blame, _ := strings.Cut(line, "#")
		blame = strings.TrimSpace(blame)
		if strings.TrimSpace(line) == "" {
			continue
		}
		head, tail, _ := strings.Cut(line, "->")
		words := strings.Fields(head)
		if len(words) != 3 {
			return nil, fmt.Errorf("%s: %w: expected TREE ARCH MUTANT -> VERDICT", pos, ErrTable)
		}
		v, err := ParseVerdict(strings.TrimSpace(tail))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pos, err)
		}
		c := Case{words[0], words[1], words[2], v, blame, pos}
		switch {
		case seen[c.Name()]:
			return nil, fmt.Errorf("%s: %w: a second line for %s", pos, ErrTable, c.Name())
		case blamed != (blame != ""):
			return nil, fmt.Errorf("%s: %w: expected who was wrong behind #, in a list of surprises only", pos, ErrTable)
		}
		seen[c.Name()] = true
		list = append(list, c)
	}
	return list, nil
}

// ParseVerdict is the inverse of String, and takes {a,b} in a key for both.
func ParseVerdict(text string) (Verdict, error) {
	for kind := NoChange; kind <= NotRead; kind++ {
		if why, ok := strings.CutPrefix(text, kindWords[kind]); ok {
			if why = strings.TrimSpace(why); why == "" {
				return Verdict{}, fmt.Errorf("%w: expected a reason behind %q", ErrTable, kindWords[kind])
			}
			return Verdict{Kind: kind, Why: why}, nil
		}
	}
	words := strings.Fields(text)
	if len(words) < 2 || words[0] != kindWords[Finding] {
		return Verdict{}, fmt.Errorf("%w: expected finding +KEY, no change: WHY, not applicable: WHY or not read: PATHS, found %q", ErrTable, text)
	}
	v := Verdict{Kind: Finding}
	for _, w := range words[1:] {
		for _, k := range expand(w) {
			if _, err := model.ParseKey(k[1:]); err != nil || k[0] != '+' && k[0] != '-' {
				return Verdict{}, fmt.Errorf("%w: expected +KEY or -KEY, found %q: %w", ErrTable, k, err)
			}
			v.Keys = append(v.Keys, k)
		}
	}
	slices.Sort(v.Keys)
	if len(slices.Compact(slices.Clone(v.Keys))) != len(v.Keys) {
		return Verdict{}, fmt.Errorf("%w: a key twice in %q", ErrTable, text)
	}
	return v, nil
}

// expand writes {a,b} out.
func expand(s string) []string {
	from := strings.IndexByte(s, '{')
	to := strings.IndexByte(s, '}')
	if from < 0 || to < from {
		return []string{s}
	}
	var all []string
	for choice := range strings.SplitSeq(s[from+1:to], ",") {
		all = append(all, expand(s[:from]+choice+s[to+1:])...)
	}
	return all
}
