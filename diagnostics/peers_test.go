package diagnostics

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// TestPeers runs all rules on what is known to mislead the analyzers that
// there are: 27 reports of correct code (FP) and 37 bugs that one of them
// misses (FN). A comment `// want [SEVERITY] RULE…` says what stands at a line,
// a warning where no severity is named; nothing else may be found.
func TestPeers(t *testing.T) {
	gopath, err := filepath.Abs(filepath.Join("testdata", "peers"))
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax,
		Dir:  gopath,
		Env:  append(os.Environ(), "GOPATH="+gopath, "GO111MODULE=off", "GOFLAGS=", "GOWORK=off"),
	}, "vet", "vetserver", "dot", "contextcheck", "noctx", "noctxmain", "fatcontext", "staticcheck", "gosec/...", "gosecmain", "critic")
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(pkgs) > 0 {
		t.Fatal("the cases do not type-check")
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{Suite}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}

	var cases []string
	want, got := make(map[string][]string), make(map[string][]string)
	for _, pkg := range pkgs {
		for _, file := range pkg.Syntax {
			for _, group := range file.Comments {
				for _, c := range group.List {
					at := pkg.Fset.Position(c.Pos())
					place := fmt.Sprintf("%s:%d", relative(t, gopath, at.Filename), at.Line)
					want[place] = append(want[place], wanted(t, place, c)...)
					cases = append(cases, peerCase.FindAllString(c.Text, -1)...)
				}
			}
		}
	}
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Fatal(root.Err)
		}
		report := root.Result.(*Report)
		for _, lost := range report.Lost {
			t.Errorf("lost: %s", lost)
		}
		for _, f := range Select(report.Findings, Options{All: true, Tests: true}) {
			place := fmt.Sprintf("%s:%d", relative(t, gopath, f.Range.File), f.Range.Start.Line)
			got[place] = append(got[place], f.Severity.String()+" "+f.Rule)
			t.Logf("%s: %s: %s [%s]", place, f.Severity, f.Message, f.Rule)
		}
	}
	for place, rules := range want {
		if found := got[place]; !slices.Equal(sorted(rules), sorted(found)) {
			t.Errorf("%s: found %q, want %q", place, found, rules)
		}
	}
	for place, found := range got {
		if _, commented := want[place]; !commented {
			t.Errorf("%s: found %q, want nothing", place, found)
		}
	}
	for kind, n := range map[string]int{"FP": 27, "FN": 37} {
		for i := range n {
			if name := fmt.Sprintf("%s-%d", kind, i+1); !slices.Contains(cases, name) {
				t.Errorf("there is no case %s", name)
			}
		}
	}
}

var (
	peerCase    = regexp.MustCompile(`\bF[PN]-\d+\b`)
	wantComment = regexp.MustCompile(`^// want (.+)$`)
)

// wanted reads a comment that says what is to be found: rules, each after its
// severity unless that is warning.
func wanted(t *testing.T, place string, c *ast.Comment) []string {
	m := wantComment.FindStringSubmatch(c.Text)
	if m == nil {
		return nil
	}
	var all []string
	severity := rule.Warning
	for word := range strings.FieldsSeq(m[1]) {
		if s, err := rule.ParseSeverity(word); err == nil {
			severity = s
			continue
		}
		switch {
		case slices.Contains(later, word):
			continue
		case ByName(word) == nil:
			t.Errorf("%s: there is no rule %q", place, word)
		}
		all = append(all, severity.String()+" "+word)
		severity = rule.Warning
	}
	return all
}

func relative(t *testing.T, gopath, file string) string {
	rel, err := filepath.Rel(filepath.Join(gopath, "src"), file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
