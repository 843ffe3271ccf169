package callsites

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// goroot is the folder of the standard library's sources, about 5,000 files
// beside its tests.
func goroot(b *testing.B) string {
	b.Helper()
	out, err := exec.CommandContext(b.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		b.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "src")
}

// shutdown asks about a method that std calls in several packages.
func shutdown(root string) Premise {
	return Premise{Kind: ContextEnds, File: filepath.Join(root, "net", "http", "server.go"), Function: "(*Server).Shutdown", Name: "ctx"}
}

// BenchmarkFirst is the first question about the standard library: all files are
// read.
func BenchmarkFirst(b *testing.B) {
	root := goroot(b)
	for b.Loop() {
		New(root).Refutes(b.Context(), shutdown(root))
	}
}

// BenchmarkSaved is a question after a save: the files are looked at again, and
// none has changed.
func BenchmarkSaved(b *testing.B) {
	root := goroot(b)
	x := New(root)
	x.Refutes(b.Context(), shutdown(root))
	for b.Loop() {
		x.Changed()
		x.Refutes(b.Context(), shutdown(root))
	}
}
