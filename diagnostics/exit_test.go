package diagnostics

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// exits has one function for each place that several rules of the group exit
// could blame.
const exits = `package exits

import (
	"context"
	"time"
)

func do(ctx context.Context) {}

func deafloop(ctx context.Context) {
	for {
		do(ctx)
		time.Sleep(time.Second)
	}
}

func deafsleep(ctx context.Context, n int) {
	for range n {
		do(ctx)
		time.Sleep(time.Second)
	}
}

func donenoexit(ctx context.Context, ticks chan int) {
	for {
		select {
		case <-ctx.Done():
		case <-ticks:
			time.Sleep(time.Millisecond)
		}
	}
}

func discardeddone(ctx context.Context) {
	for {
		ctx.Done()
		do(ctx)
		time.Sleep(time.Millisecond)
	}
}

func deafgoroutine(ctx context.Context) {
	go func() {
		for range time.Tick(time.Minute) {
			do(ctx)
		}
	}()
}
`

// TestOneDefect: of the rules that could blame a loop one speaks, that of the
// function's name.
func TestOneDefect(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module exits\n\ngo 1.26\n", "exits.go": exits} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"deafgoroutine", "deafloop", "deafsleep", "discardeddone", "donenoexit"}
	var got []string
	for _, f := range Select(analyze(t, dir)["exits"].Findings, Options{Least: rule.Hint}) {
		if f.Rule != f.Function {
			t.Errorf("in %s speaks %s: %s", f.Function, f.Rule, f.Message)
		}
		got = append(got, f.Rule)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the rules %v speak, want %v", got, want)
	}
}
