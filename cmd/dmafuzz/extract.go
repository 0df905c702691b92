package main

import (
	"dmafuzz/model/text"
	"fmt"
	"io"
)

// extractCmd reads a source tree: `dmafuzz extract ~/linux > mine.kernel`.
type extractCmd struct {
	Tree string `arg:"" help:"The top of a Linux source tree."`
	treeFlags
}

func (c *extractCmd) run(a *app) error {
	if err := a.setTrees(c.treeFlags); err != nil {
		return err
	}
	a.trees.options.Depends = true
	a.subject = c.Tree
	res, err := a.extract(c.Tree)
	if err != nil {
		return err
	}
	body := text.FormatKernel(res.Kernel)
	for _, n := range res.Notes {
		fmt.Fprintln(a.stderr, n)
	}
	a.printMissing(res)
	if _, err := io.WriteString(a.stdout, body); err != nil {
		return err
	}
	if len(res.Missing) > 0 {
		return end(exitInconclusive)
	}
	return nil
}
