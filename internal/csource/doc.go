// Package csource reads raw Linux kernel C, as it lies in a source tree, into functions,
// statements and calls.
//
// It is for following one path through the driver core: which functions really_probe calls, in
// which order, behind which condition, and where each goto lands. For that no types and no headers
// are needed, so nothing is preprocessed, included or looked up. The grammar of C statements needs
// no types either; an expression stays text, of which only its calls and assignments are known.
//
// It is not a C front end. It checks no types, expands no macro, does not know what a name
// stands for, and takes a lot that a compiler refuses.
//
//	file, err := csource.Parse("drivers/base/dd.c", src, config)
//	for _, fn := range file.Function("really_probe") { // one per variant
//		csource.Walk(fn.Body, func(s csource.Stmt) bool { ... })
//	}
//
// # Conditionals
//
// A Config says which CONFIG symbols are set. A conditional that it decides leaves no trace: the
// branches not taken are not read. One that it leaves open is kept, both ways:
//
//   - Where its branches are whole statements in a function, it is a Preproc statement.
//   - Where they are whole declarations, each function, initialiser, macro and macro call has the
//     Guard under which it exists.
//   - Where they cut through a statement or a declaration (an if without its else, half a
//     signature), what they cut is read once a branch, and each variant has its Guard. Choices of
//     independent conditionals are not multiplied: every branch is in at least one variant.
//
// # Bad input
//
// A function that cannot be read is skipped and reported in File.Diagnostics; the rest is read.
// Parse fails only past the limits on size. It does not panic, and its work is linear in the size
// of the source whatever the source holds.
//
// # Known gaps
//
//   - (f)(x) with a plain name f is taken as a cast: whether it is a call depends on types.
//   - A macro's body is text: neither its statements nor its labels are known to its callers.
//   - A token cut in two by a backslash-newline is two tokens, except in a string.
//   - Of several ragged conditionals in one function, not every combination is a variant. A Config
//     that decides them leaves one.
//   - K&R definitions and nested functions are not read.
package csource
