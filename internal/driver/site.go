package driver

// A site is a call that allocates.
type site struct {
	call *call
	how  allocator
}

// watched are calls that rules ask for by name.
var watched = map[string]bool{}
