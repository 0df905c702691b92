package uml

import (
	"slices"

	"dmafuzz/model"
)

// Broke returns the rules that a player's log shows to be broken, each once, in
// words: "same-ops iommu>direct". events are those of the log's E lines.
func Broke(log []byte, events []model.Event) []string {
	var rules []string
	for _, f := range audit(log, events) {
		if c := f.class(); !slices.Contains(rules, c) {
			rules = append(rules, c)
		}
	}
	return rules
}
