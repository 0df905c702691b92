package main

import (
	"fmt"
	"path"
	"strings"
)

// Break is one mistake in one file.
type Break struct {
	Name, File, Package string
	Old, New            string
}

// parse reads the list of breaks: blocks of a name, a file, and "-" and "+" lines.
func parse(file, text string) ([]Break, error) {
	var list []Break
	var b *Break
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		at := func(format string, a ...any) error {
			return fmt.Errorf("%s:%d: %s", file, n, fmt.Sprintf(format, a...))
		}
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			b = nil
		case b == nil:
			if seen[line] {
				return nil, at("got the name %s twice", line)
			}
			seen[line] = true
			list = append(list, Break{Name: line})
			b = &list[len(list)-1]
		case b.File == "":
			b.File, b.Package = line, path.Dir(line)
		case strings.HasPrefix(line, "package: "):
			b.Package = strings.TrimPrefix(line, "package: ")
		case line[0] == '-':
			b.Old = joined(b.Old, line[1:])
		case line[0] == '+':
			b.New = joined(b.New, line[1:])
		default:
			return nil, at("got %q, want a line with - or +", line)
		}
	}
	for _, b := range list {
		if b.File == "" || b.Old == "" || b.Old == b.New {
			return nil, fmt.Errorf("%s: %s changes nothing", file, b.Name)
		}
	}
	return list, nil
}

func joined(text, line string) string {
	if text == "" {
		return line
	}
	return text + "\n" + line
}

// apply makes the break in a text, in which the old lines must stand once.
func (b Break) apply(text string) (string, error) {
	if n := strings.Count(text, b.Old); n != 1 {
		return "", fmt.Errorf("%s: %s has the old lines %d times, want once", b.Name, b.File, n)
	}
	return strings.Replace(text, b.Old, b.New, 1), nil
}
