package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// vettool is the flag that makes go vet run the program under test.
func vettool(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		for _, name := range []string{"ctxls", "ctxls.exe"} {
			if path := filepath.Join(dir, name); exists(path) {
				return "-vettool=" + path
			}
		}
	}
	ts.Fatalf("there is no ctxls in PATH")
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// vet ARGUMENT... runs go vet with our rules; ! vet wants it to fail.
func vetCommand(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("go", append([]string{"vet", vettool(ts)}, args...)...)
	if (err != nil) != neg {
		ts.Fatalf("go vet: %v", err)
	}
}

// samevet N PATTERN... wants go vet to find in the packages what check finds,
// N findings at least, all rules and severities, with their safe fixes.
func sameVet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: samevet N PATTERN...")
	}
	var least int
	_, err := fmt.Sscan(args[0], &least)
	ts.Check(err)
	// Both have another idea of what is a failure than this.
	_ = ts.Exec("ctxls", append([]string{"check", "--all", "--format=json"}, args[1:]...)...)
	checked := checkFindings(ts, ts.ReadFile("stdout"))
	_ = ts.Exec("go", append([]string{"vet", vettool(ts), "-all", "-json"}, args[1:]...)...)
	vetted := vetFindings(ts, ts.ReadFile("stdout"))
	if !slices.Equal(checked, vetted) {
		ts.Fatalf("check finds\n%s\ngo vet finds\n%s\n%s", strings.Join(checked, "\n"), strings.Join(vetted, "\n"), ts.ReadFile("stderr"))
	}
	if len(checked) < least {
		ts.Fatalf("there are only %d findings", len(checked))
	}
}

func checkFindings(ts *testscript.TestScript, text string) []string {
	type place struct {
		File         string
		Line, Column int
		Message      string
	}
	var report struct {
		Findings []struct {
			place
			EndLine, EndColumn int
			Rule               string
			Related            []place
			Fixes              []struct {
				Title string
				Safe  bool
				Edits []struct{ NewText string }
			}
		}
	}
	ts.Check(json.Unmarshal([]byte(text), &report))
	var out []string
	for _, f := range report.Findings {
		var b strings.Builder
		file := ts.MkAbs(f.File)
		fmt.Fprintf(&b, "%s:%d:%d-%d:%d: %s [%s]", file, f.Line, f.Column, f.EndLine, f.EndColumn, f.Message, f.Rule)
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\n\t%s:%d:%d: %s", ts.MkAbs(r.File), r.Line, r.Column, r.Message)
		}
		for _, fix := range f.Fixes {
			if fix.Safe {
				fmt.Fprintf(&b, "\n\t%s", fix.Title)
				for _, e := range fix.Edits {
					fmt.Fprintf(&b, " %q", e.NewText)
				}
			}
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

func vetFindings(ts *testscript.TestScript, text string) []string {
	type note struct{ Posn, End, Message string }
	var out []string
	for dec := json.NewDecoder(bytes.NewReader([]byte(text))); ; {
		var units map[string]map[string][]struct {
			note
			Related []note
			Fixes   []struct {
				Message string
				Edits   []struct{ New string }
			} `json:"suggested_fixes"`
		}
		if err := dec.Decode(&units); errors.Is(err, io.EOF) {
			break
		} else {
			ts.Check(err)
		}
		for _, unit := range units {
			for _, f := range unit["ctxls"] {
				var b strings.Builder
				_, end, _ := strings.Cut(f.End[len(filepath.Dir(f.End)):], ":")
				fmt.Fprintf(&b, "%s-%s: %s", f.Posn, end, f.Message)
				for _, r := range f.Related {
					fmt.Fprintf(&b, "\n\t%s: %s", r.Posn, r.Message)
				}
				for _, fix := range f.Fixes {
					fmt.Fprintf(&b, "\n\t%s", fix.Message)
					for _, e := range fix.Edits {
						fmt.Fprintf(&b, " %q", e.New)
					}
				}
				out = append(out, b.String())
			}
		}
	}
	slices.Sort(out)
	return out
}
