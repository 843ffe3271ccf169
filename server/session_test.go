package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var versionedClient = map[string]any{
	"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": true}},
}

func TestUnchangedDiagnosticsAreNotSentAgain(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n", "b.go": "package m // LEAK\n", "c.go": "package m\n"})
	var runs atomic.Int32
	f := &fakes{hook: func(_ context.Context, what string) error {
		if what == "load" {
			runs.Add(1)
		}
		return nil
	}}
	p := dial(t, f.options())
	p.initialize(dir, map[string]any{"textDocument": map[string]any{"publishDiagnostics": map[string]any{"dataSupport": true, "relatedInformation": true}}})
	a, b, c := fileURI(dir+"/a.go"), fileURI(dir+"/b.go"), fileURI(dir+"/c.go")
	for _, uri := range []string{a, b} {
		if d := p.published(uri); d.Version != nil || len(d.Diagnostics) != 1 {
			t.Errorf("at the start: %+v", d)
		}
	}
	sync := func(uri string) { // a run that publishes for c.go has done the others before
		before := runs.Load()
		p.save(uri)
		eventually(t, "a run", func() bool { return runs.Load() > before })
	}
	p.open(a, 7, "package m // LEAK\n")
	if d := p.published(a); d.Version == nil || *d.Version != 7 || len(d.Diagnostics) != 1 {
		t.Errorf("a new version is to be confirmed: %+v", d)
	}
	for range 3 {
		sync(a)
	}
	p.open(c, 1, "package m\n")
	if d := p.published(c); *d.Version != 1 || len(d.Diagnostics) != 0 {
		t.Errorf("a first version without findings is to be confirmed: %+v", d)
	}
	p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": a}})
	sync(c)
	p.replaceAll(c, 2, "package m // LEAK\n")
	if d := p.published(c); *d.Version != 2 || len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
	p.none("diagnostics", method("textDocument/publishDiagnostics"))
}

func TestGoneFilesAndFoldersAreCleared(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n", "sub/b.go": "package sub // LEAK\n", "nested/go.mod": "module n\n", "nested/c.go": "package n // LEAK\n"})
	p := dial(t, new(fakes).options())
	p.initialize(dir, nil)
	for _, name := range []string{"a.go", "sub/b.go", "nested/c.go"} {
		if d := p.published(fileURI(filepath.Join(dir, name))); len(d.Diagnostics) != 1 {
			t.Errorf("%+v", d)
		}
	}
	// The nested module belongs to the outer folder for this driver too.
	if err := os.Remove(filepath.Join(dir, "sub/b.go")); err != nil {
		t.Fatal(err)
	}
	p.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(dir + "/sub/b.go"), "type": 3}}})
	if d := p.published(fileURI(dir + "/sub/b.go")); len(d.Diagnostics) != 0 {
		t.Errorf("of a removed file: %+v", d)
	}
	p.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"removed": []any{map[string]any{"uri": fileURI(dir), "name": "m"}}, "added": []any{},
	}})
	if d := p.published(fileURI(dir + "/a.go")); len(d.Diagnostics) != 0 {
		t.Errorf("of a removed folder: %+v", d)
	}
	other := module(t, map[string]string{"x.go": "package x // LEAK\n"})
	p.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{
		"added": []any{map[string]any{"uri": fileURI(other), "name": "x"}}, "removed": []any{},
	}})
	if d := p.published(fileURI(other + "/x.go")); len(d.Diagnostics) != 1 {
		t.Errorf("of a new folder: %+v", d)
	}
}

// A newer job ends the one that runs, and what that one did not come to is
// done all the same.
func TestNewerJobsComeFirst(t *testing.T) {
	dir := module(t, map[string]string{"a/a.go": "package a // LEAK\n", "b/b.go": "package b // LEAK\n"})
	f := new(fakes)
	entered, blocked := make(chan struct{}), true
	f.hook = func(ctx context.Context, what string) error {
		if what == "a" && blocked { // only the worker comes here
			blocked = false
			close(entered)
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	p := dial(t, f.options())
	p.initialize(dir, nil)
	<-entered
	b := fileURI(dir + "/b/b.go")
	p.open(b, 1, "package b // LEAK LEAK\n")
	first := p.next("diagnostics", method("textDocument/publishDiagnostics"))
	if !strings.Contains(string(first.Params), "b/b.go") {
		t.Errorf("first came %s", first.Params)
	}
	if d := p.published(fileURI(dir + "/a/a.go")); len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestProgress(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n"})
	f := &fakes{hook: func(ctx context.Context, what string) error {
		select {
		case <-ctx.Done():
		case <-time.After(3 * progressPause):
		}
		return ctx.Err()
	}}
	for _, announced := range []bool{true, false} {
		t.Run(fmt.Sprint(announced), func(t *testing.T) {
			p := dial(t, f.options())
			p.initialize(dir, map[string]any{"window": map[string]any{"workDoneProgress": announced}})
			if !announced {
				p.open(fileURI(dir+"/a.go"), 1, "package m\n")
				p.published(fileURI(dir + "/a.go"))
				p.none("progress", func(m message) bool { return strings.Contains(strings.ToLower(m.Method), "progress") })
				return
			}
			p.next("a token", method("window/workDoneProgress/create"))
			for _, kind := range []string{"begin", "end"} {
				p.next(kind, func(m message) bool {
					var q struct{ Value struct{ Kind string } }
					return m.Method == "$/progress" && json.Unmarshal(m.Params, &q) == nil && q.Value.Kind == kind
				})
			}
		})
	}
}

// Nothing is asked of a client that did not announce it, and everything that
// it announced is used.
func TestRegistrations(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	dynamic := map[string]any{"dynamicRegistration": true}
	p := dial(t, new(fakes).options())
	p.answer = func(method string, _ json.RawMessage) (any, bool) {
		if method == "workspace/configuration" {
			return []any{map[string]any{"rules": map[string]any{"leak": "hint"}, "trace": map[string]any{"server": "off"}, "ruels": 1}}, true
		}
		return nil, true
	}
	p.initialize(dir, map[string]any{"workspace": map[string]any{"didChangeWatchedFiles": dynamic, "didChangeConfiguration": dynamic, "configuration": true}})
	m := p.next("a registration", method("client/registerCapability"))
	for _, want := range []string{`"**/*.go"`, `"**/go.mod"`, `"workspace/didChangeConfiguration"`, `"section":"ctxls"`} {
		if !strings.Contains(string(m.Params), want) {
			t.Errorf("%s is not in %s", want, m.Params)
		}
	}
	if d := p.published(fileURI(dir + "/a.go")); d.Diagnostics[0].Severity != 4 {
		t.Errorf("the settings were not heeded: %+v", d)
	}
	m = p.next("a complaint", method("window/showMessage"))
	if !strings.Contains(string(m.Params), `unknown key \"ruels\", the nearest is \"rules\"`) {
		t.Errorf("%s", m.Params)
	}

	p = dial(t, new(fakes).options())
	p.initialize(dir, nil)
	p.published(fileURI(dir + "/a.go"))
	p.none("a request", func(m message) bool { return m.Method != "" && m.ID != nil })
}

func TestSettings(t *testing.T) {
	dir := module(t, map[string]string{
		"a.go": "package m // LEAK\n", ".ctxls.yaml": "rules: {leak: error}\nexclude: [gen]\n",
		"gen/b.go": "package gen // LEAK\n", "own/c.go": "package own // LEAK\n", "own/.ctxls.yaml": "rules: {leak: hint}\n",
	})
	p := dial(t, new(fakes).options())
	p.initialize(dir, nil)
	a := fileURI(dir + "/a.go")
	if d := p.published(a); d.Diagnostics[0].Severity != 1 {
		t.Errorf("by the file: %+v", d)
	}
	if d := p.published(fileURI(dir + "/own/c.go")); d.Diagnostics[0].Severity != 4 {
		t.Errorf("by the folder's own file: %+v", d)
	}
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ctxls": map[string]any{"rules": map[string]any{"leak": "information"}}}})
	if d := p.published(a); d.Diagnostics[0].Severity != 3 {
		t.Errorf("by the settings over the file: %+v", d)
	}
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ctxls": map[string]any{"rules": map[string]any{"leak": "off", "laek": "off"}}}})
	if d := p.published(a); len(d.Diagnostics) != 0 {
		t.Errorf("switched off: %+v", d)
	}
	if m := p.next("a complaint", method("window/showMessage")); !strings.Contains(string(m.Params), "laek") {
		t.Errorf("%s", m.Params)
	}
	if err := os.WriteFile(filepath.Join(dir, ".ctxls.yaml"), []byte("nonsense: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": fileURI(dir + "/.ctxls.yaml"), "type": 2}}})
	if m := p.next("a complaint", method("window/showMessage")); !strings.Contains(string(m.Params), ".ctxls.yaml:1:1") {
		t.Errorf("%s", m.Params)
	}
	p.none("diagnostics of an excluded file", publishOf(fileURI(dir+"/gen/b.go")))
}

func TestFixAllLeavesOutWhatIsUnsafe(t *testing.T) {
	text := "package m // LEAK 𝔘 LEAK\r\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, versionedClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 3, text)
	actions := p.actions(uri, 99, 0, "source.fixAll.ctxls")
	if len(actions) != 1 {
		t.Fatalf("%+v", actions)
	}
	change := actions[0].Edit.DocumentChanges[0]
	if change.TextDocument.URI != uri || *change.TextDocument.Version != 3 || len(change.Edits) != 2 {
		t.Errorf("%+v", change)
	}
	second := change.Edits[1]
	if want := (textRange{textPosition{0, 21}, textPosition{0, 25}}); second.Range != want || second.NewText != "mended\r\n//" {
		t.Errorf("%+v, want %v", second, want)
	}
}

// Clients from before code action literals get commands.
func TestCommandsForOldClients(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	p := dial(t, new(fakes).options())
	applied := make(chan json.RawMessage, 1)
	p.answer = func(method string, params json.RawMessage) (any, bool) {
		if method == "workspace/applyEdit" {
			applied <- params
			return map[string]any{"applied": true}, true
		}
		return nil, true
	}
	p.initialize(dir, map[string]any{"workspace": map[string]any{"applyEdit": true}, "textDocument": map[string]any{"codeAction": map[string]any{}}})
	uri := fileURI(dir + "/a.go")
	p.published(uri)
	actions := p.actions(uri, 0, 0)
	if len(actions) != 1 || actions[0].Command != commandIgnore {
		t.Fatalf("%+v", actions)
	}
	if _, err := p.call("workspace/executeCommand", map[string]any{"command": commandIgnore, "arguments": actions[0].Arguments}); err != nil {
		t.Fatal(err)
	}
	if edit := string(<-applied); !strings.Contains(edit, "//ctxls:ignore leak") {
		t.Error(edit)
	}
}

func TestIgnoreEdit(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"x()\n", "//ctxls:ignore leak TODO: say why\nx()\n"},
		{"a\n\tx()\n", "a\n\t//ctxls:ignore leak TODO: say why\n\tx()\n"},
		{"\t//ctxls:ignore other for a reason\n\tx()\n", "\t//ctxls:ignore other,leak for a reason\n\tx()\n"},
		{"//ctxls:ignore\nx()\n", "//ctxls:ignore\n//ctxls:ignore leak TODO: say why\nx()\n"},
		{"f(`a\nb`, x())\r\n", "f(`a\nb`, x()) //ctxls:ignore leak TODO: say why\r\n"},
		{"/* a\r\n*/ x()", "/* a\r\n*/ x() //ctxls:ignore leak TODO: say why"},
		{"/*/ a\nx() */ b", "/*/ a\nx() */ b //ctxls:ignore leak TODO: say why"},
		{"/**/ a\nx()\n", "/**/ a\n//ctxls:ignore leak TODO: say why\nx()\n"},
		{"f(`a\nb`, x()) //ctxls:ignore other\n", "f(`a\nb`, x()) //ctxls:ignore other,leak\n"},
		{"f(`a\nb`, x()) // said\n", "f(`a\nb`, x()) // said\n"},
		{"f(`a\nb`, x(), `c\nd`)\n", "f(`a\nb`, x(), `c\nd`)\n"},
		{"f(`a\nb`, x()) /* c\nd */\n", "f(`a\nb`, x()) /* c\nd */\n"},
		{"f(`a\n//ctxls:ignore other\n`,\nx())\n", "f(`a\n//ctxls:ignore other\n`,\n//ctxls:ignore leak TODO: say why\nx())\n"},
		{"f(`\n//ctxls:ignore other`); /*\n*/ x()\n", "f(`\n//ctxls:ignore other`); /*\n*/ x() //ctxls:ignore leak TODO: say why\n"},
		{"// ctxls:ignore other\nx()\n", "// ctxls:ignore other\n//ctxls:ignore leak TODO: say why\nx()\n"},
	} {
		got, at := tt.text, strings.Index(tt.text, "x()")
		if e, ok := scan([]byte(tt.text)).ignoreEdit("f.go", at, "leak"); ok {
			got = tt.text[:e.Range.Start.Offset] + e.NewText + tt.text[e.Range.Start.Offset:]
		}
		if got != tt.want {
			t.Errorf("%q became %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestRestart(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	p := dial(t, f.options())
	p.initialize(dir, nil)
	p.published(fileURI(dir + "/a.go"))
	if result, err := p.call("workspace/executeCommand", map[string]any{"command": commandRestart}); err != nil || string(result) != "null" {
		t.Fatalf("%s, %v", result, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.drivers) != 2 {
		t.Errorf("%d drivers, want a second one", len(f.drivers))
	}
}

func TestEndsWithTheEditor(t *testing.T) {
	sleep := exec.Command("sleep", "60")
	if err := sleep.Start(); err != nil {
		t.Skip(err)
	}
	opts := new(fakes).options()
	opts.processPoll = 10 * time.Millisecond
	p := dial(t, opts)
	if _, err := p.call("initialize", map[string]any{"processId": sleep.Process.Pid, "capabilities": map[string]any{}}); err != nil {
		t.Fatal(err)
	}
	sleep.Process.Kill()
	sleep.Wait()
	if err := p.end(); err != ErrNoShutdown {
		t.Errorf("Serve: %v", err)
	}
}

func TestListenTCP(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "nonsense"} {
		if err := ListenTCP(t.Context(), Options{}, address, io.Discard); err == nil {
			t.Errorf("%s was served", address)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- ListenTCP(ctx, new(fakes).options(), "127.0.0.1:0", w) }()
	var address string
	if _, err := fmt.Fscanf(r, "listening on %s\n", &address); err != nil {
		t.Fatal(err)
	}
	for range 2 { // one after another
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"jsonrpc":"2.0","id":1,"method":"shutdown"}`
		fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(body), body)
		buf := make([]byte, 512)
		n, err := conn.Read(buf)
		if err != nil || !strings.Contains(string(buf[:n]), "-32002") {
			t.Errorf("%q %v", buf[:n], err)
		}
		conn.Close()
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address) // one that stays
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("it did not end with its context")
	}
}
