package fuzz

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dmafuzz/model"
)

// One file for each kernel that our own targets are run on and that has
// findings. Each by its name: go-fuzz-build copies no patterns.
//
//go:embed v5.0-arm64.known
//go:embed v7.3-rc7-arm64.known
var knownFiles embed.FS

// knownKeys returns the findings that are known for a shipped kernel, none if
// it has no file. A file has lines "KEY  # why".
func knownKeys(kernel string) ([]model.Key, error) {
	file := knownFile(kernel)
	text, err := knownFiles.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseKnown(file, string(text))
}

func knownFile(kernel string) string { return strings.ReplaceAll(kernel, "/", "-") + ".known" }

func parseKnown(file, text string) ([]model.Key, error) {
	var keys []model.Key
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		word, why, _ := strings.Cut(line, "#")
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		key, err := model.ParseKey(word)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %q: %w", file, n, word, err)
		}
		if strings.TrimSpace(why) == "" {
			return nil, fmt.Errorf("%s:%d: %s: no reason, want KEY  # why", file, n, word)
		}
		keys = append(keys, key)
	}
	return keys, nil
}
