package uml

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"dmafuzz/internal/kbuild"
)

// ErrPlay is beneath the error for a program that did not come to the end of
// its script.
var ErrPlay = errors.New("the lab kernel did not come to its end")

// ErrKilled is beneath the error for a program that somebody else has ended,
// say the kernel that it runs on, for want of memory. It does not end itself so.
var ErrKilled = errors.New("the lab kernel was killed")

// PlayLimit is how long a script may take if the context has no deadline.
const PlayLimit = 10 * time.Minute

// Play runs a script and copies the log as it comes, also of a program that does
// not come to its end. One that hangs is ended when the context is done; what it
// logged last is then lost, see [Program.PlayFlushed]. Play ends the program too
// when the script cannot be read or the log not be written.
func (p *Program) Play(ctx context.Context, script io.Reader, log io.Writer) error {
	return p.play(ctx, script, log)
}

// PlayFlushed is Play with a log that is written line by line: much slower, but
// whole up to where the program hangs.
func (p *Program) PlayFlushed(ctx context.Context, script io.Reader, log io.Writer) error {
	return p.play(ctx, script, log, "labflush")
}

// play has the program read and write pipes: a log is ten times its script, and
// nobody needs it on a disk.
func (p *Program) play(ctx context.Context, script io.Reader, log io.Writer, args ...string) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, PlayLimit)
		defer cancel()
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	in, err := newPipe()
	if err != nil {
		return err
	}
	defer in.close()
	out, err := newPipe()
	if err != nil {
		return err
	}
	defer out.close()
	dir, err := os.MkdirTemp("", "dmafuzz-lab-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	cmd, said := p.command(ctx, dir, args)
	cmd.ExtraFiles = []*os.File{in.r, out.w} // 3 and 4
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %s %s: %w", ErrPlay, p.Release, p.Variant, err)
	}
	in.r.Close()
	out.w.Close()
	read, wrote := make(chan error, 1), make(chan error, 1)
	go func() { read <- feed(in.w, script, end) }()
	go func() { wrote <- drain(log, out.r, end) }()
	err = cmd.Wait()
	// Nobody writes any more; what is in the pipe is there at once.
	out.r.SetReadDeadline(time.Now().Add(time.Second))
	in.w.Close()
	if err := errors.Join(<-wrote, <-read); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %s %s: %w", ErrPlay, p.Release, p.Variant, ctx.Err())
	}
	if err != nil && kbuild.Killed(cmd) {
		return fmt.Errorf("%w: %s %s", ErrKilled, p.Release, p.Variant)
	}
	if err != nil {
		return fmt.Errorf("%w: %s %s: %w: %s", ErrPlay, p.Release, p.Variant, err, lastLine(said.Bytes()))
	}
	return nil
}

const sharedMemory = "/dev/shm"

// command is the program with its script on file 3 and its log on 4. Whatever
// else UML wants to write goes to the folder, but for its memory: that is a file
// without a name in /dev/shm, or where TMPDIR says. It has to be mapped as code, which
// a container's /dev/shm often does not allow: then it goes to the folder too.
func (p *Program) command(ctx context.Context, dir string, args []string) (*exec.Cmd, *bytes.Buffer) {
	args = append([]string{"mem=64M", "labscript=/dev/fd/3", "labout=/dev/fd/4", "con=null", "uml_dir=" + dir + "/"}, args...)
	cmd := exec.CommandContext(ctx, p.Path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if os.Getenv("TMPDIR") == "" && kbuild.Noexec(sharedMemory) {
		cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	}
	kbuild.OwnGroup(cmd)
	cmd.WaitDelay = time.Second
	said := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = said, said
	return cmd, said
}

// feed copies the script into the program. A program that ends early says so
// itself; a script that cannot be read ends it.
func feed(w *os.File, script io.Reader, end func()) error {
	defer w.Close()
	from := &failing{Reader: script}
	io.Copy(w, from)
	if from.err != nil {
		end()
		return fmt.Errorf("read the script: %w", from.err)
	}
	return nil
}

// failing remembers why its reader failed.
type failing struct {
	io.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// drain copies the log out of the program.
func drain(log io.Writer, r *os.File, end func()) error {
	_, err := io.Copy(log, r)
	if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	end()
	return fmt.Errorf("write the log: %w", err)
}

func lastLine(b []byte) []byte {
	b = bytes.TrimSpace(b)
	return b[bytes.LastIndexByte(b, '\n')+1:]
}

type pipe struct{ r, w *os.File }

func newPipe() (pipe, error) {
	r, w, err := os.Pipe()
	return pipe{r, w}, err
}

// close closes both ends, those that are closed already too.
func (p pipe) close() {
	p.r.Close()
	p.w.Close()
}
