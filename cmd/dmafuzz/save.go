package main

import (
	"dmafuzz/model/text"
	"os"
	"path/filepath"

	"dmafuzz/internal/atomicfile"
	"dmafuzz/internal/check"
	"dmafuzz/internal/report"
	"dmafuzz/model"
)

// saveStories writes the trace of each story into the folder, under the name
// of its first finding, and has the story's commands name the file.
func saveStories(dir string, r *report.Report) error {
	for i := range r.Kernels {
		if err := saveInto(dir, r.Kernels[i].Name, r.Kernels[i].Stories); err != nil {
			return err
		}
	}
	return nil
}

// saveInto writes the stories of one kernel.
func saveInto(dir, kernel string, stories []report.Story) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range stories {
		s := &stories[i]
		file := filepath.Join(dir, report.FileName(kernel, s.Findings[0].Violation().Key))
		if err := atomicfile.Write(file, []byte(text.FormatTrace(s.Trace()))); err != nil {
			return err
		}
		s.SavedAs(file)
	}
	return nil
}

// saveRaw writes a finding's trace as the search met it, before anybody tries
// to make it shorter.
func saveRaw(dir string, k *model.Kernel, key model.Key, t *model.Trace) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	x, err := check.Expect(k, t)
	if err != nil {
		return err
	}
	t.Expect = []model.Expectation{x}
	return atomicfile.Write(filepath.Join(dir, "raw_"+report.FileName(k.FullName(), key)), []byte(text.FormatTrace(t)))
}
