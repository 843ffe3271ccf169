package front

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

func TestMovePosition(t *testing.T) {
	change := func(startLine, start, endLine, end uint32, text string) *protocol.TextDocumentContentChangePartial {
		return &protocol.TextDocumentContentChangePartial{Text: text, Range: protocol.Range{
			Start: protocol.Position{Line: startLine, Character: start}, End: protocol.Position{Line: endLine, Character: end},
		}}
	}
	for _, test := range []struct {
		name   string
		change *protocol.TextDocumentContentChangePartial
		want   string // of 5:10
	}{
		{"lines above", change(1, 0, 1, 0, "a\nb\n"), "7:10"},
		{"a line less above", change(1, 0, 2, 0, ""), "4:10"},
		{"text before it in the line", change(5, 2, 5, 4, "abc"), "5:11"},
		{"two units before it", change(5, 0, 5, 0, "🚀"), "5:12"},
		{"a line break before it", change(5, 4, 5, 4, "x\nyz"), "6:8"},
		{"the line is joined with the one above", change(4, 7, 5, 2, ""), "4:15"},
		{"right before it", change(5, 10, 5, 10, "ab"), "5:12"},
		{"behind it in the line", change(5, 11, 5, 12, "abc"), "5:10"},
		{"lines below", change(6, 0, 6, 0, "a\n"), "5:10"},
		{"around it", change(5, 8, 5, 12, "abcdef"), "5:8"},
	} {
		got := movePosition(protocol.Position{Line: 5, Character: 10}, test.change)
		if text := fmt.Sprintf("%d:%d", got.Line, got.Character); text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}

// The list of one side that is sent again with the other's is where the text is
// by then.
func TestListsFollowTheText(t *testing.T) {
	v := open(t, helpful)
	v.write("go.mod", module)
	uri := v.write("m.go", lost)
	v.greet(map[string]any{"ctxls": map[string]any{"typingDelay": "off"}})
	v.open(uri, lost)
	before := v.shown(uri, "ctxls").Diagnostics[0].Range.Start
	gopls := v.life()
	at := func(line int) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"start":{"line":%d,"character":1},"end":{"line":%d,"character":2}}`, line, line))
	}
	v.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": uri, "version": 2},
		"contentChanges": []any{map[string]any{"range": at(2), "text": strings.Repeat("\n", 10)}},
	})
	gopls.next("didChange", method("textDocument/didChange"))
	gopls.notify("textDocument/publishDiagnostics", map[string]any{
		"uri": uri, "version": 2, "diagnostics": []any{map[string]any{"range": at(0), "source": "compiler", "message": "x"}},
	})
	after := v.shown(uri, "compiler", "ctxls").Diagnostics[1].Range.Start
	if after.Line != before.Line+10 || after.Character != before.Character {
		t.Errorf("the finding went from %+v to %+v, want ten lines down", before, after)
	}
}
