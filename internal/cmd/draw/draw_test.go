//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

func pool(n int) []finding {
	var all []finding
	for i := range n {
		all = append(all, finding{Finding: program.Finding{Rule: "r", File: "a.go", Line: i + 1}})
	}
	return all
}

func lines(drawn []finding) []int {
	var all []int
	for _, f := range drawn {
		all = append(all, f.Line)
	}
	return all
}

func TestSample(t *testing.T) {
	all := pool(1000)
	first := lines(sample(all, 20, 0, 7))
	if len(first) != 20 {
		t.Fatalf("%d findings drawn", len(first))
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(first))); len(unique) != 20 {
		t.Errorf("a finding is drawn twice: %v", first)
	}
	slices.Reverse(all)
	if again := lines(sample(all, 20, 0, 7)); !slices.Equal(first, again) {
		t.Errorf("the draw depends on the order of the pool: %v, then %v", first, again)
	}
	if other := lines(sample(all, 20, 0, 8)); slices.Equal(first, other) {
		t.Error("the draw does not depend on the seed")
	}
	if few := sample(all[:3], 20, 0, 7); len(few) != 3 {
		t.Errorf("%d of 3 findings drawn", len(few))
	}
	if few := lines(sample(all, 20, 3, 7)); !slices.Equal(few, first[:3]) {
		t.Errorf("at most three of a rule in a project: %v, want %v", few, first[:3])
	}
	// Each part of the pool comes up: a fair draw of 2,000 leaves no tenth
	// without a fifth of its share.
	tenths := make([]int, 10)
	for seed := range uint64(100) {
		for _, line := range lines(sample(all, 20, 0, seed)) {
			tenths[(line-1)/100]++
		}
	}
	if least := slices.Min(tenths); least < 150 {
		t.Errorf("not a fair draw: %v", tenths)
	}
}

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "l.tsv")
	if err := writeList(file, sample(pool(5), 5, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if err := writeList(file, nil); err == nil {
		t.Error("a list that may be filled in was overwritten")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, label := range []string{"right", "Right", "wrong", "harmless"} {
		text = strings.Replace(text, "\t\t\n", "\t"+label+"\tbecause\n", 1)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := printTable(&out, []string{file}); err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(strings.Split(out.String(), "\n")[2])
	if want := []string{"2", "1", "1", "0", "1", "50", "%", "(15)", "75", "%", "(30)", "all"}; !slices.Equal(got, want) {
		t.Errorf("all: %v, want %v", got, want)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, "wrong", "maybe", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := printTable(&out, []string{file}); err == nil || !strings.Contains(err.Error(), "l.tsv:4:") {
		t.Errorf("a label that is none: error %v", err)
	}
}

func TestKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "l.tsv")
	list := columns + "\n# a draw\n1\tr\tp\ta.go:1\tright\tx\n2\tr\tp\ta.go:2\twrong\tx\n3\tr\tp\ta.go:9\tright\tx\n4\tr\tp\ta.go:8\tharmless\tx\n5\tr\tother\ta.go:1\tright\tx\n"
	if err := os.WriteFile(file, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	p := project{name: "p"}
	found := pool(3)
	for i := range found {
		found[i].project = p
	}
	var out strings.Builder
	if err := printKnown(&out, file, []project{p}, found); err != nil {
		t.Fatal(err)
	}
	want := "wrong\tr\tp/a.go:2\nlost\tr\tp/a.go:9\n  known  reported  label\n      1         0  harmless\n      2         1  right\n      1         1  wrong\n"
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}
