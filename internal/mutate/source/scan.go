package source

import "bytes"

// Statements of csource say where they begin. These functions say where they
// end, in source that csource has read without complaint.

// skip returns the first place from i on that is neither space nor comment.
func skip(text []byte, i int) int {
	for i < len(text) {
		switch rest := text[i:]; {
		case bytes.HasPrefix(rest, []byte("/*")):
			i = past(text, i+2, "*/")
		case bytes.HasPrefix(rest, []byte("//")):
			i = past(text, i, "\n")
		case bytes.IndexByte([]byte(" \t\r\n"), text[i]) >= 0:
			i++
		default:
			return i
		}
	}
	return i
}

// past returns the place behind the next mark.
func past(text []byte, i int, mark string) int {
	n := bytes.Index(text[i:], []byte(mark))
	if n < 0 {
		return len(text)
	}
	return i + n + len(mark)
}

// token returns the place behind the token at i, which is one byte long, or a
// word, a string or a character.
func token(text []byte, i int) int {
	c := text[i]
	j := i + 1
	switch {
	case c == '"' || c == '\'':
		for j < len(text) && text[j] != c && text[j] != '\n' {
			if text[j] == '\\' {
				j++
			}
			j++
		}
		return min(j+1, len(text))
	case word(c):
		for j < len(text) && word(text[j]) {
			j++
		}
	}
	return j
}

func word(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// bracket returns the place behind the bracket that closes the one at i.
func bracket(text []byte, i int) int {
	depth := 0
	for i = skip(text, i); i < len(text); i = skip(text, i) {
		j := token(text, i)
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
		i = j
		if depth == 0 {
			return i
		}
	}
	return i
}

// statement returns the place behind the statement that begins at i.
func statement(text []byte, i int) int {
	i = skip(text, i)
	if i == len(text) {
		return i
	}
	j := token(text, i)
	switch string(text[i:j]) {
	case "{":
		return bracket(text, i)
	case "if":
		end := statement(text, bracket(text, j))
		if e := skip(text, end); e < len(text) && string(text[e:token(text, e)]) == "else" {
			return statement(text, e+len("else"))
		}
		return end
	case "for", "while", "switch":
		return statement(text, bracket(text, j))
	case "do":
		j = statement(text, j)
	}
	for i = j; i < len(text); i = skip(text, i) {
		switch text[i] {
		case ';':
			return i + 1
		case '(', '[', '{':
			i = bracket(text, i)
		default:
			i = token(text, i)
		}
	}
	return i
}
