package checker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/config"
	"github.com/ctxls/ctxls/internal/workspace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func newChecker(t *testing.T, opts Options) *Checker {
	t.Helper()
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

const goMod = "module example.com/m\n\ngo 1.25\n"

func TestRunSaysWhy(t *testing.T) {
	t.Run("broken go.mod", func(t *testing.T) {
		dir := module(t, map[string]string{"go.mod": goMod + "nonsense\n", "a.go": "package m\n"})
		result, err := newChecker(t, Options{Dir: dir}).Run(t.Context())
		want := filepath.Join(dir, "go.mod")
		if err != nil || len(result.Errors) != 1 || result.Errors[0].File != want || result.Errors[0].Line != 4 {
			t.Errorf("got %v, %v; want an error at %s:4", result.Errors, err, want)
		}
	})
	t.Run("no packages", func(t *testing.T) {
		dir := module(t, map[string]string{"go.mod": goMod})
		if _, err := newChecker(t, Options{Dir: dir}).Run(t.Context()); !errors.Is(err, workspace.ErrNoPackages) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("tests alone", func(t *testing.T) {
		dir := module(t, map[string]string{"go.mod": goMod, "a_test.go": "package m\n"})
		no := false
		if result, err := newChecker(t, Options{Dir: dir, Tests: &no}).Run(t.Context()); err != nil || len(result.Errors) > 0 {
			t.Errorf("got %v, %v", result.Errors, err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		dir := module(t, map[string]string{"go.mod": goMod, "a.go": "package m\n"})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newChecker(t, Options{Dir: dir}).Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// A text that was set is checked in place of the file, until it is taken back.
func TestSetText(t *testing.T) {
	dir := module(t, map[string]string{"go.mod": goMod, "a.go": "package m\n\nvar a = b\n", "b.go": "package m\n\nvar b = 1\n"})
	c := newChecker(t, Options{Dir: dir})
	file := filepath.Join(dir, "b.go")
	for _, step := range []struct {
		text   []byte
		errors int
	}{{nil, 0}, {[]byte("package m\n\nvar c = 1\n"), 1}, {nil, 0}} {
		c.SetText(file, step.text)
		around, err := c.ErrorsAround(t.Context(), []string{file})
		if err != nil || len(around) != step.errors {
			t.Errorf("with %q around it: %v, %v; want %d errors", step.text, around, err, step.errors)
		}
		result, err := c.Run(t.Context())
		if err != nil || len(result.Errors) != step.errors {
			t.Errorf("with %q: %v, %v; want %d errors", step.text, result.Errors, err, step.errors)
		}
	}
}

func TestSelection(t *testing.T) {
	no := false
	cfg := config.Config{
		Tests: &no,
		Rules: map[string]diagnostics.Severity{"off": 0, "raised": rule.Error, "both": 0},
	}
	opts := Options{Rules: map[string]bool{"on": true, "both": true, "raised": true, "minus": false}}
	o := opts.selection(cfg)
	want := map[string]diagnostics.Severity{
		"off": 0, "raised": rule.Error, "both": diagnostics.Own, "on": diagnostics.Own, "minus": 0,
	}
	for name, severity := range want {
		if got, ok := o.Severity[name]; !ok || got != severity {
			t.Errorf("%s: %v, want %v", name, got, severity)
		}
	}
	if o.Tests || o.Least != rule.Information || o.All {
		t.Errorf("got %+v", o)
	}
	yes := true
	opts.Tests = &yes
	if !opts.selection(cfg).Tests {
		t.Error("the configuration wins over the flag")
	}
}
