package kbuild

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestNeedTools(t *testing.T) {
	no := func(context.Context) bool { return false }
	yes := func(context.Context) bool { return true }
	list := []Tool{
		{Name: "no-such-tool-1", Debian: "deb-1", Fedora: "rpm-1"},
		{Name: "there", Debian: "deb-2", Fedora: "rpm-2", Have: yes},
		{Name: "some headers", Debian: "deb-3", Fedora: "rpm-3", Have: no},
	}
	err := needTools(t.Context(), list)
	if !errors.Is(err, ErrTools) {
		t.Fatalf("got %v", err)
	}
	want := "tools are missing: no-such-tool-1, some headers; on Debian: apt-get install deb-1 deb-3; on Fedora: dnf install rpm-1 rpm-3"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if err := needTools(t.Context(), list[1:2]); err != nil {
		t.Errorf("nothing is missing: got %v", err)
	}
}

// TestToolsNamed has nothing on the path: every program of the list is named.
func TestToolsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := needTools(t.Context(), tools)
	if !errors.Is(err, ErrTools) {
		t.Fatalf("got %v", err)
	}
	for _, tool := range tools {
		if tool.Have == nil && !strings.Contains(err.Error(), tool.Name) {
			t.Errorf("%s is not named in: %v", tool.Name, err)
		}
		if tool.Debian == "" || tool.Fedora == "" {
			t.Errorf("%s: no package", tool.Name)
		}
	}
}
