package uml

import (
	"bytes"
	"slices"
	"strings"

	"dmafuzz/model"
)

// owners reads a log of two actors for the ownership of groups, which it tells of
// devices that are at rest only. It is out of balance if a device gives back what it
// has not taken, or less than it has, or if some is left where no device of the group has a driver. Which
// event it was, and of several devices which, such a log does not say.
type owners struct {
	taken  map[string]int  // by device, how often while it was in a group
	group  map[string]bool // devices in a group
	driver map[string]bool // devices with a driver
	owned  map[string]bool // groups that are claimed
}

// ownerFaults returns the fault of a log, or none. shared tells that all devices
// are in one group. A log without init lines is that of perbind, where ownership is
// the player's own.
func ownerFaults(log []byte, shared bool) []fault {
	if !bytes.Contains(log, []byte("o init ")) {
		return nil
	}
	o := owners{map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for line := range bytes.Lines(log) {
		w := strings.Fields(string(line))
		if len(w) > 2 && (w[0] == "o" && o.op(w[1], w[2], w[3:]) || w[0] == "g" && o.left(w[1], w[2:], shared)) {
			return []fault{{event: noEvent, rule: model.OwnerBalanced}}
		}
		if len(w) > 2 && w[0] == "s" {
			d := w[1]
			o.driver[d], o.group[d], o.owned[d] = slices.Contains(w, "drv=1"), slices.Contains(w, "grp=1"), slices.Contains(w, "own=1")
		}
	}
	return nil
}

// op takes in what happened to a device, and tells whether it gave back too much.
func (o *owners) op(what, device string, more []string) bool {
	switch what {
	case "init", "gone":
		o.group[device], o.taken[device] = what == "init", 0
	case "use":
		if o.group[device] && slices.Equal(more, []string{"ok"}) {
			o.taken[device]++
		}
	case "unuse":
		n := o.taken[device]
		o.taken[device] = 0
		return o.group[device] && n != 1
	}
	return false
}

// left tells whether a group is in use and nobody is there to use it.
func (o *owners) left(device string, state []string, shared bool) bool {
	for _, d := range deviceWords {
		if o.driver[d] && o.group[d] && (shared || d == device) {
			return false
		}
	}
	return slices.Contains(state, "used=1") && !o.owned[device]
}
