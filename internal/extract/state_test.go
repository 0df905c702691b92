package extract

import (
	"slices"
	"testing"
)

// Behind a lock, an unlock or a call another thread may have run: what a test said
// there is no longer known. A step that changes nothing keeps it.
func TestForget(t *testing.T) {
	for words, want := range map[string][]string{
		"lock device":                         nil,
		"unlock group":                        nil,
		"call bind":                           nil,
		"uevent; unlock group when not group": nil,
		"param_get":                           {"driver"},
		"uevent":                              {"driver", "not param"},
	} {
		s := &state{known: []string{"driver", "not param"}}
		s.forget(words)
		if !slices.Equal(s.known, want) {
			t.Errorf("%s: %q is known, want %q", words, s.known, want)
		}
	}
}
