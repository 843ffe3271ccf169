package front

import (
	"encoding/json"
	"strings"
	"testing"
)

// A gopls that dies before it has answered the client's greeting is started
// again, and the client waits for that one.
func TestGoplsDiesAtTheGreeting(t *testing.T) {
	first := true
	v := open(t, func(l *life, m *message) *message {
		if m.Method == "initialize" && first {
			first = false
			l.die()
			return nil
		}
		return helpful(l, m)
	})
	if m := v.greet(nil); !strings.Contains(string(m.Result), `"gopls.tidy"`) || !strings.Contains(string(m.Result), `"ctxls.`) {
		t.Errorf("the greeting is %s", m.Result)
	}
	v.life()
	second := v.life()
	second.next("initialized", method("initialized"))
	if m := v.call("textDocument/definition", atLine("file:///m.go", 1, 2)); len(m.Error) > 0 {
		t.Errorf("definition: %s", m.Error)
	}
	if m := v.call("initialize", map[string]any{"capabilities": everything}); len(m.Error) == 0 {
		t.Errorf("a second greeting was answered by %s", m.Result)
	}
}

// What a gopls says that ends at once is told with its end.
func TestGoplsSaysWhy(t *testing.T) {
	v := &visit{dir: t.TempDir(), served: make(chan error, 1), settings: json.RawMessage("[null]")}
	v.start(t, Command("sh", []string{"-c", "echo flag provided but not defined: -x >&2; exit 2"}, t.Output()))
	v.ask("initialize", map[string]any{"capabilities": everything})
	m := v.next("a message", method("window/showMessage"))
	if !strings.Contains(string(m.Params), "exit status 2: flag provided but not defined: -x") {
		t.Errorf("%s", m.Params)
	}
}
