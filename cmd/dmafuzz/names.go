package main

import (
	"fmt"
	"reflect"
	"strings"

	"dmafuzz/internal/diff"
	"dmafuzz/internal/report"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// named is a name with its one-line meaning.
type named struct{ name, doc string }

// topic is a set of names that list prints and explain looks in.
type topic struct {
	word string // what list calls it
	one  string // what explain calls one of them
	all  func() []named
}

var topics = []topic{
	{"kernels", "kernel", kernelNames},
	{"events", "event", eventNames},
	{"invariants", "invariant", invariantNames},
	{"steps", "step", stepNames},
	{"tests", "test", testNames},
	{"paths", "path", pathNames},
	{"goals", "goal", goalNames},
	{"families", "family of events", familyNames},
	{"consequences", "consequence", consequenceNames},
	{"effects", "effect of a patch", effectNames},
	{"verbs", "verb", verbNames},
}

func kernelNames() []named {
	var list []named
	for _, k := range kernels.All() {
		doc := "a release"
		if len(k.Source) > 0 {
			doc = k.Source[0]
		}
		if k.Derived {
			doc = "derived from " + k.Base + ": " + doc
		}
		list = append(list, named{k.FullName(), doc})
	}
	return list
}

func eventNames() []named {
	var list []named
	for _, e := range model.AllEvents() {
		if len(list) > 0 && list[len(list)-1].name == e.Kind.String() {
			continue
		}
		list = append(list, named{e.Kind.String(), e.Kind.Doc()})
	}
	return list
}

func invariantNames() []named {
	var list []named
	for _, i := range model.Invariants() {
		list = append(list, named{i.String(), i.Doc()})
	}
	return list
}

// enumerate lists the values of one of model's enums: from 1 on, up to the
// first that has no name.
func enumerate[T ~uint8](kind string, str, doc func(T) string) []named {
	var list []named
	for v := T(1); ; v++ {
		name := str(v)
		if strings.HasPrefix(name, kind+"(") {
			return list
		}
		list = append(list, named{name, doc(v)})
	}
}

func stepNames() []named {
	return enumerate("Op", model.Op.String, func(o model.Op) string {
		doc := o.Doc()
		if o.Fails() {
			doc += " (may fail)"
		}
		if !o.HasDMAMeaning() {
			doc += " (no DMA meaning)"
		}
		return doc
	})
}

func testNames() []named { return enumerate("Test", model.Test.String, model.Test.Doc) }

func pathNames() []named { return enumerate("PathKind", model.PathKind.String, model.PathKind.Doc) }

func consequenceNames() []named {
	return enumerate("Consequence", model.Consequence.String, report.ConsequenceDoc)
}

func effectNames() []named {
	var list []named
	for e := diff.Untouched; e <= diff.Unjudged; e++ {
		list = append(list, named{e.String(), e.Doc()})
	}
	return list
}

// verbNames are the commands with their help, and what stands behind a flag.
func verbNames() []named {
	var list []named
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		f := all.Field(i)
		list = append(list, named{strings.ToLower(f.Name), f.Tag.Get("help")})
		if f.Name == "Check" {
			list = append(list, named{"check --bisect", "Judge a tree for git bisect run: exit 0 good, 1 bad, 125 cannot be judged, 128 usage."})
		}
	}
	return list
}

func goalNames() []named {
	var list []named
	for _, g := range (^model.Goals(0)).List() {
		list = append(list, named{g.String(), g.Doc()})
	}
	return list
}

// familyNames describes a family by the events that only it lets in, or that
// need it beside core.
func familyNames() []named {
	var list []named
	for f := model.Families(1); f&model.AllFamilies != 0; f <<= 1 {
		var events []string
		for _, e := range model.AllEvents() {
			words := strings.TrimSpace(e.Kind.String() + " " + e.ArgString())
			if e.Device == 0 && e.Memory == 0 && e.Family()&^model.FamilyCore == f&^model.FamilyCore && e.Family()&f != 0 {
				events = append(events, words)
			}
		}
		list = append(list, named{f.String(), summarize(events)})
	}
	return list
}

// summarize keeps a long list on a line.
func summarize(words []string) string {
	const most = 8
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return strings.Join(words[:most], ", ") + fmt.Sprintf(" and %d more", len(words)-most)
}
