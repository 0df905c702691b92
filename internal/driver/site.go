package driver

// A site is a call that allocates.
type site struct {
	call *call
	how  allocator
}

// A free is a call that frees.
type free struct {
	call *call
	how  freer
}

// watched are calls that rules ask for by name.
var watched = map[string]bool{}
