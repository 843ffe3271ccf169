package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

func TestLifecycleErrors(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n"})
	opts := new(fakes).options()
	opts.Version = "v0"
	p := dial(t, opts)
	refused := func(method string, params any, want int) {
		t.Helper()
		_, err := p.call(method, params)
		if code(err) != want {
			t.Errorf("%s: error %v, want code %d", method, err, want)
		}
	}
	refused("textDocument/codeAction", map[string]any{}, -32002)
	refused("no/such", nil, -32002)
	refused("initialize", map[string]any{"capabilities": 3}, -32602)
	p.notify("textDocument/didOpen", map[string]any{}) // dropped
	if result := p.initialize(dir, nil); !strings.Contains(string(result), `"serverInfo":{"name":"ctxls","version":"v0"}`) ||
		!strings.Contains(string(result), `"textDocumentSync":{"openClose":true,"change":2,"save":{}}`) ||
		!strings.Contains(string(result), `"commands":["ctxls.ignore","ctxls.restart"`) {
		t.Errorf("%s", result)
	}
	refused("initialize", map[string]any{"capabilities": map[string]any{}}, -32600)
	refused("no/such", nil, -32601)
	refused("no/such", map[string]any{"a": 1}, -32601)
	refused("textDocument/definition", map[string]any{}, -32601)
	refused("textDocument/hover", map[string]any{"position": 3}, -32602)
	refused("textDocument/codeAction", nil, -32602)
	refused("textDocument/codeAction", map[string]any{"textDocument": 1}, -32602)
	refused("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": "file:///a.go"}, "range": textRange{Start: textPosition{-1, 0}}, "context": map[string]any{}}, -32602)
	document, position, place := map[string]any{"uri": fileURI(dir + "/a.go")}, textPosition{}, textRange{}
	for method, members := range map[string]map[string]any{
		"textDocument/codeAction":        {"textDocument": document, "range": place, "context": map[string]any{}},
		"textDocument/hover":             {"textDocument": document, "position": position},
		"textDocument/documentHighlight": {"textDocument": document, "position": position},
		"textDocument/inlayHint":         {"textDocument": document, "range": place},
		"textDocument/codeLens":          {"textDocument": document},
		"textDocument/diagnostic":        {"textDocument": document},
	} {
		if _, err := p.call(method, members); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		for name := range members {
			for _, value := range []any{nil, map[string]any{}} {
				params := maps.Clone(members)
				if params[name] = value; value == nil {
					delete(params, name)
				} else if name == "context" {
					continue // it says nothing that we need
				}
				refused(method, params, -32602)
			}
		}
	}
	refused("workspace/executeCommand", map[string]any{"command": "no.such"}, -32602)
	if result, err := p.call("shutdown", nil); err != nil || string(result) != "null" {
		t.Errorf("shutdown: %s, %v", result, err)
	}
	refused("shutdown", nil, -32600)
	refused("textDocument/codeAction", map[string]any{}, -32600)
	refused("initialize", map[string]any{}, -32600)
	p.notify("exit", nil)
	if err := p.end(); err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestExitWithoutShutdown(t *testing.T) {
	for _, when := range []string{"before initialize", "after initialize"} {
		t.Run(when, func(t *testing.T) {
			p := dial(t, new(fakes).options())
			if when == "after initialize" {
				p.initialize(module(t, map[string]string{}), nil)
			}
			p.notify("exit", nil)
			if err := p.end(); !errors.Is(err, ErrNoShutdown) {
				t.Errorf("Serve: %v, want %v", err, ErrNoShutdown)
			}
		})
	}
}

// What breaks or closes connections of the library as it comes.
func TestOddMessagesAreSurvived(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	p := dial(t, f.options())
	if _, err := p.call("initialize", map[string]any{"capabilities": map[string]any{}, "processId": nil, "rootUri": fileURI(dir)}); err != nil {
		t.Fatal(err)
	}
	p.frame(`{"jsonrpc":"2.0","method":"initialized"}`) // without parameters
	p.published(fileURI(dir + "/a.go"))
	for _, body := range []string{
		`{"jsonrpc":"2.0","method":"$/foo"}`,
		`{"jsonrpc":"2.0","method":"$/logTrace","params":7}`,
		`{"jsonrpc":"2.0","method":"$/setTrace","params":{}}`,
		`{"jsonrpc":"2.0","method":"no/such","params":[]}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest"}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}`,
		`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99999999999}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":"x"}`,
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///not/open.go","version":1},"contentChanges":[]}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"untitled:x"}}}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration"}`,
		`{"jsonrpc":"2.0","method":"workspace/didChangeWatchedFiles","params":{"changes":[{"uri":"git:/x","type":1}]}}`,
		`{"jsonrpc":"2.0","id":12345,"result":null}`,
		`{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"m"}}`,
	} {
		p.frame(body)
	}
	malformed := []string{`{"jsonrpc":"2.0",`, `nonsense`, `{}`, `{"jsonrpc":"1.0","id":1,"method":"shutdown"}`, `[`, `3`, "\xff\xfe"}
	for _, body := range malformed {
		p.frame(body)
		m := p.next("an answer to "+body, func(m message) bool { return m.Error != nil && string(m.ID) == "null" })
		if m.Error.Code != -32700 && m.Error.Code != -32600 {
			t.Errorf("%s: %v", body, m.Error)
		}
	}
	p.raw("garbage before a header\r\ncontent-LENGTH:  " + fmt.Sprint(len(`{"jsonrpc":"2.0","id":7000000000,"method":"no/such"}`)) + "\r\nContent-Type: x\r\n\r\n" + `{"jsonrpc":"2.0","id":7000000000,"method":"no/such"}`)
	if _, err := p.response("7000000000"); code(err) != -32601 {
		t.Errorf("a big ID: %v", err)
	}
	p.raw("Content-Length: minus one\r\n\r\n" + strings.Repeat("x", 10_000) + "\r\n\r\n")
	p.frame(`[{"jsonrpc":"2.0","id":1001,"method":"no/such"},{"jsonrpc":"2.0","method":"$/foo"},{"jsonrpc":"2.0","id":1002,"method":"no/such"}]`)
	for _, id := range []string{"1001", "1002"} {
		if _, err := p.response(id); code(err) != -32601 {
			t.Errorf("in a batch: %v", err)
		}
	}
	if actions := p.actions(fileURI(dir+"/a.go"), 0, 14); len(actions) == 0 {
		t.Error("no code actions after all that")
	}
}

func TestPanicsAreSurvived(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	p := dial(t, f.options())
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.published(uri)

	f.setHook(func(_ context.Context, what string) error { panic("on " + what) })
	p.open(uri, 1, "package m // no leak\n")
	p.next("a message", method("window/showMessage"))
	id := p.send("textDocument/codeAction", codeActionParams(uri, 0, 0))
	if _, err := p.response(id); code(err) != -32603 {
		t.Errorf("a panic in a request: %v", err)
	}
	f.setHook(nil)
	p.replaceAll(uri, 2, "package m // LEAK LEAK\n")
	if d := p.published(uri); len(d.Diagnostics) != 2 || *d.Version != 2 {
		t.Errorf("after the panics: %+v", d)
	}
}

func TestCancel(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	for _, id := range []string{"41", `"forty-one"`} {
		t.Run(id, func(t *testing.T) {
			f := new(fakes)
			p := dial(t, f.options())
			p.initialize(dir, nil)
			uri := fileURI(dir + "/a.go")
			p.published(uri)
			entered := make(chan struct{}, 8)
			f.setHook(func(ctx context.Context, _ string) error {
				select {
				case entered <- struct{}{}:
				default:
				}
				<-ctx.Done()
				return ctx.Err()
			})
			p.replaceAll(uri, 1, "not open, so dropped")
			p.open(uri, 1, "package m // another LEAK\n")
			<-entered // the worker's load
			p.frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"textDocument/codeAction","params":%s}`, id, marshal(t, codeActionParams(uri, 0, 0))))
			<-entered
			start := time.Now()
			p.frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":%s}}`, id))
			if _, err := p.response(id); code(err) != -32800 {
				t.Errorf("cancelled: %v", err)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("cancelling took %v", took)
			}
			f.setHook(nil)
		})
	}
}

// A request that waits must not hold up what comes after it, and what comes
// after it must not change what it is about.
func TestOutdatedRequest(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	p := dial(t, f.options())
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.published(uri)
	release := make(chan struct{})
	entered := make(chan struct{}, 8)
	f.setHook(func(ctx context.Context, what string) error {
		select {
		case entered <- struct{}{}:
		default:
		}
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	p.open(uri, 1, "package m // one LEAK\n")
	<-entered
	id := p.send("textDocument/codeAction", codeActionParams(uri, 0, 0))
	<-entered
	p.replaceAll(uri, 2, "package m // LEAK, LEAK\n")
	if _, err := p.call("no/such", nil); code(err) != -32601 { // the change was read
		t.Fatal(err)
	}
	close(release)
	if _, err := p.response(id); code(err) != -32801 {
		t.Errorf("outdated: %v, want -32801", err)
	}
	for {
		if d := p.published(uri); *d.Version == 2 {
			if len(d.Diagnostics) != 2 {
				t.Errorf("%+v", d)
			}
			break
		}
	}
}

func TestChangesKeepTheirOrder(t *testing.T) {
	const changes = 500
	dir := module(t, map[string]string{"a.go": "package m\n"})
	p := dial(t, new(fakes).options())
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 0, "package m\n")
	var want strings.Builder
	want.WriteString("package m\n")
	for i := 1; i <= changes; i++ {
		p.notify("textDocument/didChange", map[string]any{
			"textDocument": map[string]any{"uri": uri, "version": i},
			"contentChanges": []any{map[string]any{
				"range": textRange{textPosition{i, 0}, textPosition{i, 0}}, "text": fmt.Sprintf("// %d\n", i),
			}},
		})
		if i%10 == 0 {
			p.send("textDocument/codeAction", codeActionParams(uri, i, 0))
		}
		fmt.Fprintf(&want, "// %d\n", i)
	}
	p.notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": changes + 1},
		"contentChanges": []any{map[string]any{
			"range": textRange{textPosition{changes, 3}, textPosition{changes, 6}}, "text": "LEAK",
		}},
	})
	for {
		d := p.published(uri)
		if *d.Version != changes+1 {
			continue
		}
		if len(d.Diagnostics) != 1 || d.Diagnostics[0].Range.Start != (textPosition{changes, 3}) {
			t.Errorf("%+v", d)
		}
		break
	}
}

func TestEndOfInput(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	t.Run("answers first", func(t *testing.T) {
		p := dial(t, new(fakes).options())
		for _, body := range []string{
			fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":null,"rootUri":%q}}`, fileURI(dir)),
			fmt.Sprintf(`{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":%s}`, marshal(t, codeActionParams(fileURI(dir+"/a.go"), 0, 14))),
			`{"jsonrpc":"2.0","id":3,"method":"no/such"}`,
			`{"jsonrpc":"2.0","id":4,"method":"shutdown"}`,
		} {
			p.frame(body)
		}
		p.in.Close()
		if err := p.end(); err != nil {
			t.Errorf("after a shutdown: %v", err)
		}
		if _, err := p.response("1"); err != nil {
			t.Error(err)
		}
		if result, err := p.response("2"); err != nil || !strings.Contains(string(result), "Mend it") {
			t.Errorf("%s %v", result, err)
		}
		if _, err := p.response("3"); code(err) != -32601 {
			t.Error(err)
		}
		if _, err := p.response("4"); err != nil {
			t.Error(err)
		}
	})
	for _, truncated := range []string{"", "Content-Le", "Content-Length: 20\r\n\r\n{\"jsonrpc\""} {
		t.Run("vanishes in "+truncated, func(t *testing.T) {
			f := new(fakes)
			entered := make(chan struct{}, 8)
			f.setHook(func(ctx context.Context, _ string) error {
				select {
				case entered <- struct{}{}:
				default:
				}
				<-ctx.Done()
				return ctx.Err()
			})
			p := dial(t, f.options())
			p.initialize(dir, nil)
			<-entered // something runs
			p.send("textDocument/codeAction", codeActionParams(fileURI(dir+"/a.go"), 0, 0))
			p.raw(truncated)
			start := time.Now()
			p.in.Close()
			if err := p.end(); !errors.Is(err, ErrNoShutdown) {
				t.Errorf("Serve: %v", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v to end", took)
			}
		})
	}
}

func codeActionParams(uri string, line, character int, only ...string) map[string]any {
	at := textPosition{line, character}
	context := map[string]any{"diagnostics": []any{}}
	if len(only) > 0 {
		context["only"] = only
	}
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "range": textRange{at, at}, "context": context}
}

func (p *peer) actions(uri string, line, character int, only ...string) []action {
	p.t.Helper()
	result, err := p.call("textDocument/codeAction", codeActionParams(uri, line, character, only...))
	if err != nil {
		p.t.Fatal(err)
	}
	var actions []action
	if err := json.Unmarshal(result, &actions); err != nil {
		p.t.Fatalf("%s: %v", result, err)
	}
	return actions
}

type action struct {
	Title       string
	Kind        string
	IsPreferred bool
	Diagnostics []json.RawMessage
	Data        json.RawMessage
	Edit        struct {
		Changes         map[string][]textEdit
		DocumentChanges []struct {
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []textEdit
		}
	}
	Command   any
	Arguments []json.RawMessage
}

type textEdit struct {
	Range   textRange
	NewText string
}
