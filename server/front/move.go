package front

import (
	"encoding/json"
	"strings"
	"unicode/utf16"

	"go.lsp.dev/protocol"
)

// move lets both lists follow the edits of the client: each is sent again with
// the other side's next one, which is about a newer text.
func (p *published) move(changes []protocol.TextDocumentContentChangeEvent) {
	for _, change := range changes {
		if c, ok := change.(*protocol.TextDocumentContentChangePartial); ok {
			moveAll(p.ours, c)
			moveAll(p.theirs, c)
		}
	}
}

func moveAll(list []json.RawMessage, c *protocol.TextDocumentContentChangePartial) {
	for i, raw := range list {
		var d struct{ Range protocol.Range }
		if json.Unmarshal(raw, &d) != nil {
			continue
		}
		moved := protocol.Range{Start: movePosition(d.Range.Start, c), End: movePosition(d.Range.End, c)}
		if moved == d.Range {
			continue
		}
		if data, err := json.Marshal(moved); err == nil {
			list[i] = with(raw, string(data), "range")
		}
	}
}

// movePosition is where a position is after a change, in UTF-16 units. One in
// what is replaced goes to its start.
func movePosition(at protocol.Position, c *protocol.TextDocumentContentChangePartial) protocol.Position {
	start, end := c.Range.Start, c.Range.End
	switch {
	case before(at, start):
		return at
	case before(at, end):
		return start
	}
	lines := strings.Split(c.Text, "\n")
	last := uint32(len(utf16.Encode([]rune(lines[len(lines)-1]))))
	moved := protocol.Position{Line: at.Line - end.Line + start.Line + uint32(len(lines)-1), Character: at.Character}
	if at.Line == end.Line {
		moved.Character = at.Character - end.Character + last
		if len(lines) == 1 {
			moved.Character += start.Character
		}
	}
	return moved
}

func before(a, b protocol.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Character < b.Character
}
