// Package text is the text forms of a kernel and a trace: what `.kernel` and
// `.trace` files look like, read and printed.
//
//	k, err := text.ParseKernel("my.kernel", src, nil)
//	t, err := text.ParseTrace("my.trace", src)
//	os.Stdout.WriteString(text.FormatTrace(t))
//
// Both forms go through one scanner. What is refused is a [SyntaxError], which
// names file, line, column and what was expected; a printed kernel or trace is
// read back as an equal one. Input of any kind is answered by an error, never by
// a panic, within the limits that are stated here.
//
// The package opens no file. Where a kernel is written as a change of another
// one, the caller says how that one is found; model/kernels does so for the
// shipped ones.
package text
