package uml

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

// ErrNothing is returned where a program plays nothing of a script at all.
var ErrNothing = errors.New("the program played nothing")

// flusher is a Player that can write its log line by line, so that it is whole
// where the program hangs.
type flusher interface {
	PlayFlushed(ctx context.Context, script io.Reader, log io.Writer) error
}

// batchLimit is how long a process may take for a batch: a hundred times what
// it takes. flushedLimit is for a second time, line by line.
const (
	batchLimit   = 100 * time.Second
	flushedLimit = 30 * time.Second
	flushedMost  = 1000 // sequences
)

// stream plays sequences in one process, and calls tell with the log of each; of
// the last one it says whether the program came to its end. It fails if the
// program did not; if it was the context's end, tell is not called any more.
//
// What a program that stops has logged last may be lost. It is then started
// again for what follows the last whole sequence, and writes line by line. One
// that was killed tells nothing of the sequence that it was in.
func stream(ctx context.Context, p Player, v Variant, list []expectation, tell func(log []byte, ended bool)) error {
	n := 0
	see := func(log []byte, ended bool) {
		n++
		tell(sift(log, unsaid[v]), ended)
	}
	f, ok := p.(flusher)
	rest, err := once(ctx, p.Play, batchLimit, list, see)
	if err != nil && ok && ctx.Err() == nil {
		list = list[n:min(len(list), n+flushedMost)]
		rest, err = once(ctx, f.PlayFlushed, flushedLimit, list, see)
	}
	if len(rest) > 0 && ctx.Err() == nil && !errors.Is(err, ErrKilled) {
		see(rest, err == nil)
	}
	return err
}

// once starts a program; it returns the log of the last sequence.
func once(ctx context.Context, play func(context.Context, io.Reader, io.Writer) error, limit time.Duration,
	list []expectation, see func([]byte, bool)) ([]byte, error) {
	var script []byte
	for i := range list {
		script = list[i].appendScript(script)
	}
	ctx, end := context.WithTimeout(ctx, limit)
	defer end()
	s := &splitter{each: func(log []byte) { see(log, true) }}
	err := play(ctx, bytes.NewReader(script), s)
	return s.rest(), err
}

// playList plays a list in one process, up to its end, the first disagreement,
// or a sequence in which the program stops as the machine says. It returns how
// many agree, and how the next one disagrees if it does, with its log.
func playList(ctx context.Context, p Player, v Variant, list []expectation, agrees func(*expectation)) (n int, bad Kind, log []byte, err error) {
	err = stream(ctx, p, v, list, func(b []byte, ended bool) {
		if bad != KindInvalid || n >= len(list) {
			return
		}
		x := &list[n]
		if bad = x.check(b, ended); bad != KindInvalid {
			log = bytes.Clone(b)
			return
		}
		if agrees != nil {
			agrees(x)
		}
		n++
	})
	switch {
	case ctx.Err() != nil:
		return n, KindInvalid, nil, nil
	case bad != KindInvalid:
		return n, bad, log, nil
	case n == 0:
		return 0, KindInvalid, nil, errors.Join(ErrNothing, err)
	case err == nil && n < len(list):
		return n, KindStopped, nil, nil
	}
	return n, KindInvalid, nil, nil
}
