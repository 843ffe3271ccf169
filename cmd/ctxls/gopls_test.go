package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestInFrontOfGopls: called gopls, or told where it is, ctxls starts it with
// its arguments and ends with its client.
func TestInFrontOfGopls(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script")
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("#!/bin/sh\necho \"started with $*\" >&2\ncat >/dev/null\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CTXLS_GOPLS", other)
	for _, tt := range []struct {
		program, args, passed string
	}{
		{"gopls", "-rpc.trace -logfile log.txt serve -mode=stdio", "-rpc.trace -logfile log.txt serve -mode=stdio"},
		{"gopls", "", ""},
		{"ctxls", "serve --gopls " + other + " -- -vv", "-vv"},
	} {
		s := serveAs(t, tt.program, strings.Fields(tt.args)...)
		if _, err := io.WriteString(s.in, request(1, "initialize", `{"capabilities":{}}`)); err != nil {
			t.Fatal(err)
		}
		line, err := s.errors.ReadString('\n')
		if want := "started with " + tt.passed + "\n"; err != nil || line != want {
			t.Errorf("%s %s: %q, %v, want %q", tt.program, tt.args, line, err, want)
		}
		s.in.Close()
		if err := s.cmd.Wait(); s.cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s %s: %v, want status 1: there was no shutdown", tt.program, tt.args, err)
		}
	}
}

func TestServesStdio(t *testing.T) {
	for args, want := range map[string]bool{
		"": true, "serve": true, "-rpc.trace -logfile f serve": true, "-rpc.trace -logfile=f": true, "-remote=auto": true, "-mode stdio": true,
		"serve -debug localhost:0": true, "version": false, "-h": false, "help serve": false, "-rpc.trace check a.go": false,
		"-listen localhost:1": false, "serve -port=1": false, "-logfile serve version": false,
	} {
		if got := servesStdio(strings.Fields(args)); got != want {
			t.Errorf("gopls %s: %v", args, got)
		}
	}
}
