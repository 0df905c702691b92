// Package report turns what a search found into one [Report] value, and writes
// it in several forms.
//
// [New] does the thinking: it replays each finding's trace step by step, and
// from what it sees makes the table, the time line, the message, the blame and
// the order. The writers ([Text], [JSON], [Table]) only lay out what stands in
// the value; two writers never disagree on a fact.
//
// A trace of two actors is shown in two columns, A for who begins while nobody
// runs, with the locks that are held at each step and a line across where the other
// one's turn comes.
//
// The package is pure: no clock, no files, and equal inputs give equal bytes.
package report
