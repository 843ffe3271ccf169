package server

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/config"
)

// idle is a session whose worker doesn't run, with a folder in and a module out
// beside it.
func idle(t *testing.T, f *fakes) (s *session, dir string) {
	dir = module(t, map[string]string{
		"in/go.mod": "module in\n", "in/a.go": "package in\n", "go.mod": "",
		"out/go.mod": "module out\n", "out/a/a.go": "package a\n", "out/b/b.go": "package b\n",
	})
	ctx, cancel := context.WithCancel(t.Context())
	opts := f.options()
	opts.Log = slog.New(slog.DiscardHandler)
	s = newSession(ctx, cancel, opts)
	s.addFolder(dir + "/in")
	t.Cleanup(func() {
		cancel()
		s.tasks.Wait()
	})
	return s, dir
}

func leakIs(severity diagnostics.Severity) config.Config {
	return config.Config{Rules: map[string]diagnostics.Severity{"leak": severity}}
}

func documentsAt(paths ...string) documents {
	docs := make(documents)
	for _, path := range paths {
		docs[path] = &document{path: path}
	}
	return docs
}

// A request that was slow to read the settings doesn't bring back old ones, nor
// do two of them lose each other's packages.
func TestRequestsAndTheWorkerMakeViews(t *testing.T) {
	s, dir := idle(t, new(fakes))
	a, b := dir+"/out/a/a.go", dir+"/out/b/b.go"
	none := documents{}
	is := func(v *view, severity diagnostics.Severity, patterns ...string) {
		t.Helper()
		if got := v.setup.shown.Severity["leak"]; got != severity {
			t.Errorf("severity %v, want %v", got, severity)
		}
		if got := v.needed().patterns; !slices.Equal(got, patterns) {
			t.Errorf("patterns %q, want %q", got, patterns)
		}
	}
	s.settings = leakIs(rule.Hint)
	v := s.reveal(homeOf(s.folders, b))
	is(v, rule.Hint, "./b")
	s.settings = leakIs(rule.Error)
	s.fit(v.dir, need{patterns: []string{"./b"}}, none, false)
	is(v, rule.Error, "./b") // the worker doesn't rely on a request
	s.settings = leakIs(rule.Hint)
	if s.reveal(homeOf(s.folders, a)) != v {
		t.Error("there are two views of one folder")
	}
	is(v, rule.Error, "./a", "./b")
	s.docs = documentsAt(a)
	s.fit(v.dir, need{patterns: []string{"./b"}}, none, false)
	is(v, rule.Error, "./a", "./b") // a was opened since
	s.fit(v.dir, need{patterns: []string{"./b"}}, s.docs, false)
	is(v, rule.Error, "./b")
}

// What is asked of a view that is closed meanwhile is outdated.
func TestViewClosedUnderARequest(t *testing.T) {
	f := new(fakes)
	s, dir := idle(t, f)
	path := dir + "/out/a/a.go"
	s.docs = documentsAt(path)
	for _, when := range []string{"load", "a"} {
		f.setHook(func(_ context.Context, what string) error {
			if what != when {
				return nil
			}
			s.closeViews(func(*view) bool { return true })
			return errors.New("the driver is closed")
		})
		if _, err := s.await(t.Context(), s.docs, path); !errors.Is(err, protocol.ErrContentModified) {
			t.Errorf("closed at %s: %v", when, err)
		}
	}
}

// Modules are what was found, whatever is open.
func TestNeededLeavesModules(t *testing.T) {
	s, dir := idle(t, new(fakes))
	modules := map[string]string{}
	docs := documentsAt(dir+"/in/a.go", dir+"/out/b/b.go")
	needs := needed(modules, s.folders, docs)
	if got := slices.Sorted(maps.Keys(needs)); !slices.Equal(got, []string{dir + "/in", dir + "/out"}) || len(modules) != 0 {
		t.Errorf("needed: %q, modules: %q", got, modules)
	}
	if !needs[dir+"/in"].untold || needs[dir+"/out"].untold {
		t.Errorf("%+v", needs)
	}
}
