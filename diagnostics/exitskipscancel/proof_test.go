//go:build unix

package exitskipscancel_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestProof: the command that the context owns outlives the process that ends
// before the deferred cancel, and doesn't where the cancel is called.
func TestProof(t *testing.T) {
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	program := filepath.Join(t.TempDir(), "proof")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "testdata/proof/main.go").CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	for _, tt := range []struct {
		env   string
		alive bool
	}{{"MENDED=", true}, {"MENDED=1", false}} {
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Env = append(os.Environ(), tt.env)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil {
			t.Fatalf("the program printed %q: %v", out, err)
		}
		alive := syscall.Kill(pid, 0) == nil
		if alive != tt.alive {
			t.Errorf("%s: the command lives on: %v, want %v", tt.env, alive, tt.alive)
		}
		if alive {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	}
}
