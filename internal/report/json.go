package report

import (
	"encoding/json"
	"io"
)

// JSON writes the whole report as one indented JSON object.
func JSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // keys and steps have '>' in them
	e.SetIndent("", "  ")
	return e.Encode(r)
}
