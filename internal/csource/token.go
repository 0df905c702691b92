package csource

// A kind says what a token is. A token of one ASCII character is its own kind; the others are
// named here. Operators that csource never tells apart share a kind.
type kind uint8

const (
	kEOF       kind = iota
	kIdent     kind = iota + 128
	kNumber         // 12, 0x1fUL, 1.5e-3
	kString         // "..."
	kChar           // '...'
	kArrow          // ->
	kAndAnd         // &&
	kOrOr           // ||
	kAssign         // += -= and so on; a plain = is '='
	kIncDec         // ++ --
	kOp             // any other operator of several characters: == <= << ...
	kEllipsis       // ...
	kDirective      // a whole line: #define ...
	kIf             // from here on markers, which stand for a conditional left open
	kElse           // #elif or #else
	kEndif
	kBad // an unterminated string, a byte that C does not use
)

// A token is one word of the source. Once a flow is built, text[off:off+n] is its text.
type token struct {
	src  uint32 // offset in the source
	off  uint32
	n    uint32
	line uint32
	aux  int32 // bracket: index of its partner, or -1; marker: see flow.go
	kind kind
	kw   keyword
	sp   bool // white space or a comment stands before it
}

// A keyword is what kind of statement or declaration an identifier opens.
type keyword uint8

const (
	notKeyword keyword = iota
	kwIf
	kwElse
	kwFor
	kwWhile
	kwDo
	kwSwitch
	kwCase
	kwDefault
	kwGoto
	kwReturn
	kwBreak
	kwContinue
	kwAsm
	kwStruct   // struct, union, enum
	kwType     // int, unsigned ...
	kwStorage  // static, const, inline ...
	kwTypeof   // typeof(x): opens a declaration, evaluates nothing
	kwSizeof   // evaluates nothing either
	kwAttr     // __attribute__((...)), _Static_assert(...)
	kwVolatile // may also follow asm
)

// opensStatement reports whether k can only be the first word of a statement.
func (k keyword) opensStatement() bool { return k >= kwIf && k <= kwContinue }

// opensDeclaration reports whether a statement that starts with k declares something.
func (k keyword) opensDeclaration() bool { return k >= kwStruct && k <= kwTypeof || k == kwVolatile }

// A switch, because this runs for each identifier and a map would take a third of all time.
func keywordOf(s string) keyword {
	switch s {
	case "if":
		return kwIf
	case "else":
		return kwElse
	case "for":
		return kwFor
	case "while":
		return kwWhile
	case "do":
		return kwDo
	case "switch":
		return kwSwitch
	case "case":
		return kwCase
	case "default":
		return kwDefault
	case "goto":
		return kwGoto
	case "return":
		return kwReturn
	case "break":
		return kwBreak
	case "continue":
		return kwContinue
	case "asm", "__asm__", "__asm":
		return kwAsm
	case "struct", "union", "enum":
		return kwStruct
	case "int", "char", "long", "short", "void", "float", "double", "unsigned", "signed", "_Bool",
		"__signed__", "__int128", "__auto_type":
		return kwType
	case "static", "const", "extern", "register", "inline", "__inline", "__inline__", "auto",
		"typedef", "__const", "__label__", "__extension__", "_Noreturn", "_Thread_local":
		return kwStorage
	case "volatile", "__volatile__", "__volatile":
		return kwVolatile
	case "typeof", "__typeof__", "__typeof", "typeof_unqual", "__typeof_unqual__":
		return kwTypeof
	case "sizeof", "_Alignof", "__alignof__", "alignof", "offsetof", "__builtin_offsetof",
		"__builtin_types_compatible_p", "_Generic":
		return kwSizeof
	case "__attribute__", "__attribute", "_Static_assert":
		return kwAttr
	}
	return notKeyword
}
