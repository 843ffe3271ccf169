package story_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxls/ctxls/diagnostics/story"
	"github.com/ctxls/ctxls/internal/flow"
)

var update = flag.Bool("update", false, "write what is told into testdata")

var teller = &analysis.Analyzer{
	Name:       "story",
	Doc:        "story: tells",
	Requires:   []*analysis.Analyzer{flow.Analyzer},
	ResultType: reflect.TypeFor[story.Package](),
	Run: func(pass *analysis.Pass) (any, error) {
		told, lost := story.Tell(pass, pass.ResultOf[flow.Analyzer].(*flow.Package))
		if len(lost) > 0 {
			return nil, fmt.Errorf("lost: %s", strings.Join(lost, ", "))
		}
		return told, nil
	},
}

// TestStory compares all that is told of the packages in testdata with golden
// files: they are written by -update, and to be read.
func TestStory(t *testing.T) {
	for _, result := range analysistest.Run(t, analysistest.TestData(), teller, "chains", "goroutines", "cancels") {
		pkg := result.Action.Package.Name
		t.Run(pkg, func(t *testing.T) {
			p := reencoded(t, result.Result.(story.Package))
			file := filepath.Join(analysistest.TestData(), "src", pkg, pkg+".go")
			if moved, all := movable(p), countRanges(reflect.ValueOf(p)); moved != all {
				t.Errorf("of %d ranges %d can be moved", all, moved)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(p, file, string(text))
			golden := strings.TrimSuffix(file, ".go") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

// reencoded is the story as it comes from disk.
func reencoded(t *testing.T, p story.Package) story.Package {
	t.Helper()
	data := p.Encode()
	back, err := data.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p, back) {
		t.Error("the story changes by its encoding")
	}
	if again := back.Encode(); !bytes.Equal(again, data) {
		t.Error("it has two encodings")
	}
	for n := 0; n < len(data); n += 1 + len(data)/100 { // what is cut off must not be read beyond its end
		data[:n:n].Decode()
	}
	return back
}

// movable counts the ranges that [story.Function.Ranges] yields.
func movable(p story.Package) int {
	n := 0
	for i := range p {
		for range p[i].Ranges() {
			n++
		}
	}
	return n
}

// countRanges counts the ranges in a value that aren't zero.
func countRanges(v reflect.Value) int {
	n := 0
	switch {
	case v.Type() == reflect.TypeFor[story.Range]():
		if !v.IsZero() {
			n = 1
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			n += countRanges(v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			n += countRanges(v.Field(i))
		}
	}
	return n
}

// dump writes what is told at each place of a file where that is something
// else than at the place before.
func dump(p story.Package, file, text string) string {
	var b strings.Builder
	lines := strings.Split(text, "\n")
	offset := 0
	for i, line := range lines {
		fmt.Fprintf(&b, "%d\t%s\n", i+1, line)
		for _, l := range p.Lenses(file) {
			if l.Range.Start.Line == i+1 {
				fmt.Fprintf(&b, "  lens: %s\n", l.Title)
				for _, place := range l.Places {
					fmt.Fprintf(&b, "    %d:%d %s\n", place.Range.Start.Line, place.Range.Start.Column, place.Text)
				}
			}
		}
		for _, h := range append(p.GoroutineHints(file), p.ContextHints(file)...) {
			if offset <= h.Offset && h.Offset < offset+len(line)+1 {
				fmt.Fprintf(&b, "  hint at %d: %s\n", h.Offset-offset+1, h.Label)
			}
		}
		var last story.Range
		for column := range len(line) {
			card, ok := p.Hover(file, offset+column)
			if !ok || card.Range == last || card.Range.Start.Offset != offset+column {
				continue
			}
			last = card.Range
			fmt.Fprintf(&b, "  hover %q: %s\n", text[card.Range.Start.Offset:card.Range.End.Offset], card.Title)
			for _, said := range card.Lines {
				fmt.Fprintf(&b, "    %s\n", said)
			}
			if marks := highlights(p, file, offset+column); marks != "" {
				fmt.Fprintf(&b, "    highlights:%s\n", marks)
			}
		}
		offset += len(line) + 1
	}
	return b.String()
}

func highlights(p story.Package, file string, offset int) string {
	var b strings.Builder
	for _, h := range p.Highlights(file, offset) {
		fmt.Fprintf(&b, " %d:%d%s", h.Range.Start.Line, h.Range.Start.Column, [...]string{"w", "r", "!"}[h.Kind])
	}
	return b.String()
}
