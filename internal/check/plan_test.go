package check_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/internal/check"
	"dmafuzz/model"
)

// What check looks at, pass by pass: "devices actors preemptions families".
func TestPlans(t *testing.T) {
	one := model.DefaultBounds()
	two, race, wide := one, one, one
	two.Devices = 2
	race.Actors, race.Preemptions = 2, 1
	wide.Devices, wide.SharedGroup, wide.Actors, wide.Preemptions = 2, true, 2, 2
	const single = "1 device, 1 actor: core+failures+masks+ranges+iommu+ownership+removal+third-party+streaming\n" +
		"1 device, 1 actor: core+failures+pools+iommu+ownership+removal\n"
	const pair = "2 devices, 1 actor: core+failures+iommu+ownership+removal+third-party+streaming\n" +
		"2 devices, 1 actor: core+failures+masks+ranges+iommu+removal\n" +
		"2 devices, 1 actor: core+failures+pools+iommu+ownership+removal\n"
	for _, c := range []struct {
		name string
		plan check.Plan
		want string
	}{
		{"default", check.DefaultPlan(one), single},
		{"two devices", check.DefaultPlan(two), pair},
		{"two actors", check.DefaultPlan(race), single +
			"1 device, 2 actors, 1 preemption: core+iommu+ownership+removal+third-party+streaming\n" +
			"1 device, 2 actors, 1 preemption: core+failures+iommu\n"},
		{"wide", check.WidePlan(wide), pair +
			"2 devices, 2 actors, 1 preemption: core+iommu+ownership+removal+third-party+streaming\n" +
			"2 devices, 2 actors, 2 preemptions: core+iommu\n" +
			"2 devices, 2 actors, 1 preemption, link: core+iommu+removal\n" +
			"2 devices, 2 actors, 1 preemption, link: core+failures\n"},
		{"link", check.LinkPlan(check.Linked(one)), "2 devices, 1 actor, link: core+failures+iommu+removal\n"},
		{"families", check.FamiliesPlan(one, model.FamilyCore, model.FamilyPools), "1 device, 1 actor: core\n1 device, 1 actor: pools\n"},
	} {
		if d := cmp.Diff(c.want, words(c.plan)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func words(p check.Plan) string {
	var s strings.Builder
	for _, b := range p.Passes {
		s.WriteString([]string{"", "1 device", "2 devices"}[b.Devices])
		s.WriteString([]string{", 1 actor", ", 1 actor", ", 2 actors"}[b.Actors])
		if b.Actors > 1 {
			s.WriteString([]string{", 0 preemptions", ", 1 preemption", ", 2 preemptions"}[b.Preemptions])
		}
		if b.Linked() {
			s.WriteString(", link")
		}
		s.WriteString(": " + b.Families.String() + "\n")
	}
	return s.String()
}
