package extract

// lab is the architecture of the programs that package uml builds: User-Mode
// Linux, whose hooks and bus are the player's own. Those paths are not in the
// tree; the caller states them by Options.Assume (uml.Assume has them).
var lab = archInfo{
	symbols: map[string]bool{"UML": true, "64BIT": true},
	bus:     "platform", firmware: "of", bustype: "platform_bus_type", limits: true,
}
