package spec

import "slices"

// Headings of docs/machine.md.
const (
	stateSection = "State"
	enabled      = "Which events are enabled"
	running      = "How a path runs"
	calls        = "Driver and other calls"
	effects      = "What each step does, and checks"
	takes        = "take, in dma_alloc and dma_map"
	gives        = "take, in dma_free and dma_unmap"
	tests        = "Tests that need a word"
	links        = "Device links"
	small        = "Small print"
	sitesSection = "Sites"
	goals        = "Goals"
	actors       = "Several actors"
)

// Rules returns every rule, those of a section together.
func Rules() []Rule {
	return slices.Concat(
		enabledIdle(), enabledContract(), enabledCalls(), enabledInCallbacks(), enabledUnknown(), callbacks(),
		flow(), loops(), locks(), devres(),
		coreSteps(), dmaState(), groupSteps(), domainSteps(), mappingSteps(),
		takeMemory(), wrongWay(), giveMemory(),
		conditions(), providerConditions(), wantConditions(), fromPool(),
		states(), driverCalls(), smallPrint(), goalsMet(),
		sites(), callers(), deviceLinks(), severalActors(),
	)
}

// in puts rules under a heading, those that name none themselves.
func in(section string, rules []Rule) []Rule {
	for i := range rules {
		if rules[i].Section == "" {
			rules[i].Section = section
		}
	}
	return rules
}
