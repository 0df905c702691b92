// Package props holds the properties of the machine, and [Check] for the tests
// of people who have a kernel to prove.
//
//	func TestMyKernel(t *testing.T) {
//		props.Check(t, kernel)
//	}
//
// The properties themselves are tests of this package: the machine does what
// the oracle says, event by event; both text forms come back as they were;
// replays are deterministic and skip what is not enabled; packing loses
// nothing; minimizing keeps the key and reaches the shortest trace; two actors
// stop where the oracle says they can, and do nothing new if never preempted. They run
// over all shipped kernels and over changed ones, with gopter's generators and
// shrinkers (gopter_test.go is the only file that knows gopter) and as plain
// random walks, which are faster.
package props
