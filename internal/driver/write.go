package driver

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteText writes findings as compilers do: a line each, the story below it.
func WriteText(w io.Writer, list []*Finding) error {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", place(f.Pos), f.Severity, printable(f.Text), f.Rule)
		for _, s := range f.Story {
			fmt.Fprintf(&b, "    %s: %s\n", place(s.Pos), printable(s.Text))
		}
		if f.Way != "" && f.Way != Anyhow {
			fmt.Fprintf(&b, "    reached by %s\n", f.Way)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// printable escapes what a terminal would obey: the text is a stranger's.
func printable(s string) string {
	ok := true
	for _, r := range s {
		ok = ok && r >= ' ' && r != 0x7f && r != 0xfffd
	}
	if ok {
		return s
	}
	q := fmt.Sprintf("%+q", s)
	return q[1 : len(q)-1]
}

type jsonFinding struct {
	Key      string     `json:"key"`
	Rule     string     `json:"rule"`
	Severity string     `json:"severity"`
	File     string     `json:"file"`
	Line     int        `json:"line"`
	Function string     `json:"function"`
	Text     string     `json:"text"`
	Reached  string     `json:"reached,omitempty"`
	Known    string     `json:"known,omitempty"`
	Story    []jsonStep `json:"story"`
}

type jsonStep struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

// WriteJSON writes a result, with the reasons of findings that are known.
func WriteJSON(w io.Writer, res *Result, known map[string]string) error {
	out := struct {
		Findings []jsonFinding `json:"findings"`
		Counts   Counts        `json:"counts"`
	}{Findings: []jsonFinding{}, Counts: res.Counts}
	for _, f := range res.Findings {
		j := jsonFinding{Key: f.Key(), Rule: f.Rule, Severity: f.Severity.String(), File: f.Pos.File, Line: f.Pos.Line,
			Function: f.Function, Text: f.Text, Known: known[f.Key()], Story: []jsonStep{}}
		if f.Way != Anyhow {
			j.Reached = string(f.Way)
		}
		for _, s := range f.Story {
			j.Story = append(j.Story, jsonStep{s.Pos.File, s.Pos.Line, s.Text})
		}
		out.Findings = append(out.Findings, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
