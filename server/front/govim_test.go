package front

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// govimTakes are the requests and notifications that govim has an answer to;
// any other one ends it.
var govimTakes = []string{
	"window/showMessage", "window/logMessage", "textDocument/publishDiagnostics", "$/progress", "window/workDoneProgress/create",
	"client/registerCapability", "client/unregisterCapability", "workspace/configuration", "workspace/applyEdit",
}

// govimRegisters are the methods that it lets a server register.
var govimRegisters = []string{
	"workspace/didChangeConfiguration", "workspace/didChangeWorkspaceFolders", "workspace/didChangeWatchedFiles", "textDocument/semanticTokens",
}

// TestGovim plays govim, which knows gopls and nothing else.
func TestGovim(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	// Word for word what it says, but for the folder.
	const greeting = `{"processId":0,"clientInfo":{"name":"govim","version":"v0.0.36"},"rootUri":"","capabilities":{
		"workspace":{"didChangeConfiguration":{"dynamicRegistration":true},"didChangeWatchedFiles":{"dynamicRegistration":true},"configuration":true},
		"textDocument":{"completion":{"completionItem":{}},"hover":{"contentFormat":["plaintext"]},"documentSymbol":{},
			"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":null}}},"publishDiagnostics":{},
			"semanticTokens":{"requests":{},"tokenTypes":null,"tokenModifiers":null,"formats":null}},
		"window":{"workDoneProgress":true}},
		"initializationOptions":{"symbolMatcher":"fuzzy","symbolStyle":"full"},"workspaceFolders":[{"uri":"DIR","name":""}]}`
	v.call("initialize", json.RawMessage(strings.ReplaceAll(greeting, "DIR", "file://"+v.dir)))
	v.notify("initialized", map[string]any{})
	gopls := v.life()
	gopls.next("initialized", method("initialized"))

	// It reads the first item only, and that must be gopls's.
	gopls.send(&message{ID: json.RawMessage("1"), Method: "workspace/configuration", Params: json.RawMessage(`{"items":[{"section":"gopls"}]}`)})
	asked := v.next("the request for settings", method("workspace/configuration"))
	var p struct{ Items []struct{ Section string } }
	if err := json.Unmarshal(asked.Params, &p); err != nil || p.Items[0].Section != "gopls" {
		t.Errorf("%s: %v", asked.Params, err)
	}
	v.send(&message{ID: asked.ID, Result: json.RawMessage(`[{}]`)})
	gopls.answer("1")

	v.open(uri, lost)
	s := v.shown(uri, "ctxls")
	if at := s.Diagnostics[0].Range.Start; at.Character != strings.Index(strings.ReplaceAll(strings.Split(lost, "\n")[10], "😀", ".."), "cancel") {
		t.Errorf("the finding is at %+v: not in UTF-16", at)
	}

	// A quick fix without an edit ends it, one without what it mends is not shown,
	// and of an edit it does but the document changes.
	params := atLine(uri, 10, 0)
	params["context"] = map[string]any{"diagnostics": []any{}, "only": []string{"quickfix"}}
	found := 0
	for _, a := range v.actions(v.call("textDocument/codeAction", params)) {
		if a.Kind != "quickfix" {
			continue
		}
		found++
		var edit struct{ DocumentChanges []json.RawMessage }
		if err := json.Unmarshal(a.Edit, &edit); err != nil || len(edit.DocumentChanges) == 0 || len(a.Diagnostics) == 0 {
			t.Errorf("%q: edit %s, diagnostics %s", a.Title, a.Edit, a.Diagnostics)
		}
	}
	if found == 0 {
		t.Error("no quick fix")
	}

	// On a save it asks for all kinds, and takes the one that sorts imports.
	organizers := 0
	for _, a := range v.actions(v.call("textDocument/codeAction", atLine(uri, 0, 0))) {
		if a.Kind == "source.organizeImports" {
			organizers++
		}
	}
	if organizers != 1 {
		t.Errorf("%d actions sort the imports, want 1", organizers)
	}

	v.call("shutdown", nil)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, m := range slices.Concat(v.inbox, v.requests) {
		if m.isResponse() {
			continue
		}
		if !slices.Contains(govimTakes, m.Method) {
			t.Errorf("govim ends with %s", m.Method)
		}
		if m.Method != "client/registerCapability" {
			continue
		}
		var p struct{ Registrations []struct{ Method string } }
		if err := json.Unmarshal(m.Params, &p); err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Registrations {
			if !slices.Contains(govimRegisters, r.Method) {
				t.Errorf("govim ends with a registration of %s", r.Method)
			}
		}
	}
}
