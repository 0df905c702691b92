package qemu

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmafuzz/internal/kbuild"
)

// fakeQEMU puts a shell script in the emulator's place.
func fakeQEMU(t *testing.T, body string) {
	t.Helper()
	dir := t.TempDir()
	text := "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'QEMU emulator version 0 (fake)'; exit 0; fi\n" + body
	if err := os.WriteFile(filepath.Join(dir, qemu), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func play(t *testing.T, limit time.Duration) (*Script, *Run, error) {
	t.Helper()
	s, err := Translate(parse(t, "add sata\n"))
	if err != nil {
		t.Fatal(err)
	}
	run, err := Play(t.Context(), &kbuild.Image{Path: "Image"}, s, limit)
	return s, run, err
}

const long = time.Minute

func TestPlayFake(t *testing.T) {
	// The emulator is given the script as a file.
	fakeQEMU(t, `while [ "$1" != -initrd ]; do shift; done
echo 'dmafuzz: S 0'
sed 's/^/dmafuzz: E 0 /' "$2" | grep add
echo 'dmafuzz: o result 0'
echo 'dmafuzz: end'
`)
	s, run, err := play(t, long)
	if err != nil {
		t.Fatal(err)
	}
	if run.Version != "QEMU emulator version 0 (fake)" || run.Exit != 0 {
		t.Errorf("version %q, exit %d", run.Version, run.Exit)
	}
	j := Judge(s, run)
	if j.Verdict != NotSeen || !slices.Equal(j.Console.Lines, []string{"E 0 add sata", "o result 0"}) {
		t.Errorf("%v: %s %q", j.Verdict, j.Why, j.Console.Lines)
	}
}

// TestPlayHangs has a hanging emulator ended, with what it started.
func TestPlayHangs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	fakeQEMU(t, "echo 'dmafuzz: S 0'\nsleep 1000 &\necho $! >"+file+".new\nmv "+file+".new "+file+"\nwait\n")
	s, run, err := play(t, 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if j := Judge(s, run); !run.Timeout || j.Verdict != Undecided || !strings.Contains(j.Why, "within 2s") {
		t.Errorf("timeout %v, %v: %s", run.Timeout, j.Verdict, j.Why)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if err := syscall.Kill(pid, 0); errors.Is(err, syscall.ESRCH) {
			return
		}
		if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(stat), ") Z ") {
			return // ended, and nobody has asked for it yet
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d of the emulator is still there", pid)
}

func TestPlayGarbage(t *testing.T) {
	fakeQEMU(t, "head -c 100000 /dev/urandom\n")
	s, run, err := play(t, long)
	if err != nil {
		t.Fatal(err)
	}
	if j := Judge(s, run); j.Verdict != Undecided {
		t.Errorf("%v: %s", j.Verdict, j.Why)
	}
}

func TestPlayFloods(t *testing.T) {
	fakeQEMU(t, "echo 'dmafuzz: S 0'\nexec yes\n")
	s, run, err := play(t, long)
	if err != nil {
		t.Fatal(err)
	}
	j := Judge(s, run)
	if !run.Flooded || len(run.Console) != maxConsole || j.Verdict != Undecided || !strings.Contains(j.Why, "wrote more than") {
		t.Errorf("flooded %v, %d bytes, %v: %s", run.Flooded, len(run.Console), j.Verdict, j.Why)
	}
}

func TestPlayEndsEarly(t *testing.T) {
	fakeQEMU(t, "echo \"qemu: Device 'edu' not found\" >&2\nexit 1\n")
	if _, _, err := play(t, long); !errors.Is(err, ErrQEMU) || !strings.Contains(err.Error(), "Device 'edu' not found") {
		t.Errorf("got %v", err)
	}
	fakeQEMU(t, "echo 'dmafuzz: S 0'\necho 'dmafuzz: E 0 add sata'\n")
	s, run, err := play(t, long)
	if err != nil {
		t.Fatal(err)
	}
	if j := Judge(s, run); j.Verdict != Undecided || j.Why != "the kernel ended in the middle of the trace" {
		t.Errorf("%v: %s", j.Verdict, j.Why)
	}
}

// TestToolsNamed has nothing on the path: each tool's package is named.
func TestToolsNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := Tools(t.Context())
	if !errors.Is(err, kbuild.ErrTools) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"gcc-aarch64-linux-gnu", "qemu-system-arm", "qemu-system-aarch64", "make"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in: %v", want, err)
		}
	}
}
