package qemu

import (
	"dmafuzz/model/text"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/corpus"
	"dmafuzz/model"
)

func parse(t *testing.T, body string) *model.Trace {
	t.Helper()
	trace, err := text.ParseTrace("test.trace", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

const twoActors = `actors 2
device disk
iommu register
add disk # the only one
attach disk
  alloc disk buf managed
  probe disk ok
unbind disk until unbind_cleanup.devres_release
type disk identity
continue disk
`

func TestTranslate(t *testing.T) {
	s, err := Translate(parse(t, twoActors))
	if err != nil {
		t.Fatal(err)
	}
	want := `drivers well-behaved
iommu register
add sata
attach sata
alloc sata buf managed
probe sata ok
action sata
unbind sata until action.sata
type sata identity
continue sata
`
	if diff := cmp.Diff(want, string(s.Text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// The drivers line has no E line; every other one has its event.
	if got := strings.Count(want, "\n") - 1; len(s.Events) != got {
		t.Errorf("%d events for %d lines", len(s.Events), got)
	}
	if len(s.Added) != 1 || !strings.Contains(s.Added[0], "action sata") {
		t.Errorf("what was added: %q", s.Added)
	}
	if s.Devices != 1 {
		t.Errorf("%d devices", s.Devices)
	}
}

func TestTranslateWindows(t *testing.T) {
	for until, want := range map[string]string{
		"attach sata until owner_use.return":              "attach sata until use.sata\n",
		"attach eth until dma_configure.goto":             "attach eth until configure.eth\n",
		"iommu register until dma_configure.goto":         "iommu register until configure.sata\n",
		"unbind sata until unbind_cleanup.devres_release": "action sata\nunbind sata until action.sata\n",
	} {
		s, err := Translate(parse(t, "actors 2\n"+until+"\n"))
		if err != nil {
			t.Errorf("%s: %v", until, err)
			continue
		}
		if _, got, _ := strings.Cut(string(s.Text), "\n"); got != want {
			t.Errorf("%s: got %q, want %q", until, got, want)
		}
	}
}

// TestTranslateFinish has a probe ended that the trace leaves open, and no other.
func TestTranslateFinish(t *testing.T) {
	for body, added := range map[string]bool{
		"add sata\nattach sata\nalloc sata buf\n":                                  true,
		"add sata\nattach sata\nprobe sata ok\nalloc sata buf\n":                   false,
		"add sata\nattach sata\n":                                                  false,
		"add sata\nadd eth\nattach sata\nprobe sata ok\nattach eth\nmap eth buf\n": true,
		"add sata\nattach sata\nprobe sata ok\nunbind sata\nfree sata buf\n":       false,
	} {
		s, err := Translate(parse(t, body))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.HasSuffix(string(s.Text), " ok\n") && len(s.Added) == 1; got != added {
			t.Errorf("%q: added %v\n%s", body, got, s.Text)
		}
	}
}

// TestRefused has everything that cannot be played refused, with the event named.
func TestRefused(t *testing.T) {
	for body, event := range map[string]string{
		"iommu register fail bus_probe": "iommu register fail bus_probe",
		"iommu unregister":              "iommu unregister",
		"add sata ranges":               "add sata ranges",
		"add sata fail group_join":      "add sata fail group_join",
		"attach sata fail links_check":  "attach sata fail links_check",
		"bind sata test_remove":         "bind sata test_remove",
		"shutdown":                      "shutdown",
		"timeout":                       "timeout",
		"hotplug":                       "hotplug",
		"bypass sata on":                "bypass sata on",
		"pool sata declare":             "pool sata declare",
		"mapping sata attach":           "mapping sata attach",
		"actors 2\nunbind sata until unbind.lock_device":                                                           "unbind sata until unbind.lock_device",
		"actors 2\nunbind sata until unbind_cleanup.devres_release\nbind sata until unbind_cleanup.devres_release": "bind sata until unbind_cleanup.devres_release",
		"actors 2\nunbind sata until unbind_cleanup.devres_release\ncontinue eth":                                  "continue eth",
		"actors 2\nunbind sata until unbind_cleanup.devres_release x2":                                             "unbind sata until unbind_cleanup.devres_release x2",
		"iommu register\niommu register identity":                                                                  "iommu register identity",
		"actors 2\ncontinue sata second":                                                                           "continue sata second",
	} {
		_, err := Translate(parse(t, body))
		var bad *EventError
		if !errors.As(err, &bad) || !errors.Is(err, ErrUnplayable) {
			t.Errorf("%s: got %v", body, err)
			continue
		}
		if bad.Event.String() != event || !strings.HasPrefix(err.Error(), event+": ") || bad.Why == "" {
			t.Errorf("%s: got %v", body, err)
		}
	}
	for _, body := range []string{"device sata bus pci\nadd sata"} {
		if _, err := Translate(parse(t, body)); !errors.Is(err, ErrUnplayable) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// TestCorpus has every trace of the corpus translated or refused, and knows which
// of the two it is for those that the documents name.
func TestCorpus(t *testing.T) {
	played := map[string]bool{}
	for _, f := range corpus.Files() {
		trace, err := text.ParseTrace(f.Name, []byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Translate(trace)
		if err != nil && !errors.Is(err, ErrUnplayable) {
			t.Errorf("%s: %v", f.Name, err)
		}
		played[f.Name] = err == nil
	}
	for name, want := range map[string]bool{
		"01-unbind-teardown-before-devres.trace":         true,
		"02-probe-error-teardown-before-devres.trace":    true,
		"02-probe-defer-teardown-before-devres.trace":    true,
		"33-page-pool-unmaps-after-unbind.trace":         true,
		"open-type-change-before-devres-release.trace":   true,
		"open-claim-before-devres-release.trace":         true,
		"open-register-walk-lets-a-bind-by.trace":        true,
		"open-register-fails-under-a-bound-driver.trace": false,
		"24-iommu-unbound-under-its-masters.trace":       false,
	} {
		if got, there := played[name]; !there || got != want {
			t.Errorf("%s: played %v, want %v", name, got, want)
		}
	}
}

func TestEventLine(t *testing.T) {
	for index, want := range map[int]int{0: 3, 1: 4, 5: 8, 7: 10, 8: 0} {
		if got := EventLine([]byte(twoActors), index); got != want {
			t.Errorf("event %d: line %d, want %d", index, got, want)
		}
	}
}
