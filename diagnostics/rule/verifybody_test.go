package rule

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// agree checks that a look at the function alone judges edits as a look at
// the whole package does. It reports whether the function was enough.
func agree(t *testing.T, p *Pass, edits []analysis.TextEdit) bool {
	t.Helper()
	byFile, err := p.editsByFile(edits)
	if err != nil {
		t.Fatal(err)
	}
	inside, errInside := p.finishInBody(byFile)
	if errors.Is(errInside, errWider) {
		return false
	}
	wide, errWide := p.finishWide(Fix{}, byFile)
	switch {
	case (errInside == nil) != (errWide == nil):
		t.Errorf("the function alone: %v; the package: %v", errInside, errWide)
	case errInside == nil:
		if got, want := fixed(p, Fix{Edits: inside}), fixed(p, wide); got != want {
			t.Errorf("the function alone gives\n%s\nthe package\n%s", got, want)
		}
	}
	return true
}

// replaceText replaces the one place where a text has old.
func replaceText(t testing.TB, p *Pass, old, new string) analysis.TextEdit {
	t.Helper()
	text, _ := p.ReadFile("p.go")
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%q isn't there once", old)
	}
	at := p.Fset.File(p.Files[0].FileStart).Pos(strings.Index(string(text), old))
	return p.Replace(at, at+token.Pos(len(old)), new)
}

// TestFinishInBodyOfMethod has the receiver's type in another file, far from
// the method.
func TestFinishInBodyOfMethod(t *testing.T) {
	far := "package p\n\n" + strings.Repeat("// far\n", 1000) + "type t struct{ n int }\n"
	p := newPass(t, "package p\n\nfunc (x *t) f() int {\n\treturn 1\n}\n", far)
	if !agree(t, p, []analysis.TextEdit{replaceText(t, p, "1", "x.f() + x.n")}) {
		t.Error("the function is not enough")
	}
}

func TestFinishInBody(t *testing.T) {
	for _, tt := range []struct {
		name, src, old, new string
		want                string // part of the error; empty: accepted
		wider               bool
	}{
		{name: "a method", src: "type t struct{ n int }\n\nfunc (x *t) f() int {\n\treturn 1\n}\n", old: "1", new: "x.f() + x.n"},
		{name: "a method of a generic type", src: "type t[K comparable] struct{ m map[K]int }\n\nfunc (x *t[Key]) f(k Key) int {\n\treturn 1\n}\n", old: "1", new: "x.f(k) + x.m[k]"},
		{name: "a generic function", src: "func f[T any](v T) T {\n\treturn v\n}\n", old: "return v", new: "return f[T](v)"},
		{name: "a wrong type argument", src: "func f[T ~int](v T) T {\n\treturn v\n}\n", old: "return v", new: "f(\"\")\n\treturn v", want: "string does not satisfy"},
		{name: "a struct of the package", src: "type t struct{ a, b int }\n\nfunc f() any {\n\treturn nil\n}\n", old: "nil", new: "t{1, 2}"},
		{name: "fields that another package hides", src: "import \"strings\"\n\nfunc f() *strings.Builder {\n\treturn nil\n}\n", old: "nil", new: "&strings.Builder{nil, nil}", want: "unexported field"},
		{name: "init", src: "func init() {\n\tprintln(1)\n}\n", old: "(1)", new: "(2)"},
		{name: "a dot import", src: "import . \"strings\"\n\nfunc f() string {\n\treturn ToLower(\"\")\n}\n", old: "ToLower", new: "ToUpper"},
		{name: "a label that nobody uses", src: "func f() {\n\tfor {\n\t}\n}\n", old: "\tfor", new: "l:\n\tfor", want: "label l declared and not used"},
		{name: "no such method", src: "type t int\n\nfunc (t) f() {\n\tprintln()\n}\n", old: "println()", new: "t(0).g()", want: "t(0).g undefined"},
		{name: "an error that was there", src: "func f() {\n\tnosuch()\n\tprintln()\n}\n", old: "println()", new: "println(1)"},
		{name: "an error twice", src: "func f() {\n\tnosuch()\n\tprintln()\n}\n", old: "println()", new: "nosuch()", want: "undefined: nosuch"},
		{name: "a second use of an import stays", src: "import \"time\"\n\nfunc f() {\n\ttime.Sleep(0)\n}\n\nvar _ time.Time\n", old: "time.Sleep(0)", new: "println()"},
		{name: "the last use of a renamed import", src: "import clock \"time\"\n\nfunc f() {\n\tclock.Sleep(0)\n}\n", old: "clock.Sleep(0)", new: "println()", want: `import "time" isn't used`},
		{name: "formatted again", src: "func f() {\n\ta := 1 // a\n\tb := 2 // b\n\t_, _ = a, b\n}\n", old: "1", new: "100"},
		{name: "not formatted", src: "func f() {\n\ta  :=  1\n\t_ = a\n}\n", old: "1", new: "100"},
		{name: "a comment swallows the rest", src: "func f() {\n\tprintln()\n}\n\n/* */\n", old: "println()", new: "/*", want: "doesn't parse"},
		{name: "a loop of initialisations", src: "var x = f()\n\nfunc f() int {\n\treturn 1\n}\n", old: "return 1", new: "return x", wider: true},
		{name: "a second function", src: "func f() {\n\tprintln()\n}\n", old: "println()", new: "}\n\nfunc g() {", wider: true},
		{name: "a function on one line", src: "func f()  { println(1) }\nfunc ff() { println() }\n", old: "println(1)", new: "println(1, 2)", wider: true},
		{name: "a parameter", src: "func f(x int) {\n}\n", old: "x", new: "y", wider: true},
		{name: "a variable", src: "var x = 1\n", old: "1", new: "2", wider: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPass(t, "package p\n\n"+tt.src)
			edits := []analysis.TextEdit{replaceText(t, p, tt.old, tt.new)}
			if agree(t, p, edits) == tt.wider {
				t.Errorf("wider: %v", !tt.wider)
			}
			_, err := p.finish(Fix{Edits: edits})
			if tt.wider {
				return
			}
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("the loop of initialisations is refused", func(t *testing.T) {
		p := newPass(t, "package p\n\nvar x = f()\n\nfunc f() int {\n\treturn 1\n}\n")
		_, err := p.finish(Fix{Edits: []analysis.TextEdit{replaceText(t, p, "return 1", "return x")}})
		if err == nil || !strings.Contains(err.Error(), "initialization cycle") {
			t.Errorf("got %v", err)
		}
	})
}

// Every fix of a pass is judged alike, however many came before it.
func TestManyBodies(t *testing.T) {
	p := newPass(t, "package p\n\ntype t int\n\nfunc (x t) f() {\n\tprintln(1)\n}\n")
	good := []analysis.TextEdit{replaceText(t, p, "println(1)", "x.f()")}
	bad := []analysis.TextEdit{replaceText(t, p, "println(1)", "x.g()")}
	for i := range 2*maxBodies + 2 {
		if _, err := p.finish(Fix{Edits: good}); err != nil {
			t.Fatalf("fix %d: %v", i, err)
		}
		if _, err := p.finish(Fix{Edits: bad}); err == nil {
			t.Fatalf("fix %d: not refused", i)
		}
	}
}

// The cost of a fix is that of its function, whatever the size of the file.
func BenchmarkFinish(b *testing.B) {
	for _, functions := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("functions=%d", functions), func(b *testing.B) {
			var src strings.Builder
			src.WriteString("package p\n\nimport \"context\"\n")
			for f := range functions {
				fmt.Fprintf(&src, "\nfunc f%d(parent context.Context, x int) int {\n", f)
				for i := range 20 {
					fmt.Fprintf(&src, "\tctx%d, cancel%[1]d := context.WithCancel(parent)\n\tif x == %[1]d {\n\t\treturn x\n\t}\n\t<-ctx%[1]d.Done()\n\tx++ // %[1]d\n\tcancel%[1]d()\n\n", i)
				}
				src.WriteString("\treturn x\n}\n")
			}
			p := newPass(b, src.String())
			fix := Fix{Edits: []analysis.TextEdit{p.InsertAfter(stmtAt(b, p, "ctx7,"), "defer cancel7()")}}
			if _, err := p.finish(fix); err != nil { // what the first fix prepares for all
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := p.finish(fix); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
