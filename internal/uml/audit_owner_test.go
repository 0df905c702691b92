package uml

import (
	"strings"
	"testing"
)

// A log of two actors tells whether the ownership of a group is out of balance.
func TestOwnerFaults(t *testing.T) {
	const joined = "o init sata\no use sata ok\n"
	for _, c := range []struct {
		reason, log    string
		shared, faulty bool
	}{
		{"taken and given back", joined + "o unuse sata\ns sata drv=0 grp=1 own=0\ng sata used=0\n", false, false},
		{"taken, and its driver is there", joined + "s sata drv=1 grp=1 own=0\ng sata used=1\n", false, false},
		{"without a group it is nothing", "o init eth\no use sata ok\no unuse sata\n", false, false},
		{"perbind does not tell when a device joins", "o use sata ok\ns sata drv=1 grp=1 own=0\no unuse sata\n", false, false},
		{"taken without a group, given back in one", "o use sata ok\no init sata\no unuse sata\n", false, true},
		{"a use that failed is none", "o init sata\no use sata defer\no unuse sata\n", false, true},
		{"taken twice, given back once", joined + "o use sata ok\no unuse sata\n", false, true},
		{"who leaves the group and joins again has taken nothing", joined + "o gone sata\no init sata\no unuse sata\n", false, true},
		{"left where nobody has a driver", joined + "o unuse sata\ns sata drv=0 grp=1 own=0\ng sata used=1\n", false, true},
		{"claimed, then it is the owner's", joined + "o unuse sata\ns sata drv=0 grp=1 own=1\ng sata used=1\n", false, false},
		{"used by the other device of the group", "o init eth\ns sata drv=0 grp=1 own=0\ns eth drv=1 grp=1 own=0\ng sata used=1\n", true, false},
		{"the other device has a group of its own", "o init eth\ns sata drv=0 grp=1 own=0\ns eth drv=1 grp=1 own=0\ng sata used=1\n", false, true},
	} {
		var got []string
		for _, f := range ownerFaults([]byte(c.log), c.shared) {
			got = append(got, f.String())
		}
		want := ""
		if c.faulty {
			want = "owner-balanced"
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", c.reason, got, want)
		}
	}
}
