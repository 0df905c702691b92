package patch

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
)

// message is one mail of a series, or all of an input that has no mails.
type message struct {
	pos     Pos // of its first line
	subject string
	body    []byte
	first   int  // line of the input where body starts
	decoded bool // body has lines of its own
}

// at is the place of a line of the body, counted from 1.
func (m *message) at(line int) Pos {
	if m.decoded {
		return Pos{m.pos.File, m.pos.Line, line}
	}
	return Pos{File: m.pos.File, Line: m.first + line - 1}
}

// fromLine is what separates the mails of a mailbox: "From ", a sender, a time
// with seconds and a year, as git mailsplit has it.
var fromLine = regexp.MustCompile(`^From \S.*\d:\d\d:\d\d [^:]*\d{4}[^:]*$`)

// headerLine starts a mail that stands alone.
var headerLine = regexp.MustCompile(`(?i)^(From|Date|Subject|Message-ID|To|Return-Path|Received|MIME-Version|Delivered-To|X-[\w-]+): ?`)

// messages takes a series apart. Lines may end with CR LF; mails do on the wire.
func messages(file string, text []byte) ([]*message, error) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	lines := bytes.SplitAfter(text, []byte("\n"))
	first := 0
	for first < len(lines) && len(bytes.TrimSpace(lines[first])) == 0 {
		first++
	}
	switch {
	case first == len(lines):
		return nil, malformed(Pos{File: file, Line: 1}, "nothing there; expected a patch, as git format-patch --stdout or git diff prints it")
	case !fromLine.Match(trimEnd(lines[first])) && !headerLine.Match(lines[first]):
		return []*message{{pos: Pos{File: file, Line: 1}, body: text, first: 1}}, nil
	}
	var list []*message
	for start := first; start < len(lines); {
		end := start + 1
		for end < len(lines) && !fromLine.Match(trimEnd(lines[end])) {
			end++
		}
		m, err := readMail(file, start+1, lines[start:end])
		if err != nil {
			return nil, err
		}
		if list = append(list, m); len(list) > MaxPatches {
			return nil, malformed(m.pos, "more than %d mails; expected one series", MaxPatches)
		}
		start = end
	}
	return list, nil
}

func trimEnd(line []byte) []byte { return bytes.TrimRight(line, "\n") }

// readMail reads one mail whose first line has a number in the file.
func readMail(file string, number int, lines [][]byte) (*message, error) {
	m := &message{pos: Pos{File: file, Line: number}}
	if fromLine.Match(trimEnd(lines[0])) {
		lines, number = lines[1:], number+1
	}
	head := 0 // lines of the header
	for head < len(lines) && len(trimEnd(lines[head])) > 0 {
		head++
	}
	header, err := mail.ReadMessage(bytes.NewReader(append(bytes.Join(lines[:head], nil), '\n', '\n')))
	if err != nil {
		return nil, malformed(Pos{File: file, Line: number}, "expected a mail's header: %v", err)
	}
	m.subject = subject(header.Header.Get("Subject"))
	if head < len(lines) {
		head++ // the empty line
	}
	m.first = number + head
	raw := bytes.Join(lines[head:], nil)
	m.body, m.decoded, err = body(header.Header.Get, raw, 0)
	if err != nil {
		return nil, malformed(Pos{File: file, Line: number + head}, "%v (mail %q)", err, m.subject)
	}
	if m.decoded {
		m.body = bytes.ReplaceAll(m.body, []byte("\r\n"), []byte("\n"))
	}
	return m, nil
}

var prefix = regexp.MustCompile(`^\s*(\[[^\]]*\]\s*|[Rr][Ee]:\s*)+`)

// subject is the subject as git am takes it: without [PATCH 1/2].
func subject(s string) string {
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		s = d
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if rest := prefix.ReplaceAllString(s, ""); rest != "" {
		return rest
	}
	return s
}

// maxNesting is how deep the parts of a mail may stand in each other.
const maxNesting = 5

// body is a mail's or part's text: all that is text in it, decoded.
func body(get func(string) string, raw []byte, depth int) (text []byte, decoded bool, err error) {
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		kind = "text/plain" // mails without the header are plain text
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth >= maxNesting:
		return nil, false, fmt.Errorf("expected parts in at most %d others", maxNesting)
	case strings.HasPrefix(kind, "multipart/"):
		text, err = parts(raw, params["boundary"], depth)
		return text, true, err
	case depth > 0 && !strings.HasPrefix(kind, "text/") && kind != "application/octet-stream":
		return nil, true, nil // a signature, a picture
	}
	if text, decoded, err = decode(get("Content-Transfer-Encoding"), raw); err != nil || !strings.EqualFold(params["format"], "flowed") {
		return text, decoded, err
	}
	text, joined := unflow(text, strings.EqualFold(params["delsp"], "yes"))
	return text, decoded || joined, nil
}

// unflow takes format=flowed back, as git am does: the space before a line that
// begins with one, and breaks behind a space. A line of spaces alone is a line of
// context.
func unflow(raw []byte, delsp bool) (text []byte, joined bool) {
	for line := range bytes.SplitAfterSeq(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n")) {
		if string(line) == "-- \n" {
			text = append(text, line...)
			continue
		}
		line = bytes.TrimPrefix(line, []byte(" "))
		if bytes.HasSuffix(line, []byte(" \n")) && len(bytes.TrimSpace(line)) > 0 {
			line, joined = bytes.TrimSuffix(line, []byte("\n")), true
			if delsp {
				line = line[:len(line)-1]
			}
		}
		text = append(text, line...)
	}
	return text, joined
}

// decode undoes a transfer encoding.
func decode(name string, raw []byte) (text []byte, decoded bool, err error) {
	var r io.Reader
	switch encoding := strings.ToLower(strings.TrimSpace(name)); encoding {
	case "", "7bit", "8bit", "binary":
		return raw, false, nil
	case "quoted-printable":
		r = quotedprintable.NewReader(bytes.NewReader(raw))
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw))
	default:
		return nil, false, fmt.Errorf("Content-Transfer-Encoding: got %q, expected 7bit, 8bit, quoted-printable or base64", encoding)
	}
	if text, err = io.ReadAll(r); err != nil {
		return nil, false, fmt.Errorf("expected %s text: %w", strings.ToLower(name), err)
	}
	return text, true, nil
}

func parts(raw []byte, boundary string, depth int) ([]byte, error) {
	if boundary == "" {
		return nil, fmt.Errorf("expected a boundary in Content-Type, found none")
	}
	var all []byte
	for r := multipart.NewReader(bytes.NewReader(raw), boundary); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("expected the parts of the mail: %w", err)
		}
		src, err := io.ReadAll(p)
		if err != nil {
			return nil, fmt.Errorf("expected the parts of the mail: %w", err)
		}
		text, _, err := body(p.Header.Get, src, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(append(all, text...), '\n')
	}
}
