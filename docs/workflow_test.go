package docs_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The workflow stands twice: GitHub reads only the one in .github.
func TestWorkflowsAreEqual(t *testing.T) {
	ours, err := os.ReadFile("../CI.yml")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../.github/workflows/CI.yml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(ours), string(theirs)); d != "" {
		t.Errorf("CI.yml and its copy differ (-CI.yml +.github):\n%s", d)
	}
}
