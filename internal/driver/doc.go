// Package driver reads the C of Linux drivers, unconfigured and without a build, and says where a free
// does not match its allocation.
//
// A tree's drivers are cut into modules as their Makefiles do. Of a module, every function is walked
// once: the values of its locals are followed statement by statement, and what it allocates, frees,
// calls, stores and returns is noted. A free is then followed back, through fields, helpers and
// out-parameters, to the allocations that its argument may come from. Only where all of them are
// known, and none of them matches, is there a finding. What is not understood gives no report, and is
// counted.
//
// What is a free of what is data: table_*.go. What happens after a failed probe or a remove is read from
// the driver core of the same tree.
package driver
