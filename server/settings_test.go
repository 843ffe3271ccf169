package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.lsp.dev/protocol"
)

// Settings that were taken out of the editor no longer hold, but a client
// that has none leaves those of its start alone.
func TestSettingsTakenOut(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	p := dial(t, new(fakes).options())
	var section atomic.Value
	section.Store(`null`)
	p.answer = func(method string, _ json.RawMessage) (any, bool) {
		if method == "workspace/configuration" {
			return []any{json.RawMessage(section.Load().(string))}, true
		}
		return nil, true
	}
	_, err := p.call("initialize", map[string]any{
		"rootUri": fileURI(dir), "capabilities": map[string]any{"workspace": map[string]any{"configuration": true}},
		"initializationOptions": map[string]any{"rules": map[string]any{"leak": "information"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.notify("initialized", map[string]any{})
	shown := func(severity int) {
		t.Helper()
		if d := p.published(fileURI(dir + "/a.go")); len(d.Diagnostics) != 1 || d.Diagnostics[0].Severity != severity {
			t.Errorf("%+v, want severity %d", d, severity)
		}
	}
	shown(3)
	for _, step := range []struct {
		section  string
		severity int
	}{{`{"rules": {"leak": "error"}}`, 1}, {`null`, 2}, {`{"rules": {"leak": "hint"}}`, 4}} {
		section.Store(step.section)
		p.notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
		shown(step.severity)
	}
	section.Store(`"off"`)
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": nil})
	if m := p.next("a complaint", method("window/showMessage")); !strings.Contains(string(m.Params), `ctxls settings: \"off\" is not a map of keys`) {
		t.Errorf("%s", m.Params)
	}
	p.open(fileURI(dir+"/a.go"), 1, "package m // LEAK\n")
	shown(4) // the last that were right
}

type noEditor struct{ protocol.Client }

// What goes wrong with the question for the settings keeps nobody waiting.
func TestSettingsThatCannotBeAskedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newSession(ctx, cancel, Options{Log: slog.New(slog.DiscardHandler)})
	s.info.configuration, s.editor = true, noEditor{} // whose methods panic
	if err := s.Initialized(ctx, nil); err != nil {
		t.Fatal(err)
	}
	s.tasks.Wait()
	if !s.worker.pending.all {
		t.Error("there is no job")
	}
	select {
	case <-s.configured:
	default:
		t.Error("the session waits for settings still")
	}
}

// A client may take its time to say what its settings are: nothing is shown
// by others before.
func TestSettingsThatComeLate(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.answer = func(method string, _ json.RawMessage) (any, bool) { return nil, method != "workspace/configuration" }
	p.initialize(dir, map[string]any{"workspace": map[string]any{"configuration": true}})
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	asked := p.next("the question", method("workspace/configuration"))
	request := p.send("textDocument/codeAction", codeActionParams(uri, 0, 14))
	time.Sleep(100 * time.Millisecond)
	p.none("diagnostics", publishOf(uri))
	p.none("an answer", func(m message) bool { return m.Method == "" })
	p.write(message{JSONRPC: "2.0", ID: asked.ID, Result: json.RawMessage(`[{"rules": {"leak": "off"}}]`)})
	if d := p.published(uri); d.Version == nil || len(d.Diagnostics) != 0 {
		t.Errorf("%+v", d)
	}
	if result, err := p.response(request); err != nil || string(result) != "[]" {
		t.Errorf("%s %v", result, err)
	}
}

// One that is never asked, since it forgets to say that it is initialized, is
// served all the same.
func TestSettingsThatNobodyAsksFor(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	_, err := p.call("initialize", map[string]any{
		"rootUri": fileURI(dir), "capabilities": map[string]any{"workspace": map[string]any{"configuration": true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	if d := p.published(uri); len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
}

func TestCodeActionProvider(t *testing.T) {
	kinds := map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix"}}}
	for _, tt := range []struct {
		codeAction any
		want       string
	}{
		{nil, `true`},
		{map[string]any{}, `true`},
		{map[string]any{"dataSupport": true, "resolveSupport": map[string]any{"properties": []string{"edit"}}}, `true`}, // but no literals
		{map[string]any{"codeActionLiteralSupport": kinds, "dataSupport": true, "resolveSupport": map[string]any{"properties": []string{"command"}}}, `{"codeActionKinds":["quickfix","source.fixAll.ctxls"]}`},
		{map[string]any{"codeActionLiteralSupport": kinds, "dataSupport": true, "resolveSupport": map[string]any{"properties": []string{"command", "edit"}}}, `{"codeActionKinds":["quickfix","source.fixAll.ctxls"],"resolveProvider":true}`},
		{map[string]any{"codeActionLiteralSupport": kinds}, `{"codeActionKinds":["quickfix","source.fixAll.ctxls"]}`},
	} {
		p := dial(t, new(fakes).options())
		result, err := p.call("initialize", map[string]any{"capabilities": map[string]any{"textDocument": map[string]any{"codeAction": tt.codeAction}}})
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Capabilities struct{ CodeActionProvider json.RawMessage }
		}
		if err := json.Unmarshal(result, &got); err != nil || string(got.Capabilities.CodeActionProvider) != tt.want {
			t.Errorf("%v: %s, want %s", tt.codeAction, got.Capabilities.CodeActionProvider, tt.want)
		}
	}
}
