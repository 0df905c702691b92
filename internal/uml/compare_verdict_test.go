package uml

import (
	"dmafuzz/model/text"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A log alone tells which rules broke, and in which event.
func TestAudit(t *testing.T) {
	for _, c := range []struct {
		reason string
		script string
		log    string
		want   []string
	}{
		{"memory is lost with its device, also where a devm action chooses in put", "add sata\naction sata\nput sata\nalloc sata buf\nreturn sata\n",
			"S 0\nE 0\nE 1\nE 2\no devres sata\no action sata\nE 3\no alloc buf direct\nE 4\no result 0\n", []string{"no-leak at event 5: sata"}},
		{"put lets go of memory that is free", "add sata\nalloc sata buf\nfree sata buf\nput sata\n",
			"S 0\nE 0\nE 1\no alloc buf direct\nE 2\no free buf direct\nE 3\no result 0\n", nil},
		{"ownership that was taken without a group is none", "attach sata\nprobe sata ok\niommu register\n",
			"S 0\nE 0\no use sata ok\nE 1\no result 0\ns sata drv=1 grp=0\nE 2\no use sata ok\no init sata\no result 0\ns sata drv=1 grp=1\n", nil},
		{"ownership that was taken twice", "attach sata\nprobe sata ok\niommu register\n",
			"S 0\nE 0\no init sata\no use sata ok\nE 1\no result 0\ns sata drv=1 grp=1\nE 2\no use sata ok\no result 0\ns sata drv=1 grp=1\n", []string{"owner-balanced at event 3: sata"}},
		{"another way", "alloc sata buf\nfree sata buf\n",
			"S 0\nE 0\no alloc buf iommu\nE 1\no free buf direct\n", []string{"same-ops at event 2: iommu>direct"}},
		{"freed by hand, then by devres", "alloc sata buf managed\nunbind sata\nfree sata buf\nreturn sata\n",
			"S 0\nE 0\no alloc buf direct\nE 1\no devres sata\no action sata\nE 2\no free buf direct\nE 3\no oops free twice\n", []string{"no-double-free at event 4"}},
	} {
		trace, err := text.ParseTrace(c.reason, []byte(c.script))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range audit([]byte(c.log), trace.Events) {
			got = append(got, f.String())
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, d)
		}
	}
}
