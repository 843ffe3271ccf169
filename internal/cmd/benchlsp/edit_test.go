//go:build linux

package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	source := "package a\n\nimport \"context\"\n\nvar _ context.Context\n\nfunc value() int { return 1 }\n\nfunc act() { value() }\n"
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := newEdit(path)
	if err != nil {
		t.Fatal(err)
	}
	if e.description != "act" {
		t.Errorf("the edit is in %s, which returns something or is another", e.description)
	}
	text := e.text("lost")
	if _, err := parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil || !strings.Contains(text, "_, lost := context.WithCancel") {
		t.Errorf("the edited file: %v\n%s", err, text)
	}
}

// Answers of a server arrive in pieces, mixed with requests of its own.
func TestClient(t *testing.T) {
	c, err := start(t.Context(), "a server", t.TempDir(), "sh", "-c", `
send() { printf 'Content-Length: %d\r\n\r\n%s' ${#1} "$1"; }
send '{"jsonrpc":"2.0","id":7,"method":"workspace/configuration","params":{}}'
send '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///b","diagnostics":[{"message":"other"}]}}'
send '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///a","diagnostics":[{"message":"stale"}]}}'
send '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"file:///a","diagnostics":[{"message":"lost here"}]}}'
send '{"jsonrpc":"2.0","id":1,"result":{}}'
cat >/dev/null`)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.call(t.Context(), "initialize", map[string]any{}); err != nil {
		t.Fatal(err)
	}
	if at, err := c.await(t.Context(), "file:///a", "lost"); err != nil || at.IsZero() {
		t.Errorf("%v, %v", at, err)
	}
	if peak := c.stop(); peak < 0 {
		t.Error("the peak of a process that ran is unknown")
	}
}
