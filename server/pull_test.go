package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var pullingClient = map[string]any{
	"textDocument": map[string]any{"diagnostic": map[string]any{}},
	"workspace":    map[string]any{"diagnostics": map[string]any{"refreshSupport": true}},
}

func pullParams(uri string) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": uri}}
}

func (p *peer) pull(uri string) pulled {
	p.t.Helper()
	return p.report(p.send("textDocument/diagnostic", pullParams(uri)))
}

func (p *peer) report(id string) pulled {
	p.t.Helper()
	result, err := p.response(id)
	if err != nil {
		p.t.Fatal(err)
	}
	var r pulled
	if err := json.Unmarshal(result, &r); err != nil {
		p.t.Fatalf("%s: %v", result, err)
	}
	return r
}

func TestDiagnosticProvider(t *testing.T) {
	for _, tt := range []struct {
		capabilities map[string]any
		want         string
	}{
		{nil, ``},
		{pullingClient, `{"identifier":"ctxls","interFileDependencies":true,"workspaceDiagnostics":true}`},
	} {
		p := dial(t, new(fakes).options())
		result := p.initialize(module(t, map[string]string{}), tt.capabilities)
		var got struct {
			Capabilities struct{ DiagnosticProvider json.RawMessage }
		}
		if err := json.Unmarshal(result, &got); err != nil {
			t.Fatal(err)
		}
		if provider := string(got.Capabilities.DiagnosticProvider); provider != tt.want {
			t.Errorf("%v: %s, want %s", tt.capabilities, provider, tt.want)
		}
	}
}

// A newer text answers the question about the older one at once, whatever the
// analysis is doing.
func TestPullOfAnOutdatedText(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	opts := f.options()
	opts.Typing = time.Millisecond
	p := dial(t, opts)
	p.initialize(dir, pullingClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, "package m // LEAK\n")
	if r := p.pull(uri); len(r.Items) != 1 {
		t.Errorf("%+v", r)
	}
	var inside atomic.Int32 // analyses under way: the worker's, and that of a pull
	await := func(n int32) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); inside.Load() != n; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d analyses are under way, want %d", inside.Load(), n)
			}
		}
	}
	f.setHook(func(ctx context.Context, what string) error {
		inside.Add(1)
		defer inside.Add(-1)
		<-ctx.Done()
		return ctx.Err()
	})
	p.replaceAll(uri, 2, "package m // LEAK, LEAK\n")
	for _, tt := range []struct {
		what string
		do   func(id string)
		want int
	}{
		{"an edit", func(string) { p.replaceAll(uri, 3, "package m // LEAK\n") }, -32801},
		{"a cancellation", func(id string) {
			p.notify("$/cancelRequest", map[string]any{"id": json.Number(id)})
		}, -32800},
		{"the end of the document", func(string) {
			p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
		}, -32801},
	} {
		await(1)
		id := p.send("textDocument/diagnostic", pullParams(uri))
		await(2) // else the server may come to the pull after what is done now
		start := time.Now()
		tt.do(id)
		if _, err := p.response(id); code(err) != tt.want {
			t.Errorf("after %s: %v, want %d", tt.what, err, tt.want)
		}
		t.Logf("after %s: answered within %v", tt.what, time.Since(start))
	}
	f.setHook(nil)
	p.open(uri, 1, "package m // LEAK, LEAK\n")
	if r := p.pull(uri); len(r.Items) != 2 {
		t.Errorf("%+v", r)
	}
	p.none("diagnostics", method("textDocument/publishDiagnostics"))
}

// While somebody types, a client that asks is answered when it is time for an
// analysis, and how long that takes is a setting.
func TestPullWhileTyping(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	var runs atomic.Int32
	f := &fakes{hook: func(_ context.Context, what string) error {
		if what != "load" {
			runs.Add(1)
		}
		return nil
	}}
	opts := f.options()
	opts.Typing = time.Hour
	p := dial(t, opts)
	p.initialize(dir, pullingClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, "package m // LEAK\n")
	p.pull(uri)
	p.replaceAll(uri, 2, "package m // LEAK, LEAK\n")
	id := p.send("textDocument/diagnostic", pullParams(uri))
	if _, err := p.call("no/such", nil); code(err) != -32601 {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	p.none("an answer while somebody types", func(m message) bool { return m.Method == "" && string(m.ID) == id })
	p.replaceAll(uri, 3, "package m // LEAK, LEAK, LEAK\n")
	if _, err := p.response(id); code(err) != -32801 {
		t.Errorf("an edit later: %v, want -32801", err)
	}
	before := runs.Load()
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ctxls": map[string]any{"typingDelay": "1ms"}}})
	eventually(t, "an analysis", func() bool { return runs.Load() > before })
	p.replaceAll(uri, 4, "package m\n")
	if r := p.pull(uri); len(r.Items) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestTypingDelay(t *testing.T) {
	for _, tt := range []struct{ name, file, settings string }{
		{"of the settings", "", `{"typingDelay": 20}`},
		{"of the file", "typingDelay: 20ms\n", `{}`},
		{"of the settings over the file", "typingDelay: 1m\n", `{"typingDelay": "20ms"}`},
		{"a bad one of the settings", "typingDelay: 20ms\n", `{"typingDelay": "soon"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := module(t, map[string]string{"a.go": "package m\n", ".ctxls.yaml": tt.file})
			opts := new(fakes).options()
			opts.Typing = time.Hour
			p := dial(t, opts)
			if _, err := p.call("initialize", map[string]any{
				"rootUri": fileURI(dir), "capabilities": map[string]any{}, "initializationOptions": json.RawMessage(tt.settings),
			}); err != nil {
				t.Fatal(err)
			}
			p.notify("initialized", map[string]any{})
			uri := fileURI(dir + "/a.go")
			p.open(uri, 1, "package m\n")
			p.published(uri)
			p.replaceAll(uri, 2, "package m // LEAK\n")
			if d := p.published(uri); *d.Version != 2 || len(d.Diagnostics) != 1 {
				t.Errorf("%+v", d)
			}
			if strings.Contains(tt.settings, "soon") {
				p.next("a complaint", method("window/showMessage"))
			}
		})
	}
}

// What the settings hide is not shown to a client that asks before the server
// has them.
func TestPullWaitsForTheSettings(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	p := dial(t, new(fakes).options())
	asked := make(chan struct{})
	release := make(chan struct{})
	p.answer = func(method string, _ json.RawMessage) (any, bool) {
		if method == "workspace/configuration" {
			close(asked)
			return nil, false // later
		}
		return nil, true
	}
	capabilities := map[string]any{
		"textDocument": map[string]any{"diagnostic": map[string]any{}},
		"workspace":    map[string]any{"configuration": true},
	}
	p.initialize(dir, capabilities)
	p.notify("initialized", map[string]any{}) // once more, which means nothing
	<-asked
	id := p.send("textDocument/diagnostic", pullParams(fileURI(dir+"/a.go")))
	if _, err := p.call("no/such", nil); code(err) != -32601 { // it was read
		t.Fatal(err)
	}
	close(release)
	m := p.next("the request", method("workspace/configuration"))
	p.write(message{JSONRPC: "2.0", ID: m.ID, Result: json.RawMessage(`[{"rules": {"leak": "off"}}]`)})
	if r := p.report(id); len(r.Items) != 0 {
		t.Errorf("%+v", r)
	}
	p.none("another request", method("workspace/configuration"))
}

// A client that cannot be asked to pull again is not asked, and one that can
// is asked once for each news.
func TestRefresh(t *testing.T) {
	for _, announced := range []bool{true, false} {
		t.Run(fmt.Sprint(announced), func(t *testing.T) {
			dir := module(t, map[string]string{"a.go": "package m // LEAK\n", "b.go": "package m\n"})
			f := new(fakes)
			p := dial(t, f.options())
			p.initialize(dir, map[string]any{
				"textDocument": map[string]any{"diagnostic": map[string]any{}},
				"workspace":    map[string]any{"diagnostics": map[string]any{"refreshSupport": announced}},
			})
			a, b := fileURI(dir+"/a.go"), fileURI(dir+"/b.go")
			p.open(a, 1, "package m // LEAK\n")
			if r := p.pull(a); len(r.Items) != 1 {
				t.Errorf("%+v", r)
			}
			p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ctxls": map[string]any{"rules": map[string]any{"leak": "hint"}}}})
			if announced {
				p.next("a refresh", method("workspace/diagnostic/refresh"))
			} else {
				eventually(t, "the settings", func() bool { return p.pull(a).Items[0].Severity == 4 })
			}
			if r := p.pull(a); r.Items[0].Severity != 4 {
				t.Errorf("%+v", r)
			}
			// Nothing is new of a.go now, and b.go was never asked for.
			p.open(b, 1, "package m // LEAK\n")
			p.save(a)
			p.pull(b)
			p.save(b)
			p.pull(b)
			p.none("a refresh", method("workspace/diagnostic/refresh"))
		})
	}
}
