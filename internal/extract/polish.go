package extract

import "strings"

// polish shortens a list of lines without a change of meaning.
func polish(lines []line) []line {
	for {
		n := len(lines)
		lines = dropJumps(lines)
		lines = dropLabels(lines)
		lines = foldWhen(lines)
		if len(lines) == n {
			return lines
		}
	}
}

// dropJumps removes gotos to what comes next anyway, and a return at the end.
func dropJumps(lines []line) []line {
	var out []line
	for i, l := range lines {
		if to, ok := strings.CutPrefix(l.text, "goto "); ok && len(l.when) == 0 && labelFollows(lines, i+1, to) {
			continue
		}
		if l.text == "return" && i == len(lines)-1 && l.label == "" {
			continue
		}
		out = append(out, l)
	}
	return out
}

// labelFollows tells whether the label stands among those right behind i.
func labelFollows(lines []line, i int, label string) bool {
	for ; i < len(lines) && lines[i].label != ""; i++ {
		if lines[i].label == label {
			return true
		}
	}
	return false
}

func dropLabels(lines []line) []line {
	used := map[string]bool{"test_remove": true}
	for i, l := range lines {
		if to, ok := strings.CutPrefix(l.text, "goto "); ok {
			used[to] = true
		}
		if l.els != "" {
			used[l.els] = true
		}
		// the label behind the test_remove block ends it
		if l.text == "test_remove_off" {
			for j := i + 1; j < len(lines); j++ {
				if strings.HasPrefix(lines[j].text, "goto ") && j+1 < len(lines) && lines[j+1].label != "" {
					used[lines[j+1].label] = true
					break
				}
			}
		}
	}
	var out []line
	for _, l := range lines {
		if l.label == "" || used[l.label] {
			out = append(out, l)
		}
	}
	return out
}

// foldWhen turns a jump over one line into a condition of that line.
func foldWhen(lines []line) []line {
	var out []line
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		to, ok := strings.CutPrefix(l.text, "goto ")
		if ok && len(l.when) == 1 && i+2 < len(lines) && foldable(lines[i+1]) && labelFollows(lines, i+2, to) {
			next := lines[i+1]
			next.when = append([]string{negate(l.when[0])}, next.when...)
			out = append(out, next)
			i++
			continue
		}
		out = append(out, l)
	}
	return out
}

func foldable(l line) bool {
	return l.label == "" && l.text != "end" && !strings.HasPrefix(l.text, "for each") && len(l.when) < 6
}

func negate(cond string) string {
	if c, ok := strings.CutPrefix(cond, "not "); ok {
		return c
	}
	return "not " + cond
}
