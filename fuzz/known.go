package fuzz

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"dmafuzz/internal/check"
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
	list, err := check.ParseKnown(file, text)
	if err != nil {
		return nil, err
	}
	var keys []model.Key
	for _, k := range list {
		key, err := model.ParseKey(k.Pattern.String())
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, k.Pattern, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func knownFile(kernel string) string { return strings.ReplaceAll(kernel, "/", "-") + ".known" }
