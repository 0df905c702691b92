package kbuild

// Recipe says what to make of a tree, and what to put into it for that.
type Recipe struct {
	Name       string              // what the build is called in messages
	Label      string              // what it is called in its key
	Fits       func(Version) error // why a tree of that version is not one for it; nil for any
	Need       []string            // files that a tree must have, by slashed path
	Vars       []string            // of every make: ARCH=..., CROSS_COMPILE=...
	Compiler   string              // whose version is a part of the key
	Tools      []Tool              // besides those of any kernel
	Config     []byte              // on top of tinyconfig
	Folder     string              // a new folder of the tree, with a slash at its end
	Files      map[string][]byte   // what is in it, by name
	Lines      []Line              // what leads make and Kconfig there
	Keyed      []string            // files and folders of the tree that its key is made of
	Target     string              // of make
	Output     string              // what make leaves, in the folder of objects
	KeepConfig bool                // whether the configuration is kept beside the output
}

// Line is one line that is added to a file of the tree.
type Line struct {
	File   string // by slashed path
	Text   string
	Before string // the beginning of the line that it must stand before; "" for the end
}

// Image is what was built by a recipe.
type Image struct {
	Path    string // the program or kernel
	Config  string // its configuration, a file; "" if the recipe does not keep it
	Release string // the tree's version, "6.1.176"
	Key     string // SHA-256 of what it was built from, in hex
}
