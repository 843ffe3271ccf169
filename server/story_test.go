package server

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

var storyClient = map[string]any{"textDocument": map[string]any{
	"hover": map[string]any{}, "documentHighlight": map[string]any{}, "inlayHint": map[string]any{}, "codeLens": map[string]any{},
}}

// Only what a client can use is announced to it.
func TestStoryProviders(t *testing.T) {
	for _, tt := range []struct {
		capabilities map[string]any
		want         bool
	}{{nil, false}, {storyClient, true}} {
		p := dial(t, new(fakes).options())
		result := p.initialize(module(t, map[string]string{}), tt.capabilities)
		var got struct {
			Capabilities map[string]any
		}
		if err := json.Unmarshal(result, &got); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"hoverProvider", "documentHighlightProvider", "inlayHintProvider", "codeLensProvider"} {
			if _, ok := got.Capabilities[name]; ok != tt.want {
				t.Errorf("%v: %s is announced: %t", tt.capabilities, name, ok)
			}
		}
	}
}

// Requests about a text that is outdated, or that are cancelled, are answered
// at once, whatever the analysis is doing.
func TestStoryOfAnOutdatedText(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n"})
	f := new(fakes)
	opts := f.options()
	opts.Typing = time.Millisecond
	p := dial(t, opts)
	capabilities := map[string]any{"textDocument": storyClient["textDocument"]}
	if _, err := p.call("initialize", map[string]any{
		"rootUri": fileURI(dir), "capabilities": capabilities, "initializationOptions": map[string]any{"inlayHints": map[string]any{"contexts": true}},
	}); err != nil {
		t.Fatal(err)
	}
	p.notify("initialized", map[string]any{})
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, "package m // LEAK\n")
	p.published(uri)
	entered := make(chan struct{}, 16)
	f.setHook(func(ctx context.Context, what string) error {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-ctx.Done()
		return ctx.Err()
	})
	version := 2
	p.replaceAll(uri, version, "package m // LEAK, LEAK\n")
	<-entered
	params := map[string]any{
		"textDocument": map[string]any{"uri": uri}, "position": textPosition{}, "range": textRange{End: textPosition{9, 0}},
	}
	for _, asked := range []string{"hover", "documentHighlight", "inlayHint", "codeLens"} {
		id := p.send("textDocument/"+asked, params)
		p.notify("$/cancelRequest", map[string]any{"id": json.Number(id)})
		if _, err := p.response(id); code(err) != -32800 {
			t.Errorf("%s after a cancellation: %v", asked, err)
		}
		id = p.send("textDocument/"+asked, params)
		version++
		p.replaceAll(uri, version, "package m // LEAK, LEAK\n")
		if _, err := p.response(id); code(err) != -32801 {
			t.Errorf("%s after an edit: %v", asked, err)
		}
	}
	f.setHook(nil)
	for _, asked := range []string{"hover", "documentHighlight", "inlayHint", "codeLens"} {
		if _, err := p.call("textDocument/"+asked, params); err != nil {
			t.Errorf("%s: %v", asked, err)
		}
	}
}
