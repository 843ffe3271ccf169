package callsites

import (
	"context"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestChanged sees to it that an answer holds until a change is told, and no
// longer.
func TestChanged(t *testing.T) {
	root := write(t, "-- go.mod --\nmodule example.com/m\n-- p.go --\npackage main\nimport \"context\"\nfunc F(ctx context.Context) {}\nfunc main() { F(context.Background()) }\n")
	set := NewSet(func(string) string { return root })
	p := Premise{Kind: ContextEnds, File: filepath.Join(root, "p.go"), Function: "F", Name: "ctx"}
	if !set.Refutes(t.Context(), p) {
		t.Fatal("the only caller gives a root, and the premise stands")
	}
	more := "package main\nimport (\"context\"; \"time\")\nfunc g() { ctx, c := context.WithTimeout(context.Background(), time.Second); defer c(); F(ctx) }\n"
	if err := os.WriteFile(filepath.Join(root, "q.go"), []byte(more), 0o644); err != nil {
		t.Fatal(err)
	}
	if !set.Refutes(t.Context(), p) {
		t.Error("the files were looked at again although nobody said that they had changed")
	}
	set.Changed()
	if set.Refutes(t.Context(), p) {
		t.Error("another caller gives a deadline now, and the premise is refuted")
	}
	if err := os.Remove(filepath.Join(root, "q.go")); err != nil {
		t.Fatal(err)
	}
	set.Changed()
	if !set.Refutes(t.Context(), p) {
		t.Error("that caller is gone, and the premise stands")
	}
}

// TestBeside: what a goroutine waits for is cancelled when its starter has left.
func TestBeside(t *testing.T) {
	root := write(t, "-- go.mod --\nmodule example.com/m\n-- main.go --\npackage main\nimport \"context\"\nfunc F(ctx context.Context) {}\nfunc main() { for { session() } }\nfunc session() { ctx, cancel := context.WithCancel(context.Background()); defer cancel(); F(ctx) }\n")
	p := Premise{Kind: ContextEnds, File: filepath.Join(root, "main.go"), Function: "F", Name: "ctx"}
	x := New(root)
	if !x.Refutes(t.Context(), p) {
		t.Error("the premise stands for what F does itself")
	}
	p.Beside = true
	if x.Refutes(t.Context(), p) {
		t.Error("the premise is refuted for what F starts")
	}
}

// TestLarge sees to it that functions that call one another on many ways, and
// names that are declared again and again, cost little.
func TestLarge(t *testing.T) {
	var text strings.Builder
	text.WriteString("-- go.mod --\nmodule example.com/m\n-- main.go --\npackage main\nimport \"context\"\ntype T struct{}\nfunc (t *T) F(ctx context.Context) {}\nfunc main() { f0() }\n")
	const many = 60
	for i := range many {
		fmt.Fprintf(&text, "func f%d() { f%d(); f%d() }\n", i, i+1, i+1)
	}
	fmt.Fprintf(&text, "func f%d() {\n\tt := new(T)\n", many)
	for range many {
		text.WriteString("\t{\n\t\tt := t\n\t\tt.F(context.Background())\n\t}\n")
	}
	text.WriteString("}\n")
	root := write(t, text.String())
	x := New(root)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, kind := range []Kind{ContextEnds, GoesOn} {
		if p := (Premise{Kind: kind, File: filepath.Join(root, "main.go"), Function: "(*T).F", Name: "ctx"}); !x.Refutes(ctx, p) {
			t.Errorf("premise %d stands", kind)
		}
	}
	if ctx.Err() != nil {
		t.Error("the questions took their whole time")
	}
}

// TestLinks: a module below a link, and a file that is one, are what they lead to.
func TestLinks(t *testing.T) {
	root := write(t, "-- go.mod --\nmodule example.com/m\n-- p.go --\npackage main\nimport \"context\"\nfunc F(ctx context.Context) {}\nfunc main() { F(context.Background()) }\n")
	elsewhere := write(t, "-- more.txt --\npackage main\nfunc g() { F(live()) }\n")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Skip(err)
	}
	p := Premise{Kind: ContextEnds, File: filepath.Join(link, "p.go"), Function: "F", Name: "ctx"}
	if !New(link).Refutes(t.Context(), p) {
		t.Error("nothing is known of a module that a link leads to")
	}
	if err := os.Symlink(filepath.Join(elsewhere, "more.txt"), filepath.Join(root, "more.go")); err != nil {
		t.Fatal(err)
	}
	if New(link).Refutes(t.Context(), p) {
		t.Error("a caller in a file that is a link was missed")
	}
}

// TestWorkspace: callers in a module that go.work names count, wherever it lies.
func TestWorkspace(t *testing.T) {
	root := write(t, "-- a/go.work --\ngo 1.25\nuse (\n.\n../b\n)\n-- a/go.mod --\nmodule example.com/a\n-- a/p.go --\npackage a\nimport \"context\"\nfunc F(ctx context.Context) {}\n-- a/cmd/x/main.go --\npackage main\nimport (\n\"context\"\n\"example.com/a\"\n)\nfunc main() { a.F(context.Background()) }\n-- b/go.mod --\nmodule example.com/b\n-- b/b.go --\npackage b\nimport \"example.com/a\"\nfunc g() { a.F(live()) }\n")
	p := Premise{Kind: ContextEnds, File: filepath.Join(root, "a", "p.go"), Function: "F", Name: "ctx"}
	if New(filepath.Join(root, "a")).Refutes(t.Context(), p) {
		t.Error("the caller in the other module was missed")
	}
}

// TestNoModule sees to it that nobody walks through all that lies below a file
// without a module.
func TestNoModule(t *testing.T) {
	root := write(t, "-- p.go --\npackage main\nfunc main() {}\n-- deep/q.go --\npackage q\n")
	x := New(root)
	x.Refutes(t.Context(), Premise{Kind: GoesOn, File: filepath.Join(root, "p.go"), Function: "main"})
	if len(x.sources) != 1 {
		t.Errorf("%d files are known, want the one beside the question's", len(x.sources))
	}
}

// TestCancelled sees to it that nothing is refuted, nor remembered, once the
// context is done.
func TestCancelled(t *testing.T) {
	root := write(t, "-- go.mod --\nmodule example.com/m\n-- p.go --\npackage main\nimport \"context\"\nfunc F(ctx context.Context) {}\nfunc main() { F(context.Background()) }\n")
	x := New(root)
	p := Premise{Kind: ContextEnds, File: filepath.Join(root, "p.go"), Function: "F", Name: "ctx"}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if x.Refutes(ctx, p) {
		t.Error("refuted under a done context")
	}
	if !x.Refutes(t.Context(), p) {
		t.Error("the answer of before was kept")
	}
}

// FuzzNames sees to it that the scan has every identifier of a file.
func FuzzNames(f *testing.F) {
	f.Add("package p\nfunc Größe(x_1 int) { _ = x_1 }")
	f.Fuzz(func(t *testing.T, text string) {
		s := &source{names: namesIn([]byte(text))}
		fset := token.NewFileSet()
		var words scanner.Scanner
		words.Init(fset.AddFile("", -1, len(text)), []byte(text), nil, 0)
		for {
			_, tok, lit := words.Scan()
			if tok == token.EOF {
				return
			}
			if tok == token.IDENT && !s.has(lit) {
				t.Errorf("%q is missing", lit)
			}
		}
	})
}

// FuzzQueries sees to it that no file makes a question fail.
func FuzzQueries(f *testing.F) {
	f.Add("func main() { ctx, cancel := context.WithCancel(); defer cancel(); F(ctx) }")
	f.Add("func main() { F() }\nfunc g(ctx context.Context) { F(ctx, ctx...) }")
	f.Add("type t struct{ ctx context.Context }\nfunc (t) run() { F(t{}.ctx) }\nvar x, y = f()")
	f.Fuzz(func(t *testing.T, text string) {
		root := write(t, "-- go.mod --\nmodule example.com/m\n-- p.go --\npackage main\nimport \"context\"\nfunc F(ctx context.Context) {}\n")
		if err := os.WriteFile(filepath.Join(root, "q.go"), []byte("package main\nimport \"context\"\n"+text), 0o644); err != nil {
			t.Fatal(err)
		}
		x := New(root)
		if err := x.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []Kind{ContextEnds, GoesOn} {
			q := x.query(t.Context(), Premise{})
			q.refutes(Premise{Kind: kind, File: filepath.Join(root, "p.go"), Function: "F", Name: "ctx"})
		}
	})
}
