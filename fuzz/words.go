package fuzz

import "strings"

// withDevice puts the device's name behind the first word of an event.
func withDevice(words, device string) string {
	name, rest, _ := strings.Cut(words, " ")
	return strings.TrimSpace(name + " " + device + " " + rest)
}

// splitLines returns the lines that are not blank.
func splitLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
