// Package docs_test runs what the pages claim.
package docs_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"
)

// TestMyths runs the programs that refute the beliefs of myths.md. Each fails
// when Go does what the belief says.
func TestMyths(t *testing.T) {
	page, err := os.ReadFile("myths.md")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, m := range regexp.MustCompile(`\]\(testdata/myths/(\w+)/main\.go\)`).FindAllSubmatch(page, -1) {
		named = append(named, string(m[1]))
	}
	folders, err := filepath.Glob("testdata/myths/*")
	if err != nil {
		t.Fatal(err)
	}
	var programs []string
	for _, f := range folders {
		programs = append(programs, filepath.Base(f))
	}
	slices.Sort(named)
	if !slices.Equal(named, programs) {
		t.Fatalf("the page names the programs %q, there are %q", named, programs)
	}
	bin := t.TempDir()
	for _, name := range programs {
		t.Run(name, func(t *testing.T) { // one after the other: some of them measure time
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			program := filepath.Join(bin, name)
			if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/myths/"+name).CombinedOutput(); err != nil {
				t.Fatalf("go build: %v\n%s", err, out)
			}
			out, err := exec.CommandContext(ctx, program).CombinedOutput()
			if err != nil || len(out) == 0 {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

var ruleName = regexp.MustCompile("`([a-z]+)`")

// TestMythsNameRules holds the names of the rules that the page sends its
// readers to.
func TestMythsNameRules(t *testing.T) {
	page, err := os.ReadFile("myths.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, m := range ruleName.FindAllSubmatch(page, -1) {
		name := string(m[1])
		if name == "cancel" || name == "select" {
			continue
		}
		seen++
		if _, err := os.Stat(filepath.Join("..", "diagnostics", name, "doc.md")); err != nil {
			t.Errorf("the page names the rule %s: %v", name, err)
		}
	}
	if seen == 0 {
		t.Error("the page names no rule")
	}
}
