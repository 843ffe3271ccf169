package workspace

import (
	"strings"
	"testing"
)

// Other texts are only looked at: what they import is found among the loaded
// packages, and nothing of them is left.
func TestWithOtherTexts(t *testing.T) {
	tr := newTree(t, chain)
	base := tr.snapshot("./...")
	const c = "example.com/m/c"
	tr.sound(tr.analyzeIDs(base, c))
	errors := func(s *Snapshot) string {
		var all []string
		for _, e := range tr.analyzeIDs(s, c)[c].Errors {
			all = append(all, e.Message)
		}
		return strings.Join(all, "\n")
	}
	with := func(text string) *Snapshot { return base.With(map[string][]byte{tr.path("c/c.go"): []byte(text)}) }

	for _, tt := range []struct{ text, want string }{
		{"package c\n\nimport (\n\t\"example.com/m/a\"\n\t\"example.com/m/d\"\n)\n\nfunc F() { a.Stop(); d.Alone() }\n", ""},
		{"package c\n\nimport \"example.com/m/d\"\n\nfunc F() { d.Nobody() }\n", "undefined: d.Nobody"},
		{"package c\n\nimport \"no/such/package\"\n\nfunc F() { package.X() }\n", "expected"},
		{"package c\n\nfunc F() {}\n\nfunc F() {}\n", "F redeclared"},
		{"", "expected 'package'"},
	} {
		if got := errors(with(tt.text)); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%q: errors %q, want %q", tt.text, got, tt.want)
		}
	}
	// A package that would import itself by way of another.
	loop := base.With(map[string][]byte{tr.path("a/a.go"): []byte("package a\n\nimport \"example.com/m/c\"\n\nfunc X() { c.G() }\n")})
	found := false
	for _, r := range tr.analyzeIDs(loop, "example.com/m/a", "example.com/m/b", c) {
		for _, e := range r.Errors {
			found = found || strings.Contains(e.Message, "import cycle")
		}
	}
	if !found {
		t.Error("an import cycle has no error")
	}
	again := tr.snapshot("./...")
	if again.ID() != base.ID() {
		t.Error("the workspace changed")
	}
	tr.sound(tr.analyzeIDs(again, c))
}
