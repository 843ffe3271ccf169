package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

// A client that numbers its requests badly gets answers all the same.
func TestDuplicateIDs(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	p := dial(t, f.options())
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.published(uri)
	var entered atomic.Int32
	f.setHook(func(ctx context.Context, _ string) error {
		entered.Add(1)
		<-ctx.Done()
		return ctx.Err()
	})
	same := fmt.Sprintf(`{"jsonrpc":"2.0","id":77,"method":"textDocument/codeAction","params":%s}`, marshal(t, codeActionParams(uri, 0, 0)))
	for range 3 {
		p.frame(same)
	}
	eventually(t, "three requests at once", func() bool { return entered.Load() == 3 })
	f.setHook(nil)
	for range 3 { // however many one cancellation reaches
		p.frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}`)
	}
	p.replaceAll(uri, 9, "not open")
	p.open(uri, 1, "package m // LEAK, LEAK\n")
	if d := p.versioned(uri, 1); len(d.Diagnostics) != 2 {
		t.Errorf("%+v", d)
	}
	if _, err := p.response("77"); code(err) != -32800 {
		t.Errorf("%v", err)
	}
	p.shutDown()
}

func TestHugeMessages(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n"})
	opts := new(fakes).options()
	opts.Typing = time.Millisecond
	p := dial(t, opts)
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	huge := "package m\n" + strings.Repeat("// "+strings.Repeat("x", 1<<20)+"\n", 32) + "// LEAK\n"
	p.open(uri, 1, huge)
	if d := p.versioned(uri, 1); len(d.Diagnostics) != 1 || d.Diagnostics[0].Range.Start.Line != 33 {
		t.Errorf("%+v", d)
	}
	p.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": 2},
		"contentChanges": []any{map[string]any{"range": textRange{textPosition{0, 0}, textPosition{33, 0}}, "text": ""}},
	})
	if d := p.versioned(uri, 2); len(d.Diagnostics) != 1 || d.Diagnostics[0].Range.Start.Line != 0 {
		t.Errorf("%+v", d)
	}
	// One that is too large to be meant is refused, not allocated.
	p.raw("Content-Length: 99999999999\r\n\r\n")
	p.frame(strings.Repeat("[", 1<<20)) // nested without end
	for range 2 {
		p.next("a refusal", func(m message) bool { return m.Error != nil && string(m.ID) == "null" })
	}
	p.frame(`{"jsonrpc":"2.0","id":"` + strings.Repeat("i", 1<<20) + `","method":"no/such"}`)
	m := p.next("an answer", func(m message) bool { return len(m.ID) > 1<<20 })
	if m.Error == nil || m.Error.Code != -32601 {
		t.Errorf("%v", m.Error)
	}
	p.shutDown()
}

// A rule that panics loses the function that it panics on.
func TestPanickingRule(t *testing.T) {
	saved, log := diagnostics.All, slog.Default()
	defer func() {
		diagnostics.All = saved
		slog.SetDefault(log)
	}()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the rules log there
	diagnostics.All = append(diagnostics.All[:len(diagnostics.All):len(diagnostics.All)], &rule.Rule{
		Name: "fragile", Title: "FRAGILE", Severity: rule.Warning, Default: true,
		Check: func(pass *rule.Pass) {
			if pass.Func.Name() == "F" {
				var nobody *rule.Pass
				_ = nobody.Func.Name()
			}
			pass.Report(rule.Diagnostic{Pos: pass.Func.Decl.Name.Pos(), Message: "fragile"})
		},
	})
	text := lostText + "\nfunc G(ctx context.Context) {\n\t_, _ = context.WithCancel(ctx)\n}\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, Options{Typing: time.Millisecond, CacheDir: stdCache})
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	var got []string
	for _, d := range p.versioned(uri, 1).Diagnostics {
		got = append(got, fmt.Sprintf("%d %s", d.Range.Start.Line+1, d.Code))
	}
	if want := "[6 lostcancel 9 fragile 10 lostcancel]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	eventually(t, "an entry in the log", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return strings.Contains(p.log.String(), `msg="a rule failed" package=example.com/m functions="fragile: example.com/m.F`)
	})
	p.shutDown()
}

// A client that reads nothing keeps the server from nothing: it ends when the
// input does.
func TestClientThatDoesNotRead(t *testing.T) {
	in, toServer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromServer, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer fromServer.Close()
	ended := make(chan error, 1)
	go func() { ended <- Serve(t.Context(), new(fakes).options(), in, out) }()
	frame := func(body string) {
		fmt.Fprintf(toServer, "Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	frame(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":null}}`)
	toServer.SetWriteDeadline(time.Now().Add(2 * time.Second)) // for when the server reads no more
	for i := range 3000 {
		frame(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"%s"}`, i+2, strings.Repeat("m", 200)))
	}
	start := time.Now()
	toServer.Close()
	select {
	case err := <-ended:
		if !errors.Is(err, ErrNoShutdown) {
			t.Errorf("Serve: %v", err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %v to end", took)
		}
	case <-time.After(patience):
		t.Fatal("it did not end")
	}
}
