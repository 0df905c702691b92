// Package check says what a check of a kernel is, and makes it: the one place
// where passes, goals, unknown paths, known findings and a verdict come together.
//
// A [Plan] is the passes of a bound. [Run] searches a kernel pass by pass, and
// returns a [Verdict]: what each pass closed, which findings there are, each
// with its trace as the kernel carries it out, which paths were left out, which
// goals were missed, and which findings are known or gone. [Replay] carries out
// one trace, and holds it against what the trace expects.
//
//	plan := check.DefaultPlan(model.DefaultBounds())
//	v, err := check.Run(ctx, kernel, plan, check.Options{})
//	if !v.Status().Success() { ... }
//
// Nothing looked at is never success: a search that carried out no allocation
// is vacuous, a path that is not known makes a verdict partial, and a trace
// whose events were skipped is not as expected unless it says so.
//
// The command, props, fuzz and every writer read verdicts, and none of them
// makes one of its own. The package prints nothing, opens no file, and knows no
// exit codes.
package check
