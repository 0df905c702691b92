package text

import (
	"dmafuzz/model"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const kernelHead = "kernel k\narch a\n"

func TestKernelTextErrors(t *testing.T) {
	tests := []struct{ reason, src, want string }{
		{"empty file", "", `1:1: got end of file, want a line "kernel NAME"`},
		{"only comments", "# a\n\n", `3:1: got end of file, want a line "kernel NAME"`},
		{"no arch", "kernel k\n", `2:1: got end of file, want a line "arch NAME"`},
		{"kernel is not first", "arch a\n", `1:1: got "arch", want "kernel NAME" as the first line`},
		{"no name", "kernel # x\n", `1:7: got end of line, want a name`},
		{"name with a slash", "kernel v5.0/arm64\n", `1:8: got "v5.0/arm64", want a name of letters, digits and "._+-"`},
		{"two names", "kernel v5.0 arm64\n", `1:13: got "arm64", want end of line`},
		{"bad arch", "kernel k\n arch é\n", `2:7: got "é", want an architecture of letters, digits and "._+-"`},
		{"arch twice", kernelHead + "arch b\n", `3:1: got "arch", want it once, line 2 has it`},
		{"kernel twice", kernelHead + "kernel b\n", `3:1: got "kernel", want it once, line 1 has it`},
		{"header below a fact", kernelHead + "fact bypass never\nbus pci\n", `4:1: got "bus", want all headers above the first fact or path`},
		{"header inside a path", kernelHead + "path add\nsource x\n", `4:1: got "source", want all headers above the first fact or path`},
		{"source of nothing", kernelHead + "source  \n", `3:7: got end of line, want where the steps were read`},
		{"unknown bus", kernelHead + "bus usb\n", `3:5: got "usb", want a bus (platform, pci, amba, fsl-mc, host1x)`},
		{"bus with a typo", kernelHead + "bus plattform\n", `3:5: got "plattform", want a bus (did you mean "platform"?)`},
		{"unknown firmware", kernelHead + "firmware dmi\n", `3:10: got "dmi", want a firmware (of, acpi, none)`},
		{"word for a line", kernelHead + "pth add\n", `3:1: got "pth", want a header, a fact or a path (did you mean "path"?)`},
		{"step outside of a path", kernelHead + "driver_remove\n", `3:1: got "driver_remove", want a header, a fact or a path (fact, path, kernel, arch, like, derived, source, bus, firmware)`},

		{"base that is no full name", kernelHead + "like v5.0\n", `3:6: got "v5.0", want the full name of a kernel, NAME/ARCH`},
		{"base with two slashes", kernelHead + "like v5.0/a/b\n", `3:6: got "v5.0/a/b", want the full name of a kernel, NAME/ARCH`},
		{"base that is not there", kernelHead + "like none/x\n", `3:6: got "none/x", want a kernel that can be read (no such kernel)`},
		{"base that is nil", kernelHead + "like nil/x\n", `3:6: got "nil/x", want a kernel that can be read (there is none of that name)`},
		{"like and derived", kernelHead + "like v1/x\nderived v1/x\n", `4:1: got "derived", want either like or derived`},
		{"like twice", kernelHead + "like v1/x\nlike v1/x\n", `4:1: got "like", want it once, line 3 has it`},
		{"its own base", "kernel k\nlike k/a\narch a\n", `2:6: got "k/a", want a base other than the kernel itself`},
		{"base of the base is itself", "kernel n1\narch d\nlike n4/d\n", `3:6: got "n4/d", want a base other than the kernel itself`},
		{"65 kernels below", kernelHead + "like n65/d\n", `3:6: got "n65/d", want at most 64 kernels below this one`},

		{"unknown fact", kernelHead + "fact nul-ops direct\n", `3:6: got "nul-ops", want a fact (did you mean "null-ops"?)`},
		{"fact of nothing", kernelHead + "fact\n", `3:5: got end of line, want a fact (null-ops, default-domain, bypass, iommu-registers)`},
		{"fact twice", kernelHead + "fact bypass never\nfact bypass arch\n", `4:6: got "bypass", want it once, line 3 states it`},
		{"fact's value", kernelHead + "fact null-ops swiotlb\n", `3:15: got "swiotlb", want a value of null-ops (dummy, direct, arm)`},
		{"fact without value", kernelHead + "fact null-ops\n", `3:14: got end of line, want a value of null-ops (dummy, direct, arm)`},
		{"more behind a fact", kernelHead + "fact bypass arch a/b.c:1 x\n", `3:26: got "x", want end of line`},
		{"absolute position", kernelHead + "fact bypass arch /a/b.c:1\n", `3:18: got "/a/b.c:1", want a position, FILE or FILE:LINE`},

		{"step below a fact", kernelHead + "path add\nfact bypass arch\nkill\n", `5:1: got "kill", want a header, a fact or a path (fact, path, kernel, arch, like, derived, source, bus, firmware)`},
		{"unknown path", kernelHead + "path unbnd\n", `3:6: got "unbnd", want a path (did you mean "unbind"?)`},
		{"unknown path, none close", kernelHead + "path xyzzyxyzzy\n", `3:6: got "xyzzyxyzzy", want a path`},
		{"path twice", kernelHead + "path add none\npath add\n", `4:6: got "add", want it once, line 3 has it`},
		{"path's status", kernelHead + "path add missing\n", `3:10: got "missing", want none, unknown, a position or end of line`},
		{"step of a path that is none", kernelHead + "path add none\nkill\n", `4:1: got "kill", want no step in a path that is none`},
		{"step of an unknown path", kernelHead + "path add unknown a/b.c\nkill\n", `4:1: got "kill", want no step in a path that is unknown`},

		{"unknown step", kernelHead + "path add\n  drver_remove\n", `4:3: got "drver_remove", want a step (did you mean "driver_remove"?)`},
		{"unknown step, none close", kernelHead + "path add\n  xyzzyxyzzy\n", `4:3: got "xyzzyxyzzy", want a step`},
		{"step's case", kernelHead + "path add\n  Kill\n", `4:3: got "Kill", want a step (did you mean "kill"?)`},
		{"call of no path", kernelHead + "path add\n  call\n", `4:7: got end of line, want a path`},
		{"call of an unknown path", kernelHead + "path add\n  call dma_teardwn\n", `4:8: got "dma_teardwn", want a path (did you mean "dma_teardown"?)`},
		{"unknown lock", kernelHead + "path add\n  lock devise\n", `4:8: got "devise", want a lock (did you mean "device"?)`},
		{"unknown ops", kernelHead + "path add\n  set_ops dummy_ops\n", `4:11: got "dummy_ops", want ops (null, swiotlb, iommu, arm, arm-iommu, vendor)`},
		{"unknown way", kernelHead + "path add\n  take null\n", `4:8: got "null", want a DMA path (ops, pool, direct, swiotlb, dummy, iommu, arm, arm-iommu, vendor)`},
		{"refuse without reason", kernelHead + "path add\n  refuse when error\n", `4:10: got "when", want an error (error, defer)`},
		{"switch", kernelHead + "path add\n  set_dma_iommu 1\n", `4:17: got "1", want a switch (off, on)`},
		{"for all", kernelHead + "path add\n  for all\n", `4:7: got "all", want "each"`},
		{"for each what", kernelHead + "path add\n  for each driver\n", `4:12: got "driver", want what to repeat for (device, group, listed)`},
		{"goto where", kernelHead + "path add\n  goto\n", `4:7: got end of line, want a label of letters, digits and _`},
		{"more behind a step", kernelHead + "path add\n  kill now\n", `4:8: got "now", want when, else, a position or end of line`},
		{"more behind a position", kernelHead + "path add\n  kill a/b.c:1 when dead\n", `4:16: got "when", want when, else, a position or end of line`},

		{"unknown test", kernelHead + "path add\n  kill when ded\n", `4:13: got "ded", want a test (did you mean "dead"?)`},
		{"test missing", kernelHead + "path add\n  kill when dead,\n", `4:18: got end of line, want a test`},
		{"no comma", kernelHead + "path add\n  kill when dead bound\n", `4:18: got "bound", want when, else, a position or end of line`},
		{"not not", kernelHead + "path add\n  kill when not not dead\n", `4:17: got "not", want a test`},
		{"test of which bus", kernelHead + "path add\n  kill when bus, dead\n", `4:16: got ",", want a bus (platform, pci, amba, fsl-mc, host1x)`},
		{"test of which firmware", kernelHead + "path add\n  kill when firmware uefi\n", `4:22: got "uefi", want a firmware (of, acpi, none)`},
		{"when twice", kernelHead + "path add\n  kill when dead when bound\n", `4:18: got "when", want when, else, a position or end of line`},
		{"else that cannot be", kernelHead + "path add\n  kill else out\nout:\n", `4:8: got "else", want no else on a step that never fails, as kill does not`},
		{"else twice", kernelHead + "path add\n  call put else out else out\nout:\n", `4:21: got "else", want when, else, a position or end of line`},
		{"else where", kernelHead + "path add\n  call put else\n", `4:16: got end of line, want a label of letters, digits and _`},
		{"when on a block", kernelHead + "path add\n  for each device when group\nend\n", `4:19: got "when", want no condition on "for each": write it on the steps inside`},
		{"when on an end", kernelHead + "path add\n  for each device\nend when dead\n", `5:5: got "when", want no condition on "end": write it on the steps inside`},
		{"when on a label", kernelHead + "path add\n  out: when dead\n", `4:8: got "when", want when, else, a position or end of line`},

		{"label twice", kernelHead + "path add\nout:\nkill\nout:\n", `6:1: got "out:", want a label once in a path, line 4 has it`},
		{"label with a dash", kernelHead + "path add\nout-now:\n", `4:1: got "out-now", want a label of letters, digits and _`},
		{"label of digits", kernelHead + "path add\n1:\n", `4:1: got "1", want a label of letters, digits and _`},
		{"label of nothing", kernelHead + "path add\n:\n", `4:1: got end of line, want a label of letters, digits and _`},
		{"label that is a word", kernelHead + "path add\nwhen:\n", `4:1: got "when", want a label of letters, digits and _, not a word of the grammar`},
		{"goto else", kernelHead + "path add\n goto else\n", `4:7: got "else", want a label of letters, digits and _, not a word of the grammar`},
		{"goto nowhere", kernelHead + "path add\n  goto ot when dead\nout:\npath put\n", `4:8: got "ot", want a label that the path has (did you mean "out"?)`},
		{"else to nowhere, last path", kernelHead + "path add\n  call put else there\n", `4:17: got "there", want a label that the path has`},
		{"goto into another path", kernelHead + "path add\nout:\npath put\ngoto out\n", `6:6: got "out", want a label that the path has`},
		{"end of nothing", kernelHead + "path add\n  end\n", `4:3: got "end", want end only after a for each`},
		{"block left open", kernelHead + "path add\n  for each device\n  kill\npath put\n", `4:3: got a for each block that is open at the end of its path, want an end`},
		{"block left open by a fact", kernelHead + "path add\n  for each device\nfact bypass never\n", `4:3: got a for each block that is open at the end of its path, want an end`},
		{"block left open at the end", kernelHead + "path add\n  for each device\nfor each group\nend\n", `4:3: got a for each block that is open at the end of its path, want an end`},
		{"blocks three deep", kernelHead + "path add\nfor each device\nfor each group\n for each group\n", `6:2: got "for", want at most 2 for each blocks inside one another`},
		{"jump into a block", kernelHead + "path add\ngoto in\nfor each device\nin:\nend\n", `4:6: got "in", want no jump into the for each block around line 6`},
		{"jump into the next block", kernelHead + "path add\nfor each device\ngoto in\nend\nfor each device\nin:\nend\n", `5:6: got "in", want no jump into the for each block around line 8`},
		{"position with line 0", kernelHead + "path add\n  kill a/b.c:0\n", `4:8: got "a/b.c:0", want a position, FILE or FILE:LINE`},
		{"position with a padded line", kernelHead + "path add\n  kill a/b.c:01\n", `4:8: got "a/b.c:01", want a position, FILE or FILE:LINE`},
		{"position with a sign", kernelHead + "path add\n  kill a/b.c:+1\n", `4:8: got "a/b.c:+1", want a position, FILE or FILE:LINE`},
		{"position of a folder", kernelHead + "path add\n  kill drivers/base/\n", `4:8: got "drivers/base/", want a position, FILE or FILE:LINE`},
		{"position with a huge line", kernelHead + "path add\n  kill b.c:99999999999999999999\n", `4:8: got "b.c:99999999999999999999", want a position, FILE or FILE:LINE`},
		{"position with a column", kernelHead + "path add\n  kill b.c:10:2\n", `4:8: got "b.c:10:2", want a position, FILE or FILE:LINE`},
		{"position with odd bytes", kernelHead + "path add\n  kill a/b\"c\n", `4:8: got "a/b\"c", want a position, FILE or FILE:LINE`},

		{"NUL", "kernel k\x00\n", `1:9: got byte 0x00, want text in UTF-8`},
		{"no UTF-8", kernelHead + "# caf\xe9\n", `3:6: got byte 0xe9, want text in UTF-8`},
		{"escape sequence", kernelHead + "path add # \x1b[31m\n", `3:12: got byte 0x1b, want text in UTF-8`},
		{"carriage return within", "kernel \rk\n", `1:8: got byte 0x0d, want text in UTF-8`},
		{"byte order mark", "\ufeffkernel k\n", `1:1: got "\ufeffkernel", want "kernel NAME" as the first line`},
		{"long word", kernelHead + "path " + strings.Repeat("a", 201) + "\n", `3:6: got a word of 201 bytes, want at most 200`},
		{"longest word, shown cut", kernelHead + "path " + strings.Repeat("a", 200) + "\n", `3:6: got "` + strings.Repeat("a", 57) + `"..., want a path`},
		{"letters cut apart", kernelHead + "path " + strings.Repeat("é", 40) + "\n", `3:6: got "` + strings.Repeat("é", 28) + `"..., want a path`},
		{"two labels equally near", kernelHead + "path add\ngoto out3\nout1:\nout2:\n", `4:6: got "out3", want a label that the path has (did you mean "out1"?)`},
		{"many steps", kernelHead + "path add\n" + strings.Repeat("kill\n", 501), `504:1: got "kill", want at most 500 steps in a path`},
		{"many lines", kernelHead + strings.Repeat("\n", 19999), `20001:1: got one more line, want at most 20000`},
		{"big file", strings.Repeat("#", MaxFileSize+1), `1:1: got 1048577 bytes, want at most 1048576`},
	}
	for _, test := range tests {
		_, err := ParseKernel("k", []byte(test.src), testBases)
		if err == nil {
			t.Errorf("%s: no error, want %s", test.reason, test.want)
			continue
		}
		if err.Error() != "k:"+test.want {
			t.Errorf("%s: got\n  %s, want\n  k:%s", test.reason, err, test.want)
		}
		if len(test.src) <= MaxFileSize {
			checkPosition(t, test.src, err)
		}
	}
}

var errNoKernel = errors.New("no such kernel")

// testBases knows v1/x, and n1/d to n65/d, each the base of the next.
func testBases(name string) (*model.Kernel, error) {
	switch name {
	case "none/x":
		return nil, errNoKernel
	case "nil/x":
		return nil, nil
	}
	var below *model.Kernel
	for i := 1; i <= MaxBaseDepth+1; i++ {
		k := &model.Kernel{Name: fmt.Sprint("n", i), Arch: "d"}
		k.SetBase(below)
		below = k
		if name == below.FullName() {
			return below, nil
		}
	}
	return anyKernel(name)
}

func TestKernelTextAtLimits(t *testing.T) {
	for reason, src := range map[string]string{
		"500 steps":        kernelHead + "path add\n" + strings.Repeat("kill\n", 500),
		"20000 lines":      kernelHead + strings.Repeat("\n", 19998),
		"1 MiB":            kernelHead + "#" + strings.Repeat("x", MaxFileSize-1-len(kernelHead)),
		"64 kernels below": kernelHead + "like n64/d\n",
		"200 bytes":        "kernel " + strings.Repeat("k", 200) + "\narch a",
		"CRLF":             "kernel k\r\narch a\r\n",
		"jump out":         kernelHead + "path add\nfor each device\ngoto out\nend\nout:\n",
	} {
		k, err := ParseKernel("k", []byte(src), testBases)
		if err != nil {
			t.Errorf("%s: %v", reason, err)
			continue
		}
		checkKernelText(t, k)
	}
}

// The cause beneath an error can be asked for, and no resolver is an error.
func TestKernelTextBaseErrors(t *testing.T) {
	if _, err := ParseKernel("k", []byte(kernelHead+"like none/x\n"), testBases); !errors.Is(err, errNoKernel) {
		t.Errorf("%v does not wrap the resolver's error", err)
	}
	for _, base := range []string{"k/a", "n65/d"} {
		if _, err := ParseKernel("k", []byte(kernelHead+"like "+base+"\n"), testBases); !errors.Is(err, ErrBase) {
			t.Errorf("%v is no ErrBase", err)
		}
	}
	want := `k:3:6: got "v1/x", want no base kernel here: there is nothing to find it by`
	if _, err := ParseKernel("k", []byte(kernelHead+"like v1/x\n"), nil); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestResolver(t *testing.T) {
	loads := 0
	files := map[string]string{
		"a/x": "kernel a\narch x\nbus pci\nfirmware acpi\n", "b/x": "kernel b\narch x\nlike a/x\nfirmware none\n",
		"c/x": "kernel c\narch x\nderived b/x\n",
		"p/x": "kernel p\narch x\nlike q/x\n", "q/x": "kernel q\narch x\nlike p/x\n",
	}
	for i := range MaxBaseDepth + 4 { // d1 stands on d0, and so on
		files[fmt.Sprintf("d%d/x", i+1)] = fmt.Sprintf("kernel d%d\narch x\nlike d%d/x\n", i+1, i)
	}
	files["d0/x"] = "kernel d0\narch x\n"
	resolve := Resolver(func(name string) (string, []byte, error) {
		loads++
		src, ok := files[name]
		if !ok {
			return "", nil, errNoKernel
		}
		return name, []byte(src), nil
	})
	c, err := resolve("c/x")
	if err != nil || c.DefaultBus() != model.BusPCI || c.DefaultFirmware() != model.FirmwareNone || c.Bus != model.BusInvalid || !c.Derived {
		t.Fatalf("c/x is %+v, %v", c, err)
	}
	if b, err := resolve("b/x"); err != nil || b != c.BaseKernel() || b.DefaultFirmware() != model.FirmwareNone || b.Derived || loads != 3 {
		t.Errorf("b/x is %+v, %v, after %d loads", b, err, loads)
	}
	if d, _ := resolve("d0/x"); d.DefaultBus() != model.BusPlatform || d.DefaultFirmware() != model.FirmwareOF {
		t.Errorf("a kernel that says nothing has bus %s and firmware %s", d.DefaultBus(), d.DefaultFirmware())
	}
	if _, err := resolve("p/x"); err == nil || !strings.Contains(err.Error(), "p/x is its own base") {
		t.Errorf("p/x stands on q/x, which stands on p/x: got %v", err)
	}
	for name, want := range map[string]error{"p/x": ErrBase, "d68/x": ErrBase, "e/x": errNoKernel, "d64/x": nil, "d65/x": ErrBase} {
		if _, err := resolve(name); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
}
