package checker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// An edit of a body costs its file alone, whatever else stands in that. Where it
// doesn't, nothing but the time tells.
func TestEditsThatAreUpdates(t *testing.T) {
	for name, file := range map[string]string{
		"plain":            "import \"context\"\n\nfunc f(ctx context.Context) {\n\t// here\n}\n",
		"renamed import":   "import stdctx \"context\"\n\nfunc f(ctx stdctx.Context) {\n\t// here\n}\n",
		"blank import":     "import _ \"embed\"\n\nfunc f() {\n\t// here\n}\n",
		"label":            "func f() {\nagain:\n\tfor {\n\t\t// here\n\t\tbreak again\n\t}\n}\n",
		"constants, types": "const c = 1 << iota\n\ntype t struct{ n int }\n\nvar v = t{c}\n\nfunc f() int {\n\t// here\n\treturn v.n\n}\n",
		"type switch":      "func f(x any) int {\n\t// here\n\tswitch x := x.(type) {\n\tcase int:\n\t\treturn x\n\t}\n\treturn 0\n}\n",
		"generic one":      "func g[T any](x T) T { return x }\n\nfunc f() int {\n\t// here\n\treturn g(1)\n}\n",
		"literals":         "func f() int {\n\tadd := func(n int) int { return n + 1 }\n\t// here\n\treturn add(1)\n}\n",
		"range over func":  "func f(all func(func(int) bool)) (n int) {\n\tfor x := range all {\n\t\t// here\n\t\tn += x\n\t}\n\treturn n\n}\n",
		"init":             "func init() {\n\t// here\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "m.go")
			for name, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "m.go": "package m\n\n" + file} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			c, err := New(Options{Dir: dir, Patterns: []string{"."}, CacheDir: t.TempDir(), All: true, Least: rule.Hint})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for i, statement := range []string{"println(1)", "println(2)", "println(2)\nprintln(3)"} {
				c.SetText(path, []byte("package m\n\n"+strings.Replace(file, "// here", statement, 1)))
				r, err := c.Run(t.Context())
				if err != nil || len(r.Errors) > 0 {
					t.Fatalf("error %v, in the text %v", err, r.Errors)
				}
				if got := c.Stats().Updated; got != i {
					t.Errorf("after %d edits of the body %d updates", i, got)
				}
			}
		})
	}
}
