package uml

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestNeedTools(t *testing.T) {
	no := func(context.Context) bool { return false }
	yes := func(context.Context) bool { return true }
	list := []tool{
		{name: "no-such-tool-1", debian: "deb-1", fedora: "rpm-1"},
		{name: "there", debian: "deb-2", fedora: "rpm-2", have: yes},
		{name: "some headers", debian: "deb-3", fedora: "rpm-3", have: no},
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
		if tool.have == nil && !strings.Contains(err.Error(), tool.name) {
			t.Errorf("%s is not named in: %v", tool.name, err)
		}
		if tool.debian == "" || tool.fedora == "" {
			t.Errorf("%s: no package", tool.name)
		}
	}
}
