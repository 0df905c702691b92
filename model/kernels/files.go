package kernels

import "embed"

// files names each file on a line of its own: go-fuzz-build takes what stands
// behind the word embed for the name of one file.
//
//go:embed v4.9-arm64.kernel
//go:embed v4.9-arm.kernel
//go:embed v4.14.177-arm64.kernel
//go:embed v4.14.177-arm.kernel
//go:embed v4.19-arm64.kernel
//go:embed v4.19-arm.kernel
//go:embed v4.19.48-arm64.kernel
//go:embed v4.19.48-arm.kernel
//go:embed v4.20-arm64.kernel
//go:embed v4.20-arm.kernel
//go:embed v5.0-arm64.kernel
//go:embed v5.0-arm.kernel
//go:embed v5.0.1-arm64.kernel
//go:embed v5.0.1-arm.kernel
//go:embed v5.1-arm64.kernel
//go:embed v5.1-arm.kernel
//go:embed v5.2.1-arm64.kernel
//go:embed v5.2.1-arm.kernel
//go:embed v5.4-arm64.kernel
//go:embed v5.4-arm.kernel
//go:embed v5.9.2-arm64.kernel
//go:embed v5.9.2-arm.kernel
//go:embed v5.9.2-bypass-powerpc.kernel
//go:embed v5.9.2-smmu-unbind-arm64.kernel
//go:embed v5.10-rangemap-leak-arm64.kernel
//go:embed v5.10-rangemap-overwrite-arm64.kernel
//go:embed v5.10.223-arm64.kernel
//go:embed v5.10.223-arm.kernel
//go:embed v5.10.223-x86-amd.kernel
//go:embed v5.10.223-x86-intel.kernel
//go:embed v5.11-arm64.kernel
//go:embed v5.11-arm.kernel
//go:embed v5.11-x86-amd.kernel
//go:embed v5.11-x86-intel.kernel
//go:embed v5.11-teardown-x86-amd.kernel
//go:embed v5.12.9-arm64.kernel
//go:embed v5.12.9-arm.kernel
//go:embed v5.12.9-x86.kernel
//go:embed v5.14.2-arm64.kernel
//go:embed v5.14.2-arm.kernel
//go:embed v5.14.2-x86.kernel
//go:embed v5.15.16-arm64.kernel
//go:embed v5.15.16-arm.kernel
//go:embed v5.15.16-x86.kernel
//go:embed v5.17-rc5-arm64.kernel
//go:embed v5.17-rc5-arm.kernel
//go:embed v5.17-rc5-x86.kernel
//go:embed v5.18-arm64.kernel
//go:embed v5.18-arm.kernel
//go:embed v5.18-x86.kernel
//go:embed v5.19-arm64.kernel
//go:embed v5.19-arm.kernel
//go:embed v5.19-x86.kernel
//go:embed v6.1.176-arm64.kernel
//go:embed v6.1.176-arm.kernel
//go:embed v6.1.176-x86.kernel
//go:embed v6.1.176-smmu-shutdown-arm64.kernel
//go:embed v6.5-arm64.kernel
//go:embed v6.5-arm.kernel
//go:embed v6.5-x86.kernel
//go:embed v6.6.22-arm64.kernel
//go:embed v6.6.22-arm.kernel
//go:embed v6.6.22-x86.kernel
//go:embed v6.8.1-arm64.kernel
//go:embed v6.8.1-arm.kernel
//go:embed v6.8.1-x86.kernel
//go:embed v6.10-arm64.kernel
//go:embed v6.10-arm.kernel
//go:embed v6.10-x86.kernel
//go:embed v6.12-arm64.kernel
//go:embed v6.12-arm.kernel
//go:embed v6.12-x86.kernel
//go:embed v6.12.107-arm64.kernel
//go:embed v6.12.107-arm.kernel
//go:embed v6.12.107-x86.kernel
//go:embed v6.14-arm64.kernel
//go:embed v6.14-arm.kernel
//go:embed v6.14-x86.kernel
//go:embed v6.17-arm64.kernel
//go:embed v6.17-arm.kernel
//go:embed v6.17-x86.kernel
//go:embed v6.17-no-ready-flag-arm64.kernel
//go:embed v6.18.2-arm64.kernel
//go:embed v6.18.2-arm.kernel
//go:embed v6.18.2-x86.kernel
//go:embed v6.19.9-arm64.kernel
//go:embed v6.19.9-arm.kernel
//go:embed v6.19.9-x86.kernel
//go:embed v7.1.3-arm64.kernel
//go:embed v7.1.3-arm.kernel
//go:embed v7.1.3-x86.kernel
//go:embed v7.2.13-arm64.kernel
//go:embed v7.2.13-arm.kernel
//go:embed v7.2.13-x86.kernel
//go:embed v7.3-rc7-arm64.kernel
//go:embed v7.3-rc7-arm.kernel
//go:embed v7.3-rc7-x86.kernel
var files embed.FS

// releases lists the kernels in the order in which their releases came out, a
// derived one beside the release that it changes. The first arch is the one
// that the others are written as a change of.
var releases = []struct {
	name  string
	archs []string
}{
	{"v4.9", []string{"arm64", "arm"}},
	{"v4.14.177", []string{"arm64", "arm"}},
	{"v4.19", []string{"arm64", "arm"}},
	{"v4.19.48", []string{"arm64", "arm"}},
	{"v4.20", []string{"arm64", "arm"}},
	{"v5.0", []string{"arm64", "arm"}},
	{"v5.0.1", []string{"arm64", "arm"}},
	{"v5.1", []string{"arm64", "arm"}},
	{"v5.2.1", []string{"arm64", "arm"}},
	{"v5.4", []string{"arm64", "arm"}},
	{"v5.9.2", []string{"arm64", "arm"}},
	{"v5.9.2-bypass", []string{"powerpc"}},
	{"v5.9.2-smmu-unbind", []string{"arm64"}},
	{"v5.10-rangemap-leak", []string{"arm64"}},
	{"v5.10-rangemap-overwrite", []string{"arm64"}},
	{"v5.10.223", []string{"arm64", "arm", "x86-amd", "x86-intel"}},
	{"v5.11", []string{"arm64", "arm", "x86-amd", "x86-intel"}},
	{"v5.11-teardown", []string{"x86-amd"}},
	{"v5.12.9", []string{"arm64", "arm", "x86"}},
	{"v5.14.2", []string{"arm64", "arm", "x86"}},
	{"v5.15.16", []string{"arm64", "arm", "x86"}},
	{"v5.17-rc5", []string{"arm64", "arm", "x86"}},
	{"v5.18", []string{"arm64", "arm", "x86"}},
	{"v5.19", []string{"arm64", "arm", "x86"}},
	{"v6.1.176", []string{"arm64", "arm", "x86"}},
	{"v6.1.176-smmu-shutdown", []string{"arm64"}},
	{"v6.5", []string{"arm64", "arm", "x86"}},
	{"v6.6.22", []string{"arm64", "arm", "x86"}},
	{"v6.8.1", []string{"arm64", "arm", "x86"}},
	{"v6.10", []string{"arm64", "arm", "x86"}},
	{"v6.12", []string{"arm64", "arm", "x86"}},
	{"v6.12.107", []string{"arm64", "arm", "x86"}},
	{"v6.14", []string{"arm64", "arm", "x86"}},
	{"v6.17", []string{"arm64", "arm", "x86"}},
	{"v6.17-no-ready-flag", []string{"arm64"}},
	{"v6.18.2", []string{"arm64", "arm", "x86"}},
	{"v6.19.9", []string{"arm64", "arm", "x86"}},
	{"v7.1.3", []string{"arm64", "arm", "x86"}},
	{"v7.2.13", []string{"arm64", "arm", "x86"}},
	{"v7.3-rc7", []string{"arm64", "arm", "x86"}},
}
