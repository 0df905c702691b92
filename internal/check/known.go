package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dmafuzz/model"
)

// MaxKnownSize is how long a file of known findings may be, in bytes.
const MaxKnownSize = 1 << 20

// Known is a list of findings that are known, in the order of its file.
type Known []KnownFinding

// KnownFinding is a line of the list: a finding's key, or a pattern of keys,
// and the reason why it does not count.
type KnownFinding struct {
	Pattern Pattern
	Reason  string
}

// Pattern is a finding's key in which each '*' stands for any run of
// characters. The zero Pattern matches nothing.
type Pattern struct {
	text string
	re   *regexp.Regexp // nil for a key without '*'
}

// ParsePattern reads a key or pattern. Without a '*' it must be a key.
func ParsePattern(text string) (Pattern, error) {
	if !strings.Contains(text, "*") {
		key, err := model.ParseKey(text)
		return Pattern{text: key.String()}, err
	}
	for i, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte("*:>._-", c) < 0 {
			return Pattern{}, fmt.Errorf("got %q at %d in a pattern, want letters, digits and \"*:>._-\"", c, i+1)
		}
	}
	quoted := strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, `.*`)
	return Pattern{text, regexp.MustCompile("^" + quoted + "$")}, nil
}

// String is the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Match tells whether the pattern stands for the key.
func (p Pattern) Match(key model.Key) bool {
	if p.re == nil {
		return p.text != "" && p.text == key.String()
	}
	return p.re.MatchString(key.String())
}

// ParseKnown reads lines of "KEY  # why". A line without a key is a comment. A
// key may be a pattern. A key without a reason is an error: nobody could tell
// later whether it may go. The name of the file serves only for errors, which
// begin with FILE:LINE:COLUMN.
func ParseKnown(file string, src []byte) (Known, error) {
	if len(src) > MaxKnownSize {
		return nil, fmt.Errorf("%s:1:1: got %d bytes, want a list of at most %d", file, len(src), MaxKnownSize)
	}
	var list Known
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		word, reason, _ := strings.Cut(line, "#")
		reason = strings.TrimSpace(reason)
		column := len(word) - len(strings.TrimLeft(word, " \t")) + 1
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		pattern, err := ParsePattern(word)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %q: %w", file, n, column, word, err)
		}
		if reason == "" {
			return nil, fmt.Errorf("%s:%d:%d: got a key without a reason, want \"KEY  # why\"", file, n, len(line)+1)
		}
		list = append(list, KnownFinding{pattern, reason})
	}
	return list, nil
}

// KnownKeys makes a list of keys, with one reason for all of them.
func KnownKeys(reason string, keys ...model.Key) Known {
	var list Known
	for _, k := range keys {
		list = append(list, KnownFinding{Pattern{text: k.String()}, reason})
	}
	return list
}

// Reason returns why the key is known, and "" if it is not.
func (l Known) Reason(key model.Key) string {
	for i := range l {
		if l[i].Pattern.Match(key) {
			return l[i].Reason
		}
	}
	return ""
}

// Gone lists the known findings that none of the verdicts has any more. A
// verdict that is not closed is no proof that a finding is gone: it then lists
// none.
func (l Known) Gone(list ...*Verdict) []KnownFinding {
	for _, v := range list {
		if v.Open() {
			return nil
		}
	}
	var gone []KnownFinding
	for _, k := range l {
		met := slices.ContainsFunc(list, func(v *Verdict) bool {
			return slices.ContainsFunc(v.Findings, func(f Finding) bool { return k.Pattern.Match(f.Key()) })
		})
		if !met {
			gone = append(gone, k)
		}
	}
	return gone
}
