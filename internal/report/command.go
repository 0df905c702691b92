package report

import (
	"dmafuzz/model/text"
	"strings"

	"dmafuzz/model"
)

// SavedAs says that the story's trace stands in a file: its commands name the
// file from then on.
func (s *Story) SavedAs(file string) {
	on := ""
	if s.kernel != s.trace.Expect[0].Kernel { // the trace's own `on` line would find another kernel, or none
		on = " --on " + ShellQuote(s.kernel) + s.flags
	}
	if strings.HasPrefix(file, "-") {
		file = "./" + file
	}
	s.Replay = "dmafuzz replay" + on + " " + ShellQuote(file)
	s.Minimize = "dmafuzz minimize" + on + " " + ShellQuote(file)
}

// setCommands makes commands that need no file: the trace comes through a pipe.
func (s *Story) setCommands(pipe string) {
	on := " --on " + ShellQuote(s.kernel) + s.flags + " -"
	s.Replay = pipe + " | dmafuzz replay" + on
	s.Minimize = pipe + " | dmafuzz minimize" + on
}

// quoted is a list of words as a shell takes them, each with a space before it.
func quoted(words []string) string {
	body := ""
	for _, w := range words {
		body += " " + ShellQuote(w)
	}
	return body
}

// pipe is a shell command that prints the trace without comments and
// expectations.
func pipe(t *model.Trace) string {
	bare := *t
	bare.Comments, bare.Expect = nil, nil
	words := []string{"printf", `'%s\n'`}
	for line := range strings.Lines(text.FormatTrace(&bare)) {
		if line = strings.TrimSpace(line); line != "" {
			words = append(words, ShellQuote(line))
		}
	}
	return strings.Join(words, " ")
}

// ShellQuote makes one word of s for a POSIX shell.
func ShellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// FileName is a name for the file of a finding's trace, from the names of the
// kernel and the key: the same finding has the same name in every run.
func FileName(kernel string, key model.Key) string {
	return strings.NewReplacer("/", "-", ":", "_", ">", "-").Replace(kernel+"_"+key.String()) + ".trace"
}
