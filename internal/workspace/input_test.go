package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUnusableInput(t *testing.T) {
	tests := []struct {
		name, archive string
		patterns      []string
		want          string // in the message; DIR stands for the folder
		file          string // that the error is about
		line          int
		noPackages    bool
	}{
		{
			name: "no go.mod", archive: "-- a.go --\npackage a\n", patterns: []string{"./..."},
			want: `there is no go.mod in DIR or any folder above it: run "go mod init" there, or open a folder inside of a module`,
		},
		{
			name: "broken go.mod", archive: "-- go.mod --\nmodule example.com/m\n\ngo 1.26\nrequier x\n-- a.go --\npackage a\n", patterns: []string{"./..."},
			want: "unknown directive: requier", file: "go.mod", line: 4,
		},
		{
			name: "broken go.work", archive: "-- go.work --\ngo 1.26\nuze x\n-- a/go.mod --\nmodule a\n-- a/a.go --\npackage a\n", patterns: []string{"./..."},
			want: "unknown directive: uze", file: "go.work", line: 2,
		},
		{
			name: "nothing matches", archive: "-- go.mod --\nmodule example.com/m\n-- README --\nx\n", patterns: []string{"./..."},
			want: "no packages matched by ./...", noPackages: true,
		},
		{
			name: "an empty folder", archive: "-- go.mod --\nmodule example.com/m\n-- e/README --\nx\n", patterns: []string{"./e"},
			want: "no Go files in DIR/e",
		},
		{
			name: "no such folder", archive: "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n", patterns: []string{"./e"},
			want: "directory not found",
		},
		{
			name: "all files excluded", archive: "-- go.mod --\nmodule example.com/m\n-- x/x.go --\n//go:build never\n\npackage x\n", patterns: []string{"./x"},
			want: "build constraints exclude all Go files in DIR/x",
		},
		{
			name: "an unknown package", archive: "-- go.mod --\nmodule example.com/m\n-- a.go --\npackage a\n", patterns: []string{"fmtt"},
			want: "package fmtt is not in std",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tr := newTree(t, test.archive)
			s, err := tr.w.Snapshot(t.Context(), test.patterns...)
			if err == nil {
				t.Fatalf("no error; roots %q, errors %v", s.Roots(), s.Errors())
			}
			message := strings.ReplaceAll(err.Error(), tr.dir, "DIR")
			if !strings.Contains(message, test.want) || strings.Contains(message, "\n") {
				t.Errorf("error %q, want one line with %q", message, test.want)
			}
			if errors.Is(err, ErrNoPackages) != test.noPackages {
				t.Errorf("errors.Is(err, ErrNoPackages) is %v", !test.noPackages)
			}
			var load *LoadError
			if test.noPackages {
				return
			}
			if !errors.As(err, &load) {
				t.Fatalf("the error is a %T", err)
			}
			if test.file != "" && (load.Errors[0].File != tr.path(test.file) || load.Errors[0].Line != test.line) {
				t.Errorf("place %s:%d, want %s:%d", load.Errors[0].File, load.Errors[0].Line, test.file, test.line)
			}
			// The workspace recovers when the folder does.
			os.RemoveAll(tr.path("go.work"))
			os.RemoveAll(tr.path("a"))
			tr.write("go.mod", "module example.com/m\n\ngo 1.26\n")
			tr.write("ok/ok.go", "package ok\n")
			tr.w.FilesChanged(tr.path("go.mod"), tr.path("go.work"), tr.path("ok/ok.go"))
			tr.sound(tr.analyze("./ok"))
		})
	}
}

// Code with errors is analysed as far as it goes.
func TestBrokenCode(t *testing.T) {
	const good = "\n-- ok/ok.go --\npackage ok\n\nfunc Fine() { panic(len(\"x\")) }\n"
	type place struct {
		file string
		line int
		text string
	}
	tests := []struct {
		name, archive string
		id            string // default: example.com/m/p
		errors        []place
		bodies        []string // of the analysed package; nil: no result
	}{
		{
			name: "syntax error", archive: "-- p/p.go --\npackage p\n\nfunc F() {\n\tx :=\n}\n",
			errors: []place{{"p/p.go", 5, "expected operand"}, {"p/p.go", 6, "expected ';'"}},
		},
		{
			name: "no package clause", archive: "-- p/p.go --\n-- p/q.go --\npackage p\n\nfunc F() {}\n",
			errors: []place{{"p/p.go", 1, "expected 'package'"}},
		},
		{
			name:    "type error in a body",
			archive: "-- p/p.go --\npackage p\n\nfunc F() {\n\tvar x int = \"a\"\n\t_ = x\n}\n\nfunc G() {\nloop:\n\tfor range 3 {\n\t\tcontinue loop\n\t}\n\tprintln(cap([]int{}))\n}\n",
			errors:  []place{{"p/p.go", 4, "cannot use \"a\""}}, bodies: []string{"G"},
		},
		{
			name:    "unused things",
			archive: "-- p/p.go --\npackage p\n\nimport \"os\"\n\nfunc F() {\n\tx := 1\n}\n",
			errors:  []place{{"p/p.go", 3, "imported and not used"}, {"p/p.go", 6, "declared and not used"}}, bodies: []string{"F"},
		},
		{
			name: "type error in a declaration", archive: "-- p/p.go --\npackage p\n\nvar V undefined\n\nfunc F() {}\n",
			errors: []place{{"p/p.go", 3, "undefined: undefined"}},
		},
		{
			name: "declared twice", archive: "-- p/p.go --\npackage p\n\nfunc F() {}\n\nfunc F() {}\n",
			errors: []place{{"p/p.go", 5, "F redeclared in this block; other declaration of F at line 3"}},
		},
		{
			name:    "unresolved import",
			archive: "-- p/p.go --\npackage p\n\nimport (\n\t\"example.com/nowhere/x\"\n\t\"nostd/y\"\n)\n\nfunc F() { x.X(y.Y) }\n",
			errors:  []place{{"p/p.go", 4, "no required module provides package example.com/nowhere/x; to add it: go get"}, {"p/p.go", 5, "package nostd/y is not in std"}},
		},
		{
			name:    "import of a broken package",
			archive: "-- p/p.go --\npackage p\n\nimport \"example.com/m/b\"\n\nfunc F() { v := b.V; println(v) }\n\nfunc G() {}\n-- b/b.go --\npackage b\n\nvar V undefined\n",
			bodies:  []string{"G"},
		},
		{
			name:    "import of a package with a syntax error",
			archive: "-- p/p.go --\npackage p\n\nimport \"example.com/m/b\"\n\nfunc F() { b.B() }\n-- b/b.go --\npackage b\n\nfunc B() { x := }\n",
			bodies:  []string{"F"},
		},
		{
			name:    "import cycle",
			archive: "-- p/p.go --\npackage p\n\nimport \"example.com/m/b\"\n\nvar P = b.B\n-- b/b.go --\npackage b\n\nimport \"example.com/m/p\"\n\nvar B = p.P\n",
			id:      "example.com/m/b", errors: nil, bodies: []string{},
		},
		{
			name: "two packages in a folder", archive: "-- p/a.go --\npackage a\n-- p/b.go --\npackage b\n",
			errors: []place{{"", 0, "found packages a (a.go) and b (b.go)"}, {"p/b.go", 1, "package b; expected package a"}},
		},
		{
			name:    "a main package imported",
			archive: "-- p/p.go --\npackage p\n\nimport _ \"example.com/m/cmd\"\n-- cmd/main.go --\npackage main\n\nfunc main() {}\n",
			errors:  []place{{"p/p.go", 3, "is a program, not an importable package"}}, bodies: []string{},
		},
		{
			name:    "a newer language",
			archive: "-- p/p.go --\n//go:build go1.99\n\npackage p\n-- p/q.go --\npackage p\n\nfunc F() {}\n",
			bodies:  []string{"F"},
		},
		{
			name:    "cgo",
			archive: "-- p/p.go --\npackage p\n\n// int one(void) { return 1; }\n// typedef struct { int n; } pair;\nimport \"C\"\n\nimport \"unsafe\"\n\ntype Pair = C.pair\n\nvar one = int(C.one())\n\nfunc F() int { return int(C.one()) }\n\nfunc Use(p *Pair) unsafe.Pointer { return unsafe.Pointer(p) }\n\nfunc G() int { return 1 }\n",
			bodies:  []string{"G"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tr := newTree(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"+test.archive+good, func(o *Options) {
				o.Env = append(os.Environ(), "CGO_ENABLED=1", "GOPROXY=off")
			})
			results := tr.analyze("./...")
			id := test.id
			if id == "" {
				id = "example.com/m/p"
			}
			r := results[id]
			if test.name == "import cycle" {
				cycle := slices.Concat(r.Errors, results["example.com/m/p"].Errors)
				if !slices.ContainsFunc(cycle, func(e Error) bool { return strings.Contains(e.Message, "import cycle not allowed") }) {
					t.Errorf("nothing is said of the cycle: %+v", cycle)
				}
			} else {
				matches := len(r.Errors) == len(test.errors)
				for i := range min(len(r.Errors), len(test.errors)) {
					e, want := r.Errors[i], test.errors[i]
					file := want.file
					if file != "" {
						file = tr.path(file)
					}
					matches = matches && e.File == file && e.Line == want.line && strings.Contains(e.Message, want.text) && !strings.Contains(e.Message, "\n")
				}
				if !matches {
					t.Errorf("errors %+v\nwant %+v", r.Errors, test.errors)
				}
				if test.bodies == nil && r.Result != nil {
					t.Errorf("a result: %+v", r.Result)
				} else if test.bodies != nil && !slices.Equal(tr.summaryOf(results, id).Bodies, test.bodies) {
					t.Errorf("bodies %q, want %q", tr.summaryOf(results, id).Bodies, test.bodies)
				}
			}
			if s := tr.summaryOf(results, "example.com/m/ok"); !slices.Equal(s.Dead, []string{"Fine"}) {
				t.Errorf("the sound package: %+v", s)
			}
			if lost := tr.w.Stats().Lost; len(lost) > 0 {
				t.Errorf("lost: %q", lost)
			}
		})
	}
}

func TestExcludedAndTestOnlyPackages(t *testing.T) {
	tr := newTree(t, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a
-- x/x.go --
//go:build special

package x
-- xtest/x_test.go --
package xtest_test
-- intest/x_test.go --
package intest
`)
	tr.sound(tr.analyze("./..."))
	for pattern, want := range map[string]string{
		"./xtest":  "example.com/m/xtest_test [example.com/m/xtest.test]",
		"./intest": "example.com/m/intest [example.com/m/intest.test]",
	} {
		s := tr.snapshot(pattern)
		if roots := s.Roots(); !slices.Equal(roots, []string{want}) || len(s.Errors()) > 0 {
			t.Errorf("%s: roots %q, errors %v", pattern, roots, s.Errors())
		}
		tr.sound(tr.analyze(pattern))
	}
	s := tr.snapshot("./a", "./x")
	if !slices.Equal(s.Roots(), []string{"example.com/m/a"}) || len(s.Errors()) != 1 || !strings.Contains(s.Errors()[0].Message, "build constraints exclude all Go files") {
		t.Errorf("with a package that is excluded: roots %q, errors %v", s.Roots(), s.Errors())
	}
	tr.open(func(o *Options) { o.BuildTags = []string{"special"} })
	results := tr.analyze("./...")
	tr.sound(results)
	if _, ok := results["example.com/m/x"]; !ok {
		t.Errorf("the build tag did not count: %v", results)
	}
}

func TestWorkspaceFile(t *testing.T) {
	const archive = `
-- go.work --
go 1.26

use (
	./one
	./group/two
	./group/three
)
-- one/go.mod --
module example.com/one

go 1.26
-- one/one.go --
package one

import "example.com/two"

func One() { two.Two() }
-- group/two/go.mod --
module example.com/two

go 1.26
-- group/two/two.go --
package two

func Two() { panic(2) }
-- group/three/go.mod --
module example.com/three

go 1.26
-- group/three/sub/three.go --
package sub
`
	tests := []struct {
		dir, pattern string
		want         []string
	}{
		{"", "./...", []string{"example.com/one", "example.com/three/sub", "example.com/two"}},
		{"", "./group/...", []string{"example.com/three/sub", "example.com/two"}},
		{"group", "./...", []string{"example.com/three/sub", "example.com/two"}},
		{"group/two", "./...", []string{"example.com/two"}},
		{"one", "./...", []string{"example.com/one"}},
		{"", "./one", []string{"example.com/one"}},
	}
	for _, test := range tests {
		tr := newTree(t, archive, func(o *Options) { o.Dir = filepath.Join(o.Dir, test.dir) })
		results := tr.analyze(test.pattern)
		tr.sound(results)
		var ids []string
		for id := range results {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		if !slices.Equal(ids, test.want) {
			t.Errorf("%s in %q: %q, want %q", test.pattern, test.dir, ids, test.want)
		}
		if r, ok := results["example.com/one"]; ok && !slices.Equal(r.Result.(*summary).Dead, []string{"One"}) {
			t.Errorf("facts did not cross modules: %+v", r.Result)
		}
	}
}

func TestFileOutsideOfTheModule(t *testing.T) {
	tr := newTree(t, chain)
	outside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	loose := filepath.Join(outside, "loose.go")
	const text = "package loose\n\nimport \"os\"\n\nfunc Loose() { os.Exit(1) }\n"
	if err := os.WriteFile(loose, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	tr.sound(tr.analyze("./..."))
	unsaved := filepath.Join(outside, "sub", "unsaved.go") // not even its folder exists
	tr.w.SetOverlay(unsaved, []byte(strings.ReplaceAll(strings.ReplaceAll(text, "loose", "unsaved"), "Loose", "Unsaved")))
	beside := tr.path("a/new.go") // in a package, but not saved yet
	tr.w.SetOverlay(beside, []byte("package a\n\nfunc New2() *T { return New() }\n"))
	for path, want := range map[string]string{loose: "Loose", unsaved: "Unsaved", beside: "New2"} {
		s := tr.snapshot("file=" + path)
		ids := s.Containing(path)
		if len(ids) != 1 || !slices.Equal(ids, s.Roots()) {
			t.Errorf("%s: contained in %q, roots %q", path, ids, s.Roots())
			continue
		}
		results := tr.analyzeIDs(s, ids...)
		tr.sound(results)
		if s := tr.summaryOf(results, ids[0]); !slices.Contains(s.Bodies, want) {
			t.Errorf("%s: %+v", path, s)
		}
	}
	tr.sound(tr.analyze("./..."))
}
