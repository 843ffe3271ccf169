package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// What real editors do, and what breaks them: each of these was found by
// driving one against some server.

// modernClient announces all that concerns diagnostics and code actions.
var modernClient = map[string]any{
	"workspace": map[string]any{"workspaceEdit": map[string]any{"documentChanges": true}},
	"textDocument": map[string]any{
		"codeAction": map[string]any{
			"isPreferredSupport": true, "dataSupport": true, "resolveSupport": map[string]any{"properties": []string{"edit"}},
			"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix", "source.fixAll"}}},
		},
		"publishDiagnostics": map[string]any{
			"relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true, "tagSupport": map[string]any{"valueSet": []int{1}},
		},
	},
}

// ALE sends diagnostics of its own making, with columns in bytes and neither
// source nor data; others send those of other servers, or none.
func TestActionsNeedNoDiagnostics(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, modernClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	at := textRange{textPosition{0, 14}, textPosition{0, 14}}
	var want string
	for _, diagnostics := range []string{
		`[]`,
		`[{"range":{"start":{"line":0,"character":99},"end":{"line":0,"character":99}},"code":"leak","message":"this leaks"}]`,
		`[{"range":{"start":{"line":0,"character":13},"end":{"line":0,"character":17}},"source":"compiler","message":"unused","data":{"x":[1]}}]`,
		`[{"range":{"start":{"line":0,"character":13},"end":{"line":0,"character":17}},"severity":2,"code":{"value":1},"source":"ctxls","message":"","data":"forged"}]`,
	} {
		result, err := p.call("textDocument/codeAction", map[string]any{
			"textDocument": map[string]any{"uri": uri}, "range": at, "context": map[string]any{"diagnostics": json.RawMessage(diagnostics)},
		})
		switch {
		case code(err) == -32602 && strings.Contains(diagnostics, `"code":{`):
			continue // no diagnostic at all
		case err != nil || !strings.Contains(string(result), "Mend it"):
			t.Errorf("%s: %s %v", diagnostics, result, err)
		case want == "":
			want = string(result)
		case want != string(result):
			t.Errorf("%s: %s, want %s", diagnostics, result, want)
		}
	}
}

// On save VS Code sends the range of the whole document, recipes for Neovim
// the position of the cursor.
func TestFixAllIsForTheFile(t *testing.T) {
	text := "package m // LEAK\n\n// LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, modernClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	for _, kind := range []string{"source.fixAll", "source.fixAll.ctxls"} {
		for _, at := range []textRange{{}, {End: textPosition{3, 0}}, {textPosition{1, 0}, textPosition{1, 0}}, {textPosition{99, 9}, textPosition{99, 9}}} {
			params := codeActionParams(uri, 0, 0, kind)
			params["range"] = at
			result, err := p.call("textDocument/codeAction", params)
			var actions []action
			if err != nil || json.Unmarshal(result, &actions) != nil {
				t.Fatalf("%s %v", result, err)
			}
			if len(actions) != 1 || actions[0].Kind != "source.fixAll.ctxls" || len(actions[0].Edit.DocumentChanges[0].Edits) != 2 {
				t.Errorf("%s at %v: %+v", kind, at, actions)
			}
		}
	}
}

// govim falls over a quick fix without an edit or without its diagnostic, and
// ALE runs a command in place of the edit.
func TestQuickFixesCarryTheirEdits(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, modernClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 5, text)
	actions := p.actions(uri, 0, 14, "quickfix")
	if len(actions) != 3 {
		t.Fatalf("%+v", actions)
	}
	for i, a := range actions {
		if a.Kind != "quickfix" || a.Command != nil || len(a.Diagnostics) != 1 || len(a.Edit.DocumentChanges) != 1 || a.IsPreferred != (i == 0) {
			t.Errorf("%+v", a)
			continue
		}
		if doc := a.Edit.DocumentChanges[0].TextDocument; doc.URI != uri || doc.Version == nil || *doc.Version != 5 {
			t.Errorf("an edit of %+v", doc)
		}
	}
}

// To ALE, Eglot, Helix and govim no kinds mean all kinds; whole-file actions
// have no place in a menu.
func TestActionsWithoutKinds(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	p := dial(t, new(fakes).options())
	p.initialize(dir, modernClient)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, text)
	for _, context := range []string{`{"diagnostics":[]}`, `{"diagnostics":[],"only":[]}`, `{"diagnostics":[],"only":[""]}`, `{"diagnostics":[],"only":null}`, `{"diagnostics":[],"triggerKind":2}`} {
		params := codeActionParams(uri, 0, 14)
		params["context"] = json.RawMessage(context)
		result, err := p.call("textDocument/codeAction", params)
		if err != nil || !strings.Contains(string(result), "quickfix") || strings.Contains(string(result), "source.") {
			t.Errorf("%s: %s %v", context, result, err)
		}
	}
}

// govim and a plain Vim channel break on requests that they did not announce;
// others show, or choke on, properties that they don't know.
func TestNothingUnannounced(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m // LEAK\n", "b/b.go": "package b // LEAK\n"})
	opts := new(fakes).options()
	opts.Typing = time.Millisecond
	p := dial(t, opts)
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 1, "package m // LEAK\n")
	p.replaceAll(uri, 2, "package m // LEAK, LEAK\n")
	p.save(uri)
	p.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"ctxls": map[string]any{"rules": map[string]any{"leak": "error"}, "nonsense": 1}}})
	p.notify("workspace/didChangeWorkspaceFolders", map[string]any{"event": map[string]any{"added": []any{map[string]any{"uri": fileURI(dir + "/b"), "name": "b"}}, "removed": []any{}}})
	p.call("textDocument/diagnostic", pullParams(uri))
	p.call("workspace/diagnostic", map[string]any{"previousResultIds": []any{}})
	p.actions(uri, 0, 14)
	p.call("workspace/executeCommand", map[string]any{"command": commandRestart})
	p.call("workspace/executeCommand", map[string]any{"command": commandIgnore, "arguments": []any{map[string]any{"uri": uri, "rule": "leak"}}})
	p.replaceAll(uri, 3, "package m // a single LEAK\n")
	eventually(t, "the last diagnostics", func() bool {
		d := p.published(uri)
		return d.Version != nil && *d.Version == 3 && len(d.Diagnostics) == 1 && d.Diagnostics[0].Severity == 1
	})
	result, err := p.call("textDocument/codeAction", codeActionParams(uri, 0, 20))
	if err != nil || len(result) < 3 {
		t.Fatalf("%s %v", result, err)
	}
	for _, property := range []string{"isPreferred", `"data"`, "documentChanges", "codeDescription", "relatedInformation", "tags"} {
		if strings.Contains(string(result), property) {
			t.Errorf("%s in %s", property, result)
		}
	}
	p.none("a request, or something that nobody asked for", func(m message) bool {
		known := []string{"textDocument/publishDiagnostics", "window/showMessage"}
		return m.Method != "" && (m.ID != nil || !slices.Contains(known, m.Method))
	})
}

// All that a client announced is used.
func TestDiagnosticsOfModernClients(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n\nimport \"context\"\n\nfunc F(ctx context.Context) {\n\tctx, cancel := context.WithCancel(ctx)\n\tif ctx.Err() != nil {\n\t\treturn\n\t}\n\tcancel()\n}\n\n//ctxls:ignore deafloop because\n"})
	for _, capabilities := range []map[string]any{
		modernClient,
		{"textDocument": map[string]any{"diagnostic": modernClient["textDocument"].(map[string]any)["publishDiagnostics"]}},
	} {
		p := dial(t, Options{CacheDir: stdCache})
		p.initialize(dir, capabilities)
		uri := fileURI(dir + "/a.go")
		var list []diagnostic
		if capabilities["workspace"] == nil {
			list = p.pull(uri).Items
		} else {
			list = p.published(uri).Diagnostics
		}
		if len(list) != 2 {
			t.Fatalf("%+v", list)
		}
		lost, unused := list[0], list[1]
		if lost.Source != "ctxls" || lost.Code != "lostcancel" || !strings.HasSuffix(lost.CodeDescription.Href, "/diagnostics/lostcancel/doc.md") ||
			!strings.HasPrefix(lost.CodeDescription.Href, "https://") || lost.Severity != 2 || len(lost.Tags) != 0 {
			t.Errorf("%+v", lost)
		}
		if want := `{"rule":"lostcancel","variable":"cancel"}`; string(lost.Data) != want {
			t.Errorf("data %s, want %s", lost.Data, want)
		}
		if len(lost.RelatedInformation) == 0 || lost.RelatedInformation[0].Message == "" || lost.RelatedInformation[0].Location.URI != uri {
			t.Errorf("related: %+v", lost.RelatedInformation)
		}
		if unused.Code != "unusedignore" || unused.Severity != 4 || !slices.Equal(unused.Tags, []int{1}) {
			t.Errorf("%+v", unused)
		}
	}
}

// UTF-16 must work, since most know nothing else.
func TestPositionEncodings(t *testing.T) {
	text := "package m // 𝔘é LEAK\n"
	dir := module(t, map[string]string{"a.go": text})
	for _, tt := range []struct {
		offered   string
		want      string
		character int
	}{
		{`null`, "utf-16", 17},
		{`[]`, "utf-16", 17},
		{`["utf-16"]`, "utf-16", 17},
		{`["utf-16", "utf-8"]`, "utf-8", 20},
		{`["utf-32", "utf-16"]`, "utf-16", 17},
		{`["utf-32"]`, "utf-16", 17},
		{`["utf-32", "utf-8"]`, "utf-8", 20},
		{`["ebcdic"]`, "utf-16", 17},
	} {
		t.Run(tt.offered, func(t *testing.T) {
			opts := new(fakes).options()
			opts.Typing = time.Millisecond
			p := dial(t, opts)
			result := p.initialize(dir, map[string]any{"general": map[string]any{"positionEncodings": json.RawMessage(tt.offered)}})
			if want := fmt.Sprintf(`"positionEncoding":%q`, tt.want); !strings.Contains(string(result), want) {
				t.Errorf("%s not in %s", want, result)
			}
			uri := fileURI(dir + "/a.go")
			p.open(uri, 1, text)
			d := p.published(uri)
			for d.Version == nil {
				d = p.published(uri)
			}
			if got := d.Diagnostics[0].Range.Start.Character; got != tt.character {
				t.Errorf("it starts at %d, want %d", got, tt.character)
			}
			// An edit right before it.
			p.notify("textDocument/didChange", map[string]any{
				"textDocument": map[string]any{"uri": uri, "version": 2},
				"contentChanges": []any{map[string]any{
					"range": textRange{textPosition{0, tt.character - 1}, textPosition{0, tt.character}}, "text": "\n//",
				}},
			})
			d = p.published(uri)
			if got, want := d.Diagnostics[0].Range.Start, (textPosition{1, 2}); got != want {
				t.Errorf("after an edit it starts at %v, want %v", got, want)
			}
		})
	}
}
