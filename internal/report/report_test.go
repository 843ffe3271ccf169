package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/workspace"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var dir = filepath.Join(string(filepath.Separator), "home", "app")

func span(file string, line, column, endLine, endColumn int) diagnostics.Range {
	return diagnostics.Range{
		File:  filepath.Join(dir, filepath.FromSlash(file)),
		Start: rule.Position{Line: line, Column: column},
		End:   rule.Position{Line: endLine, Column: endColumn},
	}
}

var sample = Report{
	Findings: []diagnostics.Finding{
		{
			Rule: "lostcancel", Severity: rule.Warning, Risk: rule.High,
			Range:   span("svc/handler.go", 42, 7, 42, 13),
			Package: "example.com/app/svc", Function: "(*Server).Handle", Variable: "cancel",
			Message: "cancel returned by context.WithTimeout isn't called on the path that leaves at line 47",
			Missing: []diagnostics.Range{span("svc/handler.go", 47, 3, 47, 3), span("svc/handler.go", 51, 3, 51, 3)},
			Related: []rule.RelatedRange{{Range: span("svc/handler.go", 44, 2, 44, 9), Message: "this branch is taken"}},
			Fixes: []rule.ResolvedFix{{
				Title: "Insert defer cancel()", Safe: true,
				Edits: []rule.Edit{{Range: span("svc/handler.go", 43, 1, 43, 1), NewText: "\tdefer cancel()\n"}},
			}},
		},
		{
			Rule: "discardeddone", Severity: rule.Information, Risk: rule.Low,
			Range:   span("../lib/wait.go", 3, 1, 3, 11),
			Package: "example.com/lib", Message: "ctx.Done() is discarded: it waits for nothing; <-ctx.Done() does",
		},
	},
	Errors: []workspace.Error{
		{File: filepath.Join(dir, "bad.go"), Line: 1, Column: 9, Message: "undefined: x"},
		{File: filepath.Join(dir, "go.mod"), Line: 3, Message: "unknown directive: foo"},
		{File: filepath.Join(dir, "list.go"), Message: "import cycle"},
		{Message: "no place is known"},
	},
}

func TestFormats(t *testing.T) {
	for _, f := range Formats {
		for name, r := range map[string]Report{f.Name: sample, f.Name + "-empty": {}} {
			t.Run(name, func(t *testing.T) {
				var got bytes.Buffer
				if err := f.Write(&got, r, dir); err != nil {
					t.Fatal(err)
				}
				golden(t, name, got.Bytes())
			})
		}
	}
	var got bytes.Buffer
	WriteErrors(&got, sample.Errors, dir)
	golden(t, "errors", got.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", file, got, want)
	}
}

// Programs rely on slices that are never null.
func TestJSONHasNoNull(t *testing.T) {
	var out bytes.Buffer
	if err := writeJSON(&out, sample, dir); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) || bytes.Contains(out.Bytes(), []byte("null")) {
		t.Errorf("not valid, or has a null:\n%s", out.Bytes())
	}
}

func TestRelativeThroughSymlink(t *testing.T) {
	folder := t.TempDir()
	real := filepath.Join(folder, "real")
	if err := os.Mkdir(real, 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	resolved, err := filepath.EvalSymlinks(real)
	if err != nil {
		t.Fatal(err)
	}
	if got := Relative(link, filepath.Join(resolved, "a.go")); got != "a.go" {
		t.Errorf("got %q, want a.go", got)
	}
}
