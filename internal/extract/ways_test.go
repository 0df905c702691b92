package extract

import (
	"dmafuzz/model/text"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dmafuzz/model"
)

// oneWay makes a kernel of one path.
func oneWay(t *testing.T, path, steps string) *model.Kernel {
	t.Helper()
	body := "kernel a\narch a\n\n" + assumedPath(path, steps)
	if path != "dma_teardown" {
		body += "\npath dma_teardown\n  set_ops null\n"
	}
	k, err := text.ParseKernel("a", []byte(body), nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestCompareWays: other words are no difference, other steps are.
func TestCompareWays(t *testing.T) {
	for _, c := range []struct {
		name, path, got, want string
		allow                 []string
		differ                []string
	}{
		{"labels", "unbind", "goto x when not driver; devres_release; x:", "goto y when not driver; devres_release; y:", nil, nil},
		{"a jump or a condition", "unbind", "goto x when not group; owner_dec; x:; clear_driver", "owner_dec when group; clear_driver", nil, nil},
		{"tests in another order", "unbind", "return when not group; return when not driver; clear_driver", "return when not driver; return when not group; clear_driver", nil, nil},
		{"what follows from what", "unbind", "owner_dec when domain_dma", "owner_dec when domain_dma, group, default_domain", nil, nil},
		{"two steps swapped", "unbind", "call dma_teardown; devres_release", "devres_release; call dma_teardown",
			nil, []string{"call dma_teardown <> devres_release"}},
		{"a condition lost", "unbind", "owner_dec", "owner_dec when group", nil, []string{"owner_dec <> end"}},
		{"the other operand", "dma_teardown", "set_ops null", "set_ops iommu", nil, []string{"set_ops null <> set_ops iommu"}},
		{"an error that is dropped", "unbind", "sysfs_add else x; return; x:; ignore_error", "sysfs_add", nil, []string{"end <> end failed"}},
		{"defer or error", "unbind", "refuse defer when dead", "refuse error when dead", nil, []string{"end defer <> end failed"}},
		{"a walk", "shutdown", "for each device; driver_shutdown; end", "driver_shutdown", nil, []string{"for each device <> driver_shutdown"}},
		{"inside of a walk", "shutdown", "for each device; clear_driver; end", "for each device; bound; end", nil, []string{"clear_driver <> bound"}},
		{"behind a failure", "unbind", "sysfs_add else x; return; x:; clear_driver", "sysfs_add else x; return; x:; bound", nil, []string{"clear_driver <> bound"}},
		{"a reason", "unbind", "lock device; kill; unlock device; clear_driver", "kill; clear_driver", []string{"+lock device", "+unlock device"}, nil},
		{"a reason is for one thing", "unbind", "lock device; kill; unlock device; bound", "kill; clear_driver", []string{"+lock device", "+unlock device"},
			[]string{"bound <> clear_driver"}},
		{"a test behind a lock", "unbind", "return when not group; lock group; owner_dec; unlock group", "return when not group; lock group; owner_dec when group; unlock group",
			nil, []string{"owner_dec <> unlock group"}},
		{"a lock that only one side has", "unbind", "return when not group; lock group; owner_dec; unlock group", "return when not group; owner_dec when group",
			[]string{"+lock group", "+unlock group"}, nil},
		{"a step may change what was known", "unbind", "clear_driver; return when not driver; kill", "clear_driver; kill when driver", nil, nil},
	} {
		allow := func(d string, _ map[string]bool) bool {
			for _, a := range c.allow {
				if a == d {
					return true
				}
			}
			return false
		}
		var got []string
		var kind model.PathKind
		for p := model.PathKind(1); p <= model.PathMappingDetach; p++ {
			if p.String() == c.path {
				kind = p
			}
		}
		for _, d := range compareWays(oneWay(t, c.path, c.got), oneWay(t, c.path, c.want), kind, allow) {
			d, _, _ = strings.Cut(d, "  (")
			got = append(got, d)
		}
		if d := cmp.Diff(c.differ, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
