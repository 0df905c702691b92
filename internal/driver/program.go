package driver

// A Driver is a driver as data: what it allocates, and the paths that it allocates and frees on. It is
// printed, and parsed back, in the manner of a .kernel file.
type Driver struct {
	Name    string
	Source  string // the tree it was read in
	Entries []Entry
	Objects []Object
	Paths   []Path
}

// An Entry is a way in from the kernel: a member of a struct of functions.
type Entry struct {
	Table  string // the struct's type: platform_driver
	Member string // probe
	Path   string // the function
}

// An Object is one allocation of the source. Its parameters are what the source has, and stay out of any
// state: they are compared once.
type Object struct {
	Name      string
	With      string // the function that allocates it
	Family    string
	Managed   bool
	Device    string
	Size      string
	Direction string
	Pos       string
}

// A Path is a function of the driver, as far as it allocates, frees, registers or calls what does.
type Path struct {
	Name  string
	Pos   string
	Steps []PathStep
}

// A StepKind says what a step does.
type StepKind uint8

const (
	invalidStep    StepKind = iota
	StepAlloc               // takes the object Name
	StepFree                // gives the object Name back by the function With; Name is ? if it is not known
	StepCall                // carries out the path Name
	StepIRQ                 // requests an interrupt by the function With, whose handler is the path Name, if it is one
	StepIRQFree             // frees an interrupt by the function With
	StepRegister            // makes the interface Name open to others, by the function With
	StepUnregister          // takes it away
	StepLabel               // is a place to go to, Name
	StepGoto                // goes on at the label Name
	StepReturn              // leaves the path; Name is ok, error, or empty if it depends
)

var stepWords = [...]string{"", "alloc", "free", "call", "irq", "irq_free", "register", "unregister", "", "goto", "return"}

// A PathStep is one step. When is a condition of the C, in its words; Else is the label to go to when the
// step fails.
type PathStep struct {
	Kind StepKind
	Name string
	With string
	When string
	Else string
	Pos  string
}
