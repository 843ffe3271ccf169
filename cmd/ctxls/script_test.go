package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ctxls": main, "gopls": main})
}

func TestScripts(t *testing.T) {
	cache := t.TempDir() // shared by all scripts: they need the same facts of std
	env := goEnv(t, "GOCACHE", "GOMODCACHE", "GOROOT")
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, env...)
			e.Vars = append(e.Vars, "CTXLS_CACHE="+cache, "GOPROXY=off", "GOFLAGS=", "GOWORK=", "GOTOOLCHAIN=local",
				"GIT_CEILING_DIRECTORIES="+filepath.Dir(e.WorkDir))
			e.Setenv("BIN", filepath.SplitList(e.Getenv("PATH"))[0]) // where ctxls is
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "vet": vetCommand, "samevet": sameVet, "findings": findings, "brief": brief, "crlf": crlf, "mode": mode,
		},
	})
}

// goEnv reads the go command's settings, since scripts have another home.
func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var vars []string
	for i, value := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		vars = append(vars, names[i]+"="+value)
	}
	return vars
}

// exits STATUS COMMAND... runs a command that must end with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}

// findings FILE:LINE:COLUMN:RULE... compares with the JSON on standard output,
// which must have no key beyond the schema.
func findings(ts *testscript.TestScript, neg bool, want []string) {
	type place struct {
		File         string
		Line, Column int
	}
	type note struct {
		place
		Message string
	}
	var report struct {
		Version  int
		Findings []struct {
			note
			Rule, Severity, Risk        string
			EndLine, EndColumn          int
			Package, Function, Variable string
			Missing                     []place
			Related                     []note
			Fixes                       []struct {
				Title string
				Safe  bool
				Edits []struct {
					File                                       string
					StartLine, StartColumn, EndLine, EndColumn int
					NewText                                    string
				}
			}
		}
		Errors []note
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	dec.DisallowUnknownFields()
	ts.Check(dec.Decode(&report))
	if dec.More() || report.Version != 1 || report.Findings == nil || report.Errors == nil {
		ts.Fatalf("not one object of version 1 with findings and errors")
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s:%d:%d:%s", f.File, f.Line, f.Column, f.Rule))
		if f.Missing == nil || f.Related == nil || f.Fixes == nil {
			ts.Fatalf("a list is null in %v", f)
		}
		if f.EndLine < f.Line || f.Severity == "" || f.Risk == "" || f.Message == "" || f.Package == "" {
			ts.Fatalf("something is missing in %v", f)
		}
	}
	for _, e := range report.Errors {
		got = append(got, fmt.Sprintf("%s:%d:error", e.File, e.Line))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		ts.Fatalf("findings %v, want %v", got, want)
	}
}

// brief FILE WANT compares text output, without its messages.
func brief(ts *testscript.TestScript, neg bool, args []string) {
	messages := regexp.MustCompile(`(?m)^(\S+: \w+): .*( \[\w+\])$`)
	got := messages.ReplaceAllString(ts.ReadFile(args[0]), "$1$2")
	if want := ts.ReadFile(args[1]); (got == want) == neg {
		ts.Fatalf("got:\n%swant:\n%s", got, want)
	}
}

// crlf FILE... gives files the line endings of Windows; ! crlf takes them away.
func crlf(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := strings.ReplaceAll(ts.ReadFile(name), "\r\n", "\n")
		if !neg {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o666))
	}
}

// mode MODE FILE checks a file's mode, without following links.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := info.Mode().String(); (got == args[0]) == neg {
		ts.Fatalf("the mode of %s is %s", args[1], got)
	}
}

func TestInterrupted(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", "examples"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if status := run(ctx, []string{"check", "."}, strings.NewReader(""), io.Discard, io.Discard); status != statusInterrupted {
		t.Errorf("status %d, want %d", status, statusInterrupted)
	}
}
