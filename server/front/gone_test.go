package front

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// What a gopls that died has shown and begun is taken back: the next one knows
// nothing of it.
func TestGoplsTakesItsWordsWithIt(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	gopls := v.life()
	gopls.next("initialized", method("initialized"))
	progress := func(token, kind string) {
		gopls.notify("$/progress", map[string]any{"token": token, "value": map[string]any{"kind": kind, "title": token}})
	}
	progress("ended", "begin")
	progress("ended", "end")
	progress("left", "begin")
	at := map[string]any{"start": map[string]any{"line": 0, "character": 0}, "end": map[string]any{"line": 0, "character": 1}}
	gopls.notify("textDocument/publishDiagnostics", map[string]any{
		"uri": uri + "x", "diagnostics": []any{map[string]any{"range": at, "source": "compiler", "message": "x"}},
	})
	v.shown(uri+"x", "compiler")
	gopls.die()
	v.shown(uri + "x")
	ends := func(token string) func(m *message) bool {
		return func(m *message) bool {
			var p struct {
				Token string
				Value struct{ Kind string }
			}
			return m.Method == "$/progress" && json.Unmarshal(m.Params, &p) == nil && p.Token == token && p.Value.Kind == "end"
		}
	}
	v.next("its own end", ends("ended"))
	v.next("the end of what it left", ends("left"))
	v.none("a second end", ends("ended"))
}

// A gopls that refuses the greeting isn't asked again; the rest works.
func TestGoplsRefuses(t *testing.T) {
	v := open(t, func(l *life, m *message) *message {
		if m.Method == "initialize" {
			return &message{Error: json.RawMessage(`{"code":-32603,"message":"no such mode"}`)}
		}
		return helpful(l, m)
	})
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	if m := v.greet(nil); !strings.Contains(string(m.Result), `"ctxls.`) {
		t.Errorf("the greeting was answered by %s %s", m.Result, m.Error)
	}
	m := v.next("a message", method("window/showMessage"))
	if !strings.Contains(string(m.Params), "no such mode") || !strings.Contains(string(m.Params), "without gopls") {
		t.Errorf("%s", m.Params)
	}
	v.open(uri, lost)
	v.shown(uri, "ctxls")
	if m := v.call("textDocument/definition", atLine(uri, 1, 2)); !strings.Contains(string(m.Error), textGoplsGone) {
		t.Errorf("definition: %s %s", m.Result, m.Error)
	}
	v.life()
	select {
	case <-v.lives:
		t.Error("it was started again")
	case <-time.After(firstPause + 200*time.Millisecond):
	}
}

// Our fixes on save wait for nobody else.
func TestOurFixesAlone(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(nil)
	v.open(uri, lost)
	params := atLine(uri, 0, 0)
	params["context"] = map[string]any{"diagnostics": []any{}, "only": []string{"source.fixAll.ctxls"}}
	got := v.actions(v.call("textDocument/codeAction", params))
	if len(got) != 1 || got[0].Kind != "source.fixAll.ctxls" {
		t.Errorf("%+v", got)
	}
	v.life().none("a request for our fixes", method("textDocument/codeAction"))
}

// A client that leaves before it has said anything, or while gopls is about to
// be started again, doesn't wait for one.
func TestLeavingEarly(t *testing.T) {
	v := open(t, helpful)
	start := time.Now()
	v.hangUp()
	if <-v.served; time.Since(start) > closeTime {
		t.Errorf("the end took %v", time.Since(start))
	}
	v.served <- nil // for the cleanup

	v = open(t, helpful)
	v.greet(nil)
	v.life().die()
	v.next("a message", method("window/showMessage"))
	start = time.Now()
	v.hangUp()
	if <-v.served; time.Since(start) > closeTime {
		t.Errorf("the end took %v", time.Since(start))
	}
	v.served <- nil
	select {
	case <-v.lives:
		t.Error("another gopls was started")
	default:
	}
}

func TestSpellingsOfAFile(t *testing.T) {
	for _, spelling := range []string{"file:///c:/a/b.go", "file:///C:/a/b.go", "file:///c%3A/a/b.go"} {
		if got := pathOf(spelling); got != "file:/c:/a/b.go" {
			t.Errorf("%s is %s", spelling, got)
		}
	}
}
