package uml

import (
	"strings"

	"dmafuzz/model"
)

// word is what a step of a kernel's path looks like in the player's log.
type word uint8

const (
	wordNone word = iota
	wordTake
	wordDevres
	wordProbe
	wordRemove
	wordShutdown
	wordConfigure
	wordCleanup
	wordSetup
	wordTeardown
	wordUse
	wordUnuse
	wordNotify
	wordAttach
	wordClaim
	wordRelease
	wordDetach
	wordInit
	wordGone
	wordFirmware
	wordRanges
	wordLink
)

// meaning is a word with the rest of its line, where that is known beforehand.
type meaning struct {
	word word
	text string
	way  model.DMAPath // of a take step; DMAPathInvalid asks the device's ops
}

// opMeanings are the steps that the player shows in both variants.
var opMeanings = map[model.Op]meaning{
	model.OpDevresRelease:  {word: wordDevres},
	model.OpDriverProbe:    {word: wordProbe, text: "probe"},
	model.OpDriverRemove:   {word: wordRemove, text: "remove"},
	model.OpDriverShutdown: {word: wordShutdown, text: "shutdown"},
	model.OpNotifyAdd:      {word: wordNotify, text: "add"},
	model.OpNotifyDel:      {word: wordNotify, text: "del"},
	model.OpNotifyRemoved:  {word: wordNotify, text: "removed"},
	model.OpNotifyUnbind:   {word: wordNotify, text: "unbind"},
	model.OpNotifyUnbound:  {word: wordNotify, text: "unbound"},
	model.OpNotifyNotBound: {word: wordNotify, text: "not_bound"},
	model.OpSysfsAdd:       {word: wordNotify, text: "bind"},
	model.OpBound:          {word: wordNotify, text: "bound"},
	model.OpFwDevlink:      {word: wordLink},
	model.OpLinksCheck:     {word: wordLink},
	model.OpRangeMapSet:    {word: wordRanges},
	model.OpRangeMapAdd:    {word: wordRanges},
	model.OpRangeMapFree:   {word: wordRanges, text: "free"},
	model.OpGone:           {word: wordRanges},
}

// callMeanings are the calls of paths that the player shows in both variants.
var callMeanings = map[model.PathKind]meaning{
	model.PathDMAConfigure: {word: wordConfigure, text: "configure"},
	model.PathDMACleanup:   {word: wordCleanup, text: "cleanup"},
	model.PathDMASetup:     {word: wordSetup, text: "setup"},
	model.PathDMATeardown:  {word: wordTeardown, text: "teardown"},
	model.PathOwnerUse:     {word: wordUse, text: "use"},
	model.PathOwnerUnuse:   {word: wordUnuse, text: "unuse"},
}

// groupMeanings are the steps that the player shows where the IOMMU core is the
// tree's own.
var groupMeanings = map[model.Op]meaning{
	model.OpDomainAttach:  {word: wordAttach},
	model.OpDomainChange:  {word: wordAttach},
	model.OpOwnerClaim:    {word: wordClaim},
	model.OpOwnerRelease:  {word: wordRelease},
	model.OpDomainDetach:  {word: wordDetach},
	model.OpGroupJoin:     {word: wordInit},
	model.OpReleaseDevice: {word: wordGone},
}

// unsaid are the lines of the player that no step stands for, by how they begin.
var unsaid = map[Variant][]string{
	Group: {"o finalize "}, // probe_finalize of the hardware's driver, which does nothing there
}

// wordTable has the meaning of each step of a kernel.
type wordTable [][]meaning

func newWords(k *model.Kernel, v Variant) wordTable {
	var table wordTable
	for p := model.PathKind(0); ; p++ {
		if p > 0 && strings.HasPrefix(p.String(), "PathKind(") {
			return table
		}
		var list []meaning
		if p > 0 {
			for _, st := range k.Path(p).Steps {
				list = append(list, meaningOf(p, st, v))
			}
		}
		table = append(table, list)
	}
}

func meaningOf(in model.PathKind, st model.Step, v Variant) meaning {
	switch {
	case st.Op == model.OpTake:
		return meaning{word: wordTake, way: model.DMAPath(st.Arg)}
	case st.Op == model.OpCall && v == Group:
		switch model.PathKind(st.Arg) {
		case model.PathDMASetup, model.PathDMATeardown:
			return meaning{} // empty hooks
		case model.PathFirmware:
			if in != model.PathDMAConfigure { // the core calls the bus's dma_configure for it
				return meaning{word: wordFirmware}
			}
		}
		return callMeanings[model.PathKind(st.Arg)]
	case st.Op == model.OpCall:
		return callMeanings[model.PathKind(st.Arg)]
	case v == Group && groupMeanings[st.Op].word != wordNone:
		return groupMeanings[st.Op]
	}
	return opMeanings[st.Op]
}

func (t wordTable) of(ref model.StepRef) meaning {
	if list := t[ref.Path]; int(ref.Step) < len(list) {
		return list[ref.Step]
	}
	return meaning{}
}
