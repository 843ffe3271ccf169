// Package testmod describes modules that tests write to disk.
package testmod

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Files returns the go.mod and go.sum of a module that requires what this
// project does: what that needs is on disk already.
func Files(t *testing.T, name string) (mod, sum []byte) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	own := strings.TrimSpace(string(out))
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n")
	if !ok {
		t.Fatalf("%s has one line", own)
	}
	if sum, err = os.ReadFile(filepath.Join(filepath.Dir(own), "go.sum")); err != nil {
		t.Fatal(err)
	}
	return []byte("module " + name + "\n" + rest), sum
}
