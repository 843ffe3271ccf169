package diagnostics

import (
	"flag"
	"fmt"
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
	"github.com/ctxls/ctxls/diagnostics/rule/ruletest/testmod"
)

var update = flag.Bool("update", false, "rewrite the table of rules in README.md")

func TestRegistry(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+$`)
	seen := make(map[string]bool)
	for _, r := range All {
		if !name.MatchString(r.Name) {
			t.Errorf("the name %q is not of lower-case letters", r.Name)
		}
		if seen[r.Name] {
			t.Errorf("two rules are named %s", r.Name)
		}
		seen[r.Name] = true
		if ByName(r.Name) != r {
			t.Errorf("ByName(%q) is not the rule of that name", r.Name)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || strings.Contains(r.Title, "\n") {
			t.Errorf("%s: the title %q is not one line without a full stop", r.Name, r.Title)
		}
		if !slices.Contains([]rule.Group{rule.Cancel, rule.Chain, rule.Exit, rule.Comments}, r.Group) {
			t.Errorf("%s: unknown group %q", r.Name, r.Group)
		}
		if r.Severity < rule.Hint || r.Severity > rule.Warning {
			t.Errorf("%s: severity %s", r.Name, r.Severity)
		}
		if (r.Check == nil) != (r.Group == rule.Comments) {
			t.Errorf("%s has no check", r.Name)
		}
		if !strings.HasPrefix(r.Doc, "# "+r.Name+"\n\n") {
			t.Errorf("%s: the page does not start with its name as the heading", r.Name)
		}
		if page, err := os.ReadFile(filepath.Join(r.Name, "doc.md")); err != nil {
			t.Errorf("%s has no page: %v", r.Name, err)
		} else if string(page) != r.Doc {
			t.Errorf("%s: the page is not the file that its URL leads to", r.Name)
		}
		if n := positives(t, r.Name); n < 10 {
			t.Errorf("%s has %d places in its testdata that it must report, want 10 at least", r.Name, n)
		}
	}
}

// later are the rules of the catalogue that are not there yet.
var later = []string{}

func TestPrecedence(t *testing.T) {
	for _, name := range later {
		if ByName(name) != nil {
			t.Errorf("%s is there: take it off the list of later rules", name)
		}
	}
	for _, order := range precedence {
		for i, name := range order {
			if ByName(name) == nil && !slices.Contains(later, name) {
				t.Errorf("the order of precedence has an unknown rule: %s", name)
			}
			if slices.Index(order, name) != i {
				t.Errorf("an order of precedence has %s twice", name)
			}
		}
	}
}

// positives counts the expectations in the testdata of a rule.
func positives(t *testing.T, name string) int {
	t.Helper()
	want := regexp.MustCompile("// want (`|\")")
	n := 0
	err := filepath.WalkDir(filepath.Join(name, "testdata"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		n += len(want.FindAll(src, -1))
		return err
	})
	if err != nil {
		t.Errorf("reading the testdata of %s: %v", name, err)
	}
	return n
}

// goBlock matches the Go code of a page.
var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// TestPages compiles the examples of all pages, and runs the rules on them:
// of a page the first example is a bug, which its rule reports, and the
// second one is how to mend it, on which no rule of the default set speaks.
func TestPages(t *testing.T) {
	if len(All) == 0 {
		t.Fatal("there are no rules")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mod, sum := testmod.Files(t, "pages")
	write("go.mod", string(mod))
	write("go.sum", string(sum))
	for _, r := range All {
		blocks := goBlock.FindAllStringSubmatch(r.Doc, -1)
		if len(blocks) < 2 {
			t.Errorf("the page of %s has %d examples, want a bug and how to mend it", r.Name, len(blocks))
		}
		for i, b := range blocks {
			write(fmt.Sprintf("%s/%d/example.go", r.Name, i+1), b[1])
		}
	}
	reports := analyze(t, dir)
	for _, r := range All {
		bug, mended := reports["pages/"+r.Name+"/1"], reports["pages/"+r.Name+"/2"]
		if bug == nil || mended == nil {
			t.Errorf("the examples of %s were not analysed", r.Name)
			continue
		}
		if !slices.ContainsFunc(bug.Findings, func(f Finding) bool { return f.Rule == r.Name }) {
			t.Errorf("%s does not report the first example of its page, but %v", r.Name, bug.Findings)
		}
		options := Options{Least: rule.Information, Tests: true}
		for _, f := range mended.Findings {
			if f.Rule == r.Name {
				t.Errorf("%s reports the mended example of its page, in line %d: %s", r.Name, f.Range.Start.Line, f.Message)
			}
		}
		for _, f := range Select(mended.Findings, options) {
			t.Errorf("the mended example of %s has another bug: %s: %s", r.Name, f.Rule, f.Message)
		}
	}
}

// analyze runs the suite on the packages of the module in dir, and returns
// the reports by package path.
func analyze(t *testing.T, dir string) map[string]*Report {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: dir}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Errorf("an example does not compile: %v", e)
		}
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{Suite}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	reports := make(map[string]*Report)
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Errorf("%s: %v", root.Package.PkgPath, root.Err)
			continue
		}
		reports[root.Package.PkgPath] = root.Result.(*Report)
	}
	return reports
}

// TestReadme compares the table of rules in README.md with the registry.
func TestReadme(t *testing.T) {
	const file = "../README.md"
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- rules: go test ./diagnostics -run TestReadme -update -->\n", "<!-- end of rules -->\n"
	head, rest, ok := strings.Cut(string(old), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("README.md lacks the lines\n%s%s", begin, end)
	}
	var table strings.Builder
	table.WriteString("| rule | severity | default | what it finds |\n| --- | --- | --- | --- |\n")
	for _, r := range All {
		on := "off"
		if r.Default {
			on = "on"
		}
		fmt.Fprintf(&table, "| [%s](diagnostics/%s/doc.md) | %s | %s | %s |\n", r.Name, r.Name, r.Severity, on, r.Title)
	}
	want := head + begin + table.String() + end + tail
	if want == string(old) {
		return
	}
	if !*update {
		t.Fatal("the table of rules in README.md is not that of the registry; run the test with -update")
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}
