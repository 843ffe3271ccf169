package front

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

const module = "module example.com/m\n\ngo 1.24\n"

// The emoji takes one position in some encodings and two in UTF-16.
const lost = `package m

import (
	"context"
	"time"
)

func work(ctx context.Context) error { return ctx.Err() }

func lost(parent context.Context) error {
	/* 😀 */ ctx, cancel := context.WithTimeout(parent, time.Second)
	if err := work(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}
`

// helpful answers as gopls does, as far as the front looks at it.
func helpful(l *life, m *message) *message {
	result := "null"
	switch m.Method {
	case "initialize":
		result = `{"capabilities":{"hoverProvider":true,"definitionProvider":true,
			"codeActionProvider":{"codeActionKinds":["quickfix","source.organizeImports"],"resolveProvider":true},
			"executeCommandProvider":{"commands":["gopls.tidy"]}},"serverInfo":{"name":"gopls","version":"v9"}}`
	case "shutdown":
	case "textDocument/hover":
		result = `{"contents":{"kind":"markdown","value":"func work"},"range":{"start":{"line":11,"character":11},"end":{"line":11,"character":15}}}`
	case "textDocument/codeAction":
		result = `[{"title":"Organize Imports","kind":"source.organizeImports","edit":{}}]`
	case "textDocument/definition", "workspace/executeCommand", "codeAction/resolve":
		result = fmt.Sprintf(`{"by":"gopls","params":%s}`, m.Params)
	default:
		return nil
	}
	return &message{Result: json.RawMessage(result)}
}

type shown struct {
	URI         string
	Version     *int
	Diagnostics []struct {
		Range struct {
			Start struct{ Line, Character int }
		}
		Source, Message string
		Code            any
	}
}

func (s shown) sources() []string {
	var out []string
	for _, d := range s.Diagnostics {
		out = append(out, d.Source)
	}
	return out
}

// shown waits until a file's findings have these sources.
func (v *visit) shown(uri string, sources ...string) shown {
	v.t.Helper()
	var s shown
	v.next(fmt.Sprintf("diagnostics from %v", sources), func(m *message) bool {
		var p shown
		if m.Method != "textDocument/publishDiagnostics" || json.Unmarshal(m.Params, &p) != nil || p.URI != uri || !slices.Equal(p.sources(), sources) {
			return false
		}
		s = p
		return true
	})
	return s
}

type action struct {
	Title, Kind string
	Edit        json.RawMessage
	Diagnostics []json.RawMessage
}

func (v *visit) actions(m *message) []action {
	v.t.Helper()
	var out []action
	if err := json.Unmarshal(m.Result, &out); err != nil {
		v.t.Fatalf("%s: %v", m.Result, err)
	}
	return out
}

func atLine(uri string, line, column int) map[string]any {
	at := map[string]any{"line": line, "character": column}
	return map[string]any{
		"textDocument": map[string]any{"uri": uri}, "position": at,
		"range":   map[string]any{"start": at, "end": at},
		"context": map[string]any{"diagnostics": []any{}},
	}
}

func TestBothInOne(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)

	var greeting struct {
		Capabilities struct {
			HoverProvider, DefinitionProvider, CodeLensProvider any
			CodeActionProvider                                  struct{ CodeActionKinds []string }
			ExecuteCommandProvider                              struct{ Commands []string }
			DiagnosticProvider                                  any
			PositionEncoding                                    string
		}
		ServerInfo struct{ Name string }
	}
	m := v.greet(map[string]any{"staticcheck": true, "ctxls": map[string]any{"on": []string{"ctxvalue"}}})
	if err := json.Unmarshal(m.Result, &greeting); err != nil {
		t.Fatal(err)
	}
	c := greeting.Capabilities
	if greeting.ServerInfo.Name != "gopls" || c.HoverProvider != true || c.DefinitionProvider != true || c.CodeLensProvider == nil {
		t.Errorf("the greeting is %s", m.Result)
	}
	if want := []string{"quickfix", "source.organizeImports", "source.fixAll.ctxls"}; !slices.Equal(c.CodeActionProvider.CodeActionKinds, want) {
		t.Errorf("kinds %v, want %v", c.CodeActionProvider.CodeActionKinds, want)
	}
	if commands := c.ExecuteCommandProvider.Commands; !slices.Contains(commands, "gopls.tidy") || !slices.ContainsFunc(commands, func(s string) bool { return strings.HasPrefix(s, "ctxls.") }) {
		t.Errorf("commands %v", commands)
	}
	if c.DiagnosticProvider != nil || c.PositionEncoding != "utf-16" {
		t.Errorf("we are asked for diagnostics (%v), or count in %s", c.DiagnosticProvider, c.PositionEncoding)
	}
	gopls := v.life()
	gopls.next("initialized", method("initialized"))

	v.open(uri, lost)
	gopls.next("didOpen", method("textDocument/didOpen"))
	finding := v.shown(uri, "ctxls").Diagnostics[0]
	if finding.Code != "lostcancel" || finding.Range.Start.Line != 10 || finding.Range.Start.Character != 15 {
		t.Errorf("the finding is %+v", finding)
	}

	// Each list holds both, and the same lost cancel once.
	theirs := func(list string) {
		gopls.notify("textDocument/publishDiagnostics", map[string]any{"uri": uri, "version": 1, "diagnostics": json.RawMessage(list)})
	}
	at := func(line int) string {
		return fmt.Sprintf(`"range":{"start":{"line":%d,"character":1},"end":{"line":%[1]d,"character":4}}`, line)
	}
	theirs(`[{` + at(10) + `,"source":"lostcancel","code":"default","message":"the cancel function is not used on all paths (possible context leak)"},
		{` + at(12) + `,"source":"lostcancel","code":"default","message":"this return statement may be reached without using the cancel var defined on line 11"},
		{` + at(3) + `,"source":"compiler","message":"imported and not used"}]`)
	if s := v.shown(uri, "compiler", "ctxls"); s.Version == nil || *s.Version != 1 {
		t.Errorf("version %v", s.Version)
	}
	theirs(`[]`)
	v.shown(uri, "ctxls")

	// Actions of both, ours with an edit, and no second one that sorts imports.
	var titles []string
	organizers := 0
	for _, a := range v.actions(v.call("textDocument/codeAction", atLine(uri, 10, 16))) {
		titles = append(titles, a.Title)
		if a.Kind == "source.organizeImports" {
			organizers++
		}
		if a.Kind == "quickfix" && (len(a.Edit) == 0 || len(a.Diagnostics) == 0) {
			t.Errorf("%q has no edit or no diagnostics: govim fails on that", a.Title)
		}
	}
	if organizers != 1 || len(titles) < 2 || titles[0] != "Insert defer cancel()" {
		t.Errorf("actions %q", titles)
	}

	// Both explain what is under the cursor.
	hover := v.call("textDocument/hover", atLine(uri, 10, 16))
	if text, kind := hoverText(asObject(hover.Result)["contents"]); kind != "markdown" || !strings.HasPrefix(text, "func work\n\n---\n\n") || !strings.Contains(text, "WithTimeout") {
		t.Errorf("hover: %s", hover.Result)
	}

	// What is gopls's reaches it as it is, and its answer comes back.
	for method, params := range map[string]any{
		"textDocument/definition":  atLine(uri, 1, 2),
		"workspace/executeCommand": map[string]any{"command": "gopls.tidy"},
		"codeAction/resolve":       map[string]any{"title": "x", "data": map[string]any{"id": 7}},
	} {
		var got struct {
			By     string
			Params any
		}
		if err := json.Unmarshal(v.call(method, params).Result, &got); err != nil || got.By != "gopls" || string(encode(t, got.Params)) != string(encode(t, params)) {
			t.Errorf("%s: %+v, %v", method, got, err)
		}
	}
	// An action without data is ours, and whole.
	whole := map[string]any{"title": "Insert defer cancel()"}
	if m := v.call("codeAction/resolve", whole); string(m.Result) != string(encode(t, whole)) {
		t.Errorf("resolved to %s", m.Result)
	}

	// Requests of both reach the client, and its answers the one who asked.
	gopls.send(&message{ID: json.RawMessage("1"), Method: "workspace/configuration", Params: json.RawMessage(`{"items":[{"section":"gopls"}]}`)})
	asked := v.next("the request for settings", method("workspace/configuration"))
	v.send(&message{ID: asked.ID, Result: json.RawMessage(`[{"staticcheck":true}]`)})
	if m := gopls.answer("1"); string(m.Result) != `[{"staticcheck":true}]` {
		t.Errorf("gopls got %s", m.Result)
	}
	v.none("a second request for settings", method("workspace/configuration"))

	if m := v.call("shutdown", nil); len(m.Error) > 0 {
		t.Errorf("shutdown: %s", m.Error)
	}
	v.notify("exit", nil)
	gopls.next("exit", method("exit"))
	if err := <-v.served; err != nil {
		t.Error(err)
	}
	v.served <- nil
}

// What gopls is greeted with is its own, and positions are counted in UTF-16.
func TestGreetingOfGopls(t *testing.T) {
	greeted := make(chan json.RawMessage, 1)
	v := open(t, func(l *life, m *message) *message {
		if m.Method == "initialize" {
			greeted <- m.Params
		}
		return helpful(l, m)
	})
	v.greet(map[string]any{"staticcheck": true, "ctxls": map[string]any{"onn": 1}})
	params := asObject(<-greeted)
	if got := string(params["initializationOptions"]); got != `{"staticcheck":true}` {
		t.Errorf("options %s", got)
	}
	general := asObject(asObject(params["capabilities"])["general"])
	if got := string(general["positionEncodings"]); got != `["utf-16"]` {
		t.Errorf("encodings %s", got)
	}
	// Our part of the settings is ours: it is read, and complained about.
	m := v.next("a message about the setting", method("window/showMessage"))
	if !strings.Contains(string(m.Params), "onn") {
		t.Errorf("%s", m.Params)
	}
}

// A gopls that says nothing delays neither findings nor fixes.
func TestSlowGopls(t *testing.T) {
	v := open(t, func(l *life, m *message) *message {
		if m.Method == "initialize" || m.Method == "shutdown" {
			return helpful(l, m)
		}
		return nil
	})
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	v.open(uri, lost)
	v.shown(uri, "ctxls")
	params := atLine(uri, 10, 16)
	params["context"] = map[string]any{"diagnostics": []any{}, "only": []string{"quickfix"}}
	start := time.Now()
	if got := v.actions(v.call("textDocument/codeAction", params)); len(got) == 0 || got[0].Title != "Insert defer cancel()" {
		t.Errorf("actions %v", got)
	}
	if took := time.Since(start); took < waitForGopls/2 {
		t.Errorf("gopls was given %v only", took)
	}
	// Its answer comes after all, and isn't a second one.
	gopls := v.life()
	late := gopls.next("the request", method("textDocument/codeAction"))
	gopls.send(&message{ID: late.ID, Result: json.RawMessage(`[]`)})
	pass := v.ask("textDocument/definition", atLine(uri, 1, 2))
	request := gopls.next("the definition", method("textDocument/definition"))
	gopls.send(&message{ID: request.ID, Result: json.RawMessage(`[]`)})
	v.answer(pass)
	v.none("a second answer", func(m *message) bool { return string(m.ID) == string(late.ID) })
}

// A gopls that dies is started again and told what is open, as it is by then.
func TestGoplsDies(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	v.open(uri, lost)
	v.shown(uri, "ctxls")
	first := v.life()
	first.next("didOpen", method("textDocument/didOpen"))
	waiting := v.ask("textDocument/references", atLine(uri, 1, 2))
	first.next("the request", method("textDocument/references"))
	// Three units into the line after an emoji.
	v.notify("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": 2},
		"contentChanges": []any{map[string]any{
			"range": map[string]any{"start": map[string]any{"line": 10, "character": 6}, "end": map[string]any{"line": 10, "character": 6}},
			"text":  "!",
		}},
	})
	first.next("didChange", method("textDocument/didChange"))
	first.die()

	if m := v.answer(waiting); len(m.Error) == 0 {
		t.Errorf("the request that gopls took with it was answered by %s", m.Result)
	}
	m := v.next("a message", method("window/showMessage"))
	if !strings.Contains(string(m.Params), "starts it again") {
		t.Errorf("%s", m.Params)
	}
	// Ours go on meanwhile.
	if got := v.actions(v.call("textDocument/codeAction", atLine(uri, 10, 16))); len(got) == 0 {
		t.Error("no fixes without gopls")
	}

	second := v.life()
	told := second.next("the open file", method("textDocument/didOpen"))
	var p struct{ TextDocument document }
	if err := json.Unmarshal(told.Params, &p); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(lost, "😀", "😀!", 1); p.TextDocument.Text != want || p.TextDocument.Version != 2 || p.TextDocument.URI != uri {
		t.Errorf("gopls is told %+v", p.TextDocument)
	}
	// Numbers of the second one are not those of the first.
	second.send(&message{ID: json.RawMessage("1"), Method: "workspace/configuration", Params: json.RawMessage(`{"items":[]}`)})
	asked := v.next("the request for settings", method("workspace/configuration"))
	v.send(&message{ID: json.RawMessage("1"), Result: json.RawMessage(`"to the first one"`)})
	v.send(&message{ID: asked.ID, Result: json.RawMessage(`[]`)})
	if m := second.answer("1"); string(m.Result) != "[]" {
		t.Errorf("gopls got %s", m.Result)
	}
	if m := v.call("textDocument/definition", atLine(uri, 1, 2)); len(m.Error) > 0 {
		t.Errorf("definition: %s", m.Error)
	}
}

// Without gopls the rest works, and that is said once.
func TestNoGopls(t *testing.T) {
	v := &visit{dir: t.TempDir(), served: make(chan error, 1)}
	v.start(t, func(ctx context.Context) (*Process, error) {
		return Command("no-such-gopls", nil, t.Output())(ctx)
	})
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	v.open(uri, lost)
	v.shown(uri, "ctxls")
	m := v.next("a message", method("window/showMessage"))
	if !strings.Contains(string(m.Params), "no-such-gopls") {
		t.Errorf("%s", m.Params)
	}
	if m := v.call("textDocument/definition", atLine(uri, 1, 2)); !strings.Contains(string(m.Error), textGoplsGone) {
		t.Errorf("definition: %s %s", m.Result, m.Error)
	}
	if got := v.actions(v.call("textDocument/codeAction", atLine(uri, 10, 16))); len(got) == 0 {
		t.Error("no fixes without gopls")
	}
	v.none("a second message", method("window/showMessage"))
}

// TestRealGopls needs gopls on PATH, which the tests don't install.
func TestRealGopls(t *testing.T) {
	path, err := exec.LookPath("gopls")
	if err != nil {
		t.Skip("no gopls on PATH")
	}
	v := &visit{dir: t.TempDir(), served: make(chan error, 1), settings: json.RawMessage("[null]")}
	v.start(t, Command(path, nil, t.Output()))
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	v.open(uri, lost)
	v.shown(uri, "unusedfunc", "ctxls") // gopls has a word of its own, and not the one that ours stands for
	v.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": 2},
		"contentChanges": []any{map[string]any{"text": strings.Replace(lost, "return nil", "return 1", 1)}},
	})
	v.next("diagnostics of both", func(m *message) bool {
		return m.Method == "textDocument/publishDiagnostics" && strings.Contains(string(m.Params), `"compiler"`)
	})
	def := v.call("textDocument/definition", atLine(uri, 11, 13))
	if !strings.Contains(string(def.Result), "m.go") {
		t.Errorf("definition: %s %s", def.Result, def.Error)
	}
}
