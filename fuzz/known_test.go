package fuzz

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dmafuzz/internal/explore"
	"dmafuzz/model"
	"dmafuzz/model/kernels"
)

// TestKnown fails if a random search finds on the newest kernel what its list
// does not have, or what the list has is gone. With -rewrite it adds and drops
// entries; the reasons are for you to write.
func TestKnown(t *testing.T) {
	name := kernels.Newest()
	known, err := knownKeys(name)
	if err != nil {
		t.Fatal(err)
	}
	k, err := kernels.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.NewMachine(k, bounds(model.DriversWell))
	if err != nil {
		t.Fatal(err)
	}
	o := explore.RandomOptions{Seed: 1, Events: 2e6, Length: maxLen, Swarm: true}
	var found []model.Key
	for _, f := range explore.Random(context.Background(), m, o).Findings {
		found = append(found, f.Key())
		if !slices.Contains(known, f.Key()) && !*rewrite {
			t.Errorf("not in the list of %s: %s  # %s", name, f.Key(), f.Violation.Consequence)
		}
	}
	for _, key := range known {
		if !slices.Contains(found, key) && !*rewrite {
			t.Errorf("in the list of %s, and gone: %s", name, key)
		}
	}
	if *rewrite {
		rewriteKnown(t, knownFile(name), found)
	}
}

// rewriteKnown keeps the lines of the findings that are there still.
func rewriteKnown(t *testing.T, file string, found []model.Key) {
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		key, err := model.ParseKey(strings.Fields(line + " -")[0])
		if err == nil && !slices.Contains(found, key) {
			continue
		}
		b.WriteString(line)
		found = slices.DeleteFunc(found, func(k model.Key) bool { return err == nil && k == key })
	}
	for _, key := range found {
		fmt.Fprintf(&b, "%s  # open: not judged yet\n", key)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestKnownKeys(t *testing.T) {
	if keys, err := knownKeys("v5.0/arm64"); len(keys) == 0 || err != nil {
		t.Errorf("v5.0/arm64: got %v, %v", keys, err)
	}
	if keys, err := knownKeys("v1.0/none"); len(keys) > 0 || err != nil {
		t.Errorf("a kernel without a list: got %v, %v", keys, err)
	}
}
