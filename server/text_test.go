package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An empty document is still open: what is on disk does not count.
func TestEmptiedDocument(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, nil)
	a := fileURI(dir + "/a.go")
	p.open(a, 1, text)
	p.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": a, "version": 2},
		"contentChanges": []any{map[string]any{"range": textRange{End: textPosition{1, 0}}, "text": ""}},
	})
	for d := p.published(a); d.Version == nil || *d.Version < 2 || len(d.Diagnostics) > 0; {
		d = p.published(a)
	}
}

// What was found in text that was never saved goes when its document is
// closed, be the file gone with it.
func TestClosingUnsaved(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n"})
	p := dial(t, new(fakes).options())
	p.initialize(dir, nil)
	for _, name := range []string{"a.go", "new.go", "sub/only.go"} {
		uri := fileURI(filepath.Join(dir, name))
		p.open(uri, 1, "package m // LEAK\n")
		for d := p.published(uri); len(d.Diagnostics) != 1; {
			d = p.published(uri)
		}
		p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
		if d := p.published(uri); len(d.Diagnostics) != 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

// An edit of another file may have taken away what was found in this one.
func TestActionsOfTheLatestState(t *testing.T) {
	dir := module(t, map[string]string{
		"a.go": "package m\n\nimport \"context\"\n\nfunc A(ctx context.Context) {\n\tctx, cancel := context.WithCancel(ctx)\n\t<-ctx.Done()\n\tB(cancel)\n}\n",
		"b.go": "package m\n\nimport \"context\"\n\nfunc B(stop context.CancelFunc) { _ = stop }\n",
	})
	p := dial(t, Options{CacheDir: stdCache, Typing: time.Hour})
	p.initialize(dir, versionedClient)
	a, b := fileURI(dir+"/a.go"), fileURI(dir+"/b.go")
	for _, uri := range []string{a, b} {
		text, err := os.ReadFile(strings.TrimPrefix(uri, "file://"))
		if err != nil {
			t.Fatal(err)
		}
		p.open(uri, 1, string(text))
	}
	for d := p.published(a); d.Version == nil || len(d.Diagnostics) != 1; {
		d = p.published(a)
	}
	if actions := p.actions(a, 5, 7); len(actions) == 0 {
		t.Error("no actions for a finding")
	}
	p.replaceAll(b, 2, "package m\n\nimport \"context\"\n\nfunc B(stop context.CancelFunc) { stop() }\n")
	if actions := p.actions(a, 5, 7); len(actions) != 0 {
		t.Errorf("actions for what is no longer found: %+v", actions)
	}
}

// The last package of a module goes with the document that it was in.
func TestClosingTheOnlyPackage(t *testing.T) {
	dir := module(t, map[string]string{"sub/doc.txt": ""})
	p := dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
	p.initialize(dir, nil)
	uri := fileURI(filepath.Join(dir, "sub/only.go"))
	p.open(uri, 1, "package sub\n\nimport \"context\"\n\nfunc F(ctx context.Context) { _, _ = context.WithCancel(ctx) }\n")
	for d := p.published(uri); len(d.Diagnostics) != 1 || d.Diagnostics[0].Code == ""; {
		d = p.published(uri)
	}
	p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
	if d := p.published(uri); len(d.Diagnostics) != 0 {
		t.Errorf("%+v", d)
	}
}
