package main

import (
	"fmt"
	"strings"

	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// knownList is a file of known findings, in its order.
type knownList []knownFinding

type knownFinding struct {
	key    model.Key
	reason string
}

// known reads a file of lines "KEY  # why"; blank lines and lines that start
// with # stand for themselves. A key without a reason is an error: nobody
// could tell later whether it may go.
func (a *app) known(file string) (knownList, error) {
	if file == "" {
		return nil, nil
	}
	src, err := a.read(file)
	if err != nil {
		return nil, err
	}
	if len(src) > model.MaxFileSize {
		return nil, fmt.Errorf("%s:1:1: got more than %d bytes, want a list of findings", file, model.MaxFileSize)
	}
	var list knownList
	for n, line := range strings.Split(string(src), "\n") {
		word, reason, _ := strings.Cut(line, "#")
		reason = strings.TrimSpace(reason)
		column := len(word) - len(strings.TrimLeft(word, " \t")) + 1
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		key, err := model.ParseKey(word)
		if err != nil {
			return nil, fmt.Errorf("%s:%d:%d: %q: %w", file, n+1, column, word, err)
		}
		if reason == "" {
			return nil, fmt.Errorf("%s:%d:%d: got a key without a reason, want \"KEY  # why\"", file, n+1, len(line)+1)
		}
		list = append(list, knownFinding{key, reason})
	}
	return list, nil
}

func (l knownList) reasons() map[model.Key]string {
	m := map[model.Key]string{}
	for _, f := range l {
		m[f.key] = f.reason
	}
	return m
}

// gone lists the known findings that no kernel of the report has.
func (l knownList) gone(r *report.Report) []report.Known {
	have := map[string]bool{}
	for i := range r.Kernels {
		for j := range r.Kernels[i].Stories {
			for _, f := range r.Kernels[i].Stories[j].Findings {
				have[f.Key] = true
			}
		}
	}
	var gone []report.Known
	for _, f := range l {
		if !have[f.key.String()] {
			gone = append(gone, report.Known{Key: f.key.String(), Reason: f.reason})
		}
	}
	return gone
}
