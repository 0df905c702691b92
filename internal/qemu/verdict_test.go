package qemu

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// oops is how arm64 ends, in the shape that matters.
const oops = `Unable to handle kernel paging request at virtual address dead000000000100
Mem abort info:
Internal error: Oops: 0000000096000004 [#1] SMP
CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0 #1
pc : free_it+0x10/0x40
lr : way+0x20/0x60
Call trace:
 free_it+0x10/0x40
 way+0x20/0x60
Kernel panic - not syncing: Oops: Fatal exception
`

const begin = "dmafuzz: kernel Linux version 6.1.0\ndmafuzz: S 0\n"

const taken = begin + `dmafuzz: E 0 add sata
dmafuzz: o result 0
dmafuzz: s sata drv=0 bound=0 ops=null grp=0
dmafuzz: E 1 attach sata
dmafuzz: o alloc buf iommu
dmafuzz: o result 0
dmafuzz: s sata drv=1 bound=1 ops=iommu grp=1
dmafuzz: E 2 unbind sata
`

const (
	freedRight = "dmafuzz: o free buf iommu\n"
	freedWrong = "dmafuzz: o free buf direct\n"
	ended      = "dmafuzz: o result 0\ndmafuzz: end\nreboot: Power down\n"
	badPage    = "BUG: Bad page state in process swapper/0  pfn:0ffff\n"
	warning    = "WARNING: CPU: 0 PID: 1 at drivers/iommu/iommu.c:10 f+0x10/0x20\n"
)

func TestJudge(t *testing.T) {
	s, err := Translate(parse(t, "add sata\nattach sata\nunbind sata\n"))
	if err != nil {
		t.Fatal(err)
	}
	for reason, c := range map[string]struct {
		console string
		run     Run
		want    Verdict
		why     string
	}{
		"right":                 {taken + freedRight + ended, Run{}, NotSeen, "no rule broke, and the kernel went on"},
		"a warning is no fault": {taken + freedRight + warning + ended, Run{}, NotSeen, "no rule broke, and the kernel went on"},
		"wrong":                 {taken + freedWrong + ended, Run{}, Wrong, "what path iommu allocated, path direct freed (same-ops); the kernel went on"},
		"wrong, and the bad page of it": {taken + freedWrong + badPage + ended, Run{}, Confirmed,
			"what path iommu allocated, path direct freed (same-ops); a bad page: BUG: Bad page state in process swapper/0  pfn:0ffff"},
		"wrong, and the Oops of it": {taken + freedWrong + oops, Run{}, Confirmed,
			"what path iommu allocated, path direct freed (same-ops); the kernel stopped: Unable to handle kernel paging request at virtual address dead000000000100"},
		"an Oops is worse than a bad page": {taken + freedWrong + badPage + oops, Run{}, Confirmed,
			"what path iommu allocated, path direct freed (same-ops); the kernel stopped: Unable to handle kernel paging request at virtual address dead000000000100"},
		"an Oops without a wrong way": {taken + oops, Run{}, Confirmed,
			"the kernel stopped: Unable to handle kernel paging request at virtual address dead000000000100; no broken rule was seen before that"},
		"wrong, and then it hangs": {taken + freedWrong, Run{Timeout: true}, Wrong, "what path iommu allocated, path direct freed (same-ops); the kernel neither stopped nor came to the end of the trace"},
		"it hangs":                 {taken, Run{Timeout: true, Limit: time.Minute}, Undecided, "the kernel was not done within 1m0s"},
		"it ends early":            {taken, Run{}, Undecided, "the kernel ended in the middle of the trace"},
		"it does not boot":         {"Booting\n", Run{Timeout: true, Limit: time.Minute}, Undecided, "the kernel did not come up within 1m0s"},
		"an Oops at boot": {oops, Run{}, Undecided,
			"the kernel stopped before the first event: Unable to handle kernel paging request at virtual address dead000000000100"},
		"the player cannot start": {"dmafuzz: X cannot start: error -2\n", Run{}, Undecided,
			"the kernel did not come to the first event: cannot start: error -2"},
		"an event cannot be done": {taken + freedRight + "dmafuzz: X cannot be done now\n" + ended, Run{}, Undecided,
			"the trace could not be carried out: cannot be done now"},
		"the player's own fault": {taken + strings.ReplaceAll(oops, "free_it", "play_event"), Run{}, Defect,
			"the player made the kernel stop, in play_event"},
		"an event that was refused": {taken + "dmafuzz: o at begin\ndmafuzz: E 3 type sata dma\ndmafuzz: o result error at\ndmafuzz: o at end\n" + freedRight + ended,
			Run{}, NotSeen, "no rule broke, and the kernel went on; it refused type sata dma"},
		"a bind that fails as the trace has it": {begin + "dmafuzz: E 0 attach sata\ndmafuzz: o probe sata\ndmafuzz: E 1 probe sata error\n" +
			"dmafuzz: o result error\ndmafuzz: end\n", Run{}, NotSeen, "no rule broke, and the kernel went on"},
		"a bind that fails before": {begin + "dmafuzz: E 0 attach sata\ndmafuzz: o result error\ndmafuzz: end\n", Run{}, NotSeen,
			"no rule broke, and the kernel went on; it refused attach sata"},
		"a thread that waits": {taken + freedRight + "dmafuzz: o at blocked\n" + ended, Run{}, NotSeen,
			"no rule broke, and the kernel went on; the other thread had to wait for a lock"},
		"a window that was missed": {taken + freedRight + "dmafuzz: o at missed action.sata\n" + ended, Run{}, NotSeen,
			"no rule broke, and the kernel went on; it did not come by the point where the other thread preempts it, which did so later"},
	} {
		run := c.run
		run.Console = []byte(c.console)
		if j := Judge(s, &run); j.Verdict != c.want || j.Why != c.why {
			t.Errorf("%s:\n got %v: %s\nwant %v: %s", reason, j.Verdict, j.Why, c.want, c.why)
		}
	}
}

func TestParseConsole(t *testing.T) {
	c := ParseConsole([]byte(strings.ReplaceAll("dmafuzz: o devres sata\n"+taken+warning+" f+0x10/0x20\n"+freedWrong+oops, "\n", "\r\n")))
	if c.Kernel != "Linux version 6.1.0" || !c.Started || c.Ended {
		t.Errorf("kernel %q, started %v, ended %v", c.Kernel, c.Started, c.Ended)
	}
	if len(c.Lines) != 9 || c.Lines[8] != "o free buf direct" {
		t.Errorf("%q", c.Lines)
	}
	if len(c.Faults) != 2 {
		t.Fatalf("%d faults: %+v", len(c.Faults), c.Faults)
	}
	if f := c.Faults[0]; f.Kind != FaultWarning || f.At != 8 || !slices.Equal(f.Trace, []string{"f"}) {
		t.Errorf("%+v", f)
	}
	if f := c.Faults[1]; f.Kind != FaultOops || f.At != 9 || f.Where != "free_it" || !slices.Equal(f.Trace, []string{"free_it", "way"}) {
		t.Errorf("%+v", f)
	}
}

// FuzzParseConsole has no console, however broken, make it panic.
func FuzzParseConsole(f *testing.F) {
	f.Add([]byte(taken + freedWrong + oops))
	f.Add([]byte("dmafuzz: \n\x00\xff\npc : \nBUG: "))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := ParseConsole(text)
		for _, fault := range c.Faults {
			if fault.Kind == FaultInvalid || fault.At > len(c.Lines) {
				t.Errorf("%+v of %d lines", fault, len(c.Lines))
			}
		}
	})
}
