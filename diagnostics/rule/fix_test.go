package rule

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/internal/flow"
)

// The tests share what they import: it is type-checked from source.
var (
	fset     = token.NewFileSet()
	standard = importer.ForCompiler(fset, "source", nil)
)

// newPass type-checks one file as a package of its own.
func newPass(t testing.TB, src string, more ...string) *Pass {
	t.Helper()
	texts := map[string]string{"p.go": src}
	var files []*ast.File
	for i, text := range append([]string{src}, more...) {
		name := "p.go"
		if i > 0 {
			name = fmt.Sprintf("p%d.go", i)
			texts[name] = text
		}
		file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: standard, Error: func(error) {}}
	pkg, _ := conf.Check("example.com/p", fset, files, info) // some cases have errors on purpose
	cache := new(sources)
	return &Pass{
		Pass: &analysis.Pass{
			Fset: fset, Files: files, Pkg: pkg, TypesInfo: info, TypesSizes: types.SizesFor("gc", "amd64"),
			ReadFile: func(name string) ([]byte, error) { return []byte(texts[name]), nil },
			ResultOf: map[*analysis.Analyzer]any{sourcesAnalyzer: cache},
		},
		Func: &flow.Func{File: files[0]},
	}
}

// stmtAt is the innermost statement whose source begins with prefix.
func stmtAt(t testing.TB, p *Pass, prefix string) ast.Stmt {
	t.Helper()
	var found ast.Stmt
	ast.Inspect(p.Files[0], func(n ast.Node) bool {
		if s, ok := n.(ast.Stmt); ok && strings.HasPrefix(p.Source(s), prefix) {
			found = s
		}
		return true
	})
	if found == nil {
		t.Fatalf("no statement begins with %q", prefix)
	}
	return found
}

const header = "package p\n\nimport \"context\"\n\nvar _ context.Context\n\n"

func TestEdits(t *testing.T) {
	insertAfter := func(at, code string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			return []analysis.TextEdit{p.InsertAfter(stmtAt(t, p, at), code)}
		}
	}
	insertBefore := func(at, code string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			return []analysis.TextEdit{p.InsertBefore(stmtAt(t, p, at), code)}
		}
	}
	replace := func(at, code string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			return []analysis.TextEdit{p.ReplaceStmt(stmtAt(t, p, at), code)}
		}
	}
	remove := func(at string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			return []analysis.TextEdit{p.DeleteStmt(stmtAt(t, p, at))}
		}
	}
	appendCase := func(code string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			var clause *ast.CommClause
			ast.Inspect(p.Files[0], func(n ast.Node) bool {
				if c, ok := n.(*ast.CommClause); ok && clause == nil {
					clause = c
				}
				return true
			})
			return []analysis.TextEdit{p.AppendBody(clause, code)}
		}
	}
	call := func(pkg, member string) func(*testing.T, *Pass) []analysis.TextEdit {
		return func(t *testing.T, p *Pass) []analysis.TextEdit {
			stmt := stmtAt(t, p, "g()")
			expr, edits := p.Qualify(stmt.Pos(), pkg, member)
			return append(edits, p.ReplaceStmt(stmt, "_ = "+expr))
		}
	}
	for _, tt := range []struct {
		name, before string
		edits        func(*testing.T, *Pass) []analysis.TextEdit
		after        string // the same as before: refused
	}{
		{"after a line", "func f() {\n\tg()\n}\nfunc g() {}\n", insertAfter("g()", "defer g()"), "func f() {\n\tg()\n\tdefer g()\n}\nfunc g() {}\n"},
		{"after a comment at the line's end", "func f() {\n\tg() // c\n}\n\nfunc g() {}\n", insertAfter("g()", "defer g()"), "func f() {\n\tg() // c\n\tdefer g()\n}\n\nfunc g() {}\n"},
		{"after several lines", "func f() {\n\tg(func() {\n\t})\n}\n\nfunc g(func()) {}\n", insertAfter("g(", "return"), "func f() {\n\tg(func() {\n\t})\n\treturn\n}\n\nfunc g(func()) {}\n"},
		{"after a statement inside of a line", "var _ = func() { g() }\n\nfunc g() {}\n", insertAfter("g()", "g()"), "var _ = func() { g(); g() }\n\nfunc g() {}\n"},
		{"nested code", "func f() {\n\tif true {\n\t\tg()\n\t}\n}\n\nfunc g() {}\n", insertAfter("g()", "if true {\ng()\n}"), "func f() {\n\tif true {\n\t\tg()\n\t\tif true {\n\t\t\tg()\n\t\t}\n\t}\n}\n\nfunc g() {}\n"},
		{"neighbours realigned", "func f() {\n\tg()  // a\n\tgg() // b\n}\n\nfunc g()  {}\nfunc gg() {}\n", insertAfter("g()", "g()"), "func f() {\n\tg() // a\n\tg()\n\tgg() // b\n}\n\nfunc g()  {}\nfunc gg() {}\n"},
		{"before a line", "func f() {\n\tx := 1\n\t_ = x\n}\n", insertBefore("_ = x", "x++"), "func f() {\n\tx := 1\n\tx++\n\t_ = x\n}\n"},
		{"above the comment", "func f() {\n\tx := 1\n\n\t// b\n\t// c\n\t_ = x\n}\n", insertBefore("_ = x", "x++"), "func f() {\n\tx := 1\n\n\tx++\n\t// b\n\t// c\n\t_ = x\n}\n"},
		{"a raw string keeps its lines", "func f() {\n\tg()\n}\n\nfunc g() {}\n", replace("g()", "_ = `a\nb\n\tc`"), "func f() {\n\t_ = `a\nb\n\tc`\n}\n\nfunc g() {}\n"},
		{"replace", "func f() {\n\tg() // c\n}\n\nfunc g() {}\n", replace("g()", "if true {\ng()\n}"), "func f() {\n\tif true {\n\t\tg()\n\t} // c\n}\n\nfunc g() {}\n"},
		{"a comment inside is not lost", "func f() {\n\tg( /* why */ )\n}\n\nfunc g() {}\n", replace("g(", "println()"), ""},
		{"delete", "func f() {\n\tg()\n\tg2()\n}\n\nfunc g()  {}\nfunc g2() {}\n", remove("g2()"), "func f() {\n\tg()\n}\n\nfunc g()  {}\nfunc g2() {}\n"},
		{"delete with a comment", "func f() {\n\tx := 1 // c\n\t_ = x\n}\n", remove("_ = x"), ""},
		{"type error", "func f() {\n\tg()\n}\n\nfunc g() {}\n", insertAfter("g()", "return 1"), ""},
		{"syntax error", "func f() {\n\tg()\n}\n\nfunc g() {}\n", insertAfter("g()", "return }"), ""},
		{"missing return", "func f() int {\n\treturn 1\n}\n", replace("return", "println()"), ""},
		{"unused variable", "func f() {\n\tx := 1\n\t_ = x\n}\n", replace("_ = x", "println()"), ""},
		{"error from before", "func f() {\n\tg()\n}\n\nfunc g() { undefined() }\n\nvar x int = \"\"\n", insertAfter("g()", "g()"), "func f() {\n\tg()\n\tg()\n}\n\nfunc g() { undefined() }\n\nvar x int = \"\"\n"},
		{"generic neighbour", "func f() {\n\tg(1)\n}\n\nfunc g[T any](t T) T { return t }\n", insertAfter("g(", "g(\"\")"), "func f() {\n\tg(1)\n\tg(\"\")\n}\n\nfunc g[T any](t T) T { return t }\n"},
		{"unformatted file", "func f(){\n\tg()\n}\nfunc g(){}\n", insertAfter("g()", "if true{g()}"), "func f(){\n\tg()\n\tif true {\n\t\tg()\n\t}\n}\nfunc g(){}\n"},
		{"empty case", "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t}\n\t}\n}\n", appendCase("return"), "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\treturn\n\t\t}\n\t}\n}\n"},
		{"case with a comment", "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\t// why\n\t\tcase c <- 1:\n\t\t}\n\t}\n}\n", appendCase("return"), "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\t// why\n\t\t\treturn\n\t\tcase c <- 1:\n\t\t}\n\t}\n}\n"},
		{"case before a comment", "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t// next\n\t\tcase c <- 1:\n\t\t}\n\t}\n}\n", appendCase("return"), "func f(c chan int) {\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\treturn\n\t\t// next\n\t\tcase c <- 1:\n\t\t}\n\t}\n}\n"},
		{"import that is there", "func f() {\n\tg()\n}\n\nfunc g() {}\n", call("context", "Canceled"), "func f() {\n\t_ = context.Canceled\n}\n\nfunc g() {}\n"},
		{"import that is shadowed", "func f(context int) {\n\tg()\n}\n\nfunc g() {}\n", call("context", "Canceled"), "func f(context int) {\n\t_ = contextpkg.Canceled\n}\n\nfunc g() {}\n"},
		{"import of what isn't a dependency", "func f() {\n\tg()\n}\n\nfunc g() {}\n", call("net/http", "ErrAbortHandler"), ""},
		{"new import", "func f() {\n\tg()\n}\n\nfunc g() {}\n", call("time", "Now"), "func f() {\n\t_ = time.Now\n}\n\nfunc g() {}\n"},
		{"new import whose name is taken", "func f() {\n\tg()\n}\n\nfunc g() {}\n\nvar time int\n", call("time", "Now"), "func f() {\n\t_ = timepkg.Now\n}\n\nfunc g() {}\n\nvar time int\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPass(t, header+tt.before)
			fix, err := p.finish(Fix{Title: "x", Edits: tt.edits(t, p)})
			agree(t, p, tt.edits(t, p))
			if tt.after == "" {
				if err == nil {
					t.Fatalf("not refused, gives\n%s", fixed(p, fix))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := fixed(p, fix)
			want := header + tt.after
			if strings.Contains(tt.after, "time.Now") {
				want = strings.Replace(want, `import "context"`, "import (\n\t\"context\"\n\t\"time\"\n)", 1)
			}
			if strings.Contains(tt.after, "timepkg") {
				want = strings.Replace(want, `import "context"`, "import (\n\t\"context\"\n\ttimepkg \"time\"\n)", 1)
			}
			if strings.Contains(tt.after, "contextpkg") {
				want = strings.Replace(want, `import "context"`, "import (\n\t\"context\"\n\tcontextpkg \"context\"\n)", 1)
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func fixed(p *Pass, fix Fix) string {
	text, _ := p.ReadFile("p.go")
	return string(apply(p.Fset.File(p.Files[0].FileStart), text, fix.Edits))
}

func TestCRLF(t *testing.T) {
	src := strings.ReplaceAll("package p\n\nfunc f() {\n\tg()\n}\n\nfunc g() {}\n", "\n", "\r\n")
	p := newPass(t, src)
	fix, err := p.finish(Fix{Edits: []analysis.TextEdit{p.InsertAfter(stmtAt(t, p, "g()"), "if true {\ng()\n}")}})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(src, "\tg()\r\n", "\tg()\r\n\tif true {\r\n\t\tg()\r\n\t}\r\n", 1)
	if got := fixed(p, fix); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestAddImport(t *testing.T) {
	for _, tt := range []struct{ name, before, path, after string }{
		{"none", "package p\n\nvar x int\n", "time", "package p\n\nimport \"time\"\n\nvar x int\n"},
		{"single, before", "package p\n\nimport \"time\"\n", "context", "package p\n\nimport (\n\t\"context\"\n\t\"time\"\n)\n"},
		{"first", "package p\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n", "context", "package p\n\nimport (\n\t\"context\"\n\t\"fmt\"\n\t\"time\"\n)\n"},
		{"last, with a comment", "package p\n\nimport (\n\t\"fmt\" // c\n\n\t\"golang.org/x/mod\"\n)\n", "time", "package p\n\nimport (\n\t\"fmt\" // c\n\t\"time\"\n\n\t\"golang.org/x/mod\"\n)\n"},
		{"new group", "package p\n\nimport (\n\t\"golang.org/x/mod\"\n)\n", "time", "package p\n\nimport (\n\t\"time\"\n\n\t\"golang.org/x/mod\"\n)\n"},
		{"nearest group", "package p\n\nimport (\n\t\"fmt\"\n\n\t\"golang.org/x/mod\"\n\n\t\"example.com/a/b\"\n)\n", "golang.org/x/net", "package p\n\nimport (\n\t\"fmt\"\n\n\t\"golang.org/x/mod\"\n\t\"golang.org/x/net\"\n\n\t\"example.com/a/b\"\n)\n"},
		{"beside cgo", "package p\n\n// int x;\nimport \"C\"\nimport \"fmt\"\n", "time", "package p\n\n// int x;\nimport \"C\"\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPass(t, tt.before)
			edit := p.addImport(p.Files[0], tt.path, `"`+tt.path+`"`)
			if got := fixed(p, Fix{Edits: []analysis.TextEdit{edit}}); got != tt.after {
				t.Errorf("got\n%s\nwant\n%s", got, tt.after)
			}
		})
	}
}

func TestZeroReturn(t *testing.T) {
	for _, tt := range []struct{ sig, want string }{
		{"func()", "return"},
		{"func() error", "return err0"},
		{"func() (int, string, bool, error)", `return 0, "", false, err0`},
		{"func() (*int, []int, map[int]int, chan int, func(), any)", "return nil, nil, nil, nil, nil, nil"},
		{"func() (n int, err error)", "return n, err0"},
		{"func() (_ int, err error)", "return 0, err0"},
		{"func() (own, error)", "return own{}, err0"},
		{"func() (struct{ a int }, [2]int)", "return struct{ a int }{}, [2]int{}"},
		{"func() (time.Duration, time.Time, error)", "return 0, time.Time{}, err0"},
		{"func() (atomic.Int64, error)", "return atomic.Int64{}, err0"},
		{"func() (error, error)", "return nil, err0"},
		{"func() (complex128, unsafe.Pointer)", "return 0, nil"},
	} {
		t.Run(tt.sig, func(t *testing.T) {
			body := strings.Replace(tt.sig, "func", "func f", 1)
			p := newPass(t, "package p\n\nimport (\n\t\"sync/atomic\"\n\t\"time\"\n\t\"unsafe\"\n)\n\nvar _ time.Time\nvar _ atomic.Int64\nvar _ unsafe.Pointer\n\ntype own struct{ a int }\n\n"+body+" { g(); for {} }\n\nfunc g() {}\n")
			at := stmtAt(t, p, "g()").Pos()
			sig, _ := p.Function(at)
			got, _, ok := p.ZeroReturn(at, sig, "err0")
			if got = strings.ReplaceAll(got, "struct{a int}", "struct{ a int }"); !ok || got != tt.want {
				t.Errorf("got %q, %v; want %q", got, ok, tt.want)
			}
		})
	}
	t.Run("type parameter", func(t *testing.T) {
		p := newPass(t, "package p\n\nfunc f[T any]() (T, error) { g(); for {} }\n\nfunc g() {}\n")
		at := stmtAt(t, p, "g()").Pos()
		sig, _ := p.Function(at)
		if got, _, ok := p.ZeroReturn(at, sig, ""); !ok || got != "return *new(T), nil" {
			t.Errorf("got %q, %v", got, ok)
		}
	})
	t.Run("shadowed result", func(t *testing.T) {
		p := newPass(t, "package p\n\nfunc f() (n int, err error) { { n := \"\"; _ = n; g() }; for {} }\n\nfunc g() {}\n")
		at := stmtAt(t, p, "g()").Pos()
		sig, _ := p.Function(at)
		if got, _, ok := p.ZeroReturn(at, sig, "e"); !ok || got != "return 0, e" {
			t.Errorf("got %q, %v", got, ok)
		}
	})
	t.Run("type that isn't exported", func(t *testing.T) {
		p := newPass(t, "package p\n\nimport \"reflect\"\n\nvar m reflect.Method\n\nfunc f() { g() }\n\nfunc g() {}\n")
		at := stmtAt(t, p, "g()").Pos()
		hidden := p.Pkg.Imports()[0].Scope().Lookup("flag").Type()
		results := types.NewTuple(types.NewVar(token.NoPos, nil, "", types.NewStruct([]*types.Var{types.NewField(token.NoPos, p.Pkg.Imports()[0], "f", hidden, false)}, nil)))
		if got, _, ok := p.ZeroReturn(at, types.NewSignatureType(nil, nil, nil, nil, results, false), ""); ok {
			t.Errorf("got %q", got)
		}
	})
}

func TestFreshName(t *testing.T) {
	p := newPass(t, "package p\n\nvar a int\n\nfunc f() { g(); { b := 1; _ = b } }\n\nfunc g() { c := 1; _ = c }\n")
	at := stmtAt(t, p, "g()").Pos()
	for base, want := range map[string]string{"a": "a2", "b": "b2", "c": "c", "len": "len2", "d": "d"} {
		if got := p.FreshName(at, base); got != want {
			t.Errorf("FreshName(%q) = %q, want %q", base, got, want)
		}
	}
}

// Fixes of one function may be applied together.
func TestFreshNamesDiffer(t *testing.T) {
	p := newPass(t, "package p\n\nfunc f() { g(); { h() } }\n\nfunc g() { i() }\n\nfunc h() {}\n\nfunc i() {}\n")
	for _, want := range []struct{ stmt, name string }{{"g()", "cancel"}, {"h()", "cancel2"}, {"g()", "cancel"}, {"h()", "cancel2"}, {"i()", "cancel"}} {
		if got := p.FreshName(stmtAt(t, p, want.stmt).Pos(), "cancel"); got != want.name {
			t.Errorf("at %s: got %q, want %q", want.stmt, got, want.name)
		}
	}
}

func TestUnusedImportIsRefused(t *testing.T) {
	p := newPass(t, "package p\n\nimport \"time\"\n\nfunc f() {\n\ttime.Now()\n}\n")
	_, err := p.finish(Fix{Edits: []analysis.TextEdit{p.ReplaceStmt(stmtAt(t, p, "time.Now"), "println()")}})
	if err == nil || !strings.Contains(err.Error(), `import "time" isn't used`) {
		t.Errorf("got %v", err)
	}
}
