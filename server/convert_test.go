package server

import (
	"testing"
	"unicode/utf8"

	"go.lsp.dev/protocol"
)

const (
	utf8Encoding  = protocol.PositionEncodingKindUTF8
	utf16Encoding = protocol.PositionEncodingKindUTF16
	utf32Encoding = protocol.PositionEncodingKindUTF32
)

func TestPositions(t *testing.T) {
	const text = "aé𝔘b\r\nsecond\n\nlast"
	for _, tt := range []struct {
		encoding   protocol.PositionEncodingKind
		offset     int
		line, char uint32
	}{
		{utf8Encoding, 0, 0, 0}, {utf8Encoding, 1, 0, 1}, {utf8Encoding, 3, 0, 3}, {utf8Encoding, 7, 0, 7}, {utf8Encoding, 8, 0, 8},
		{utf16Encoding, 1, 0, 1}, {utf16Encoding, 3, 0, 2}, {utf16Encoding, 7, 0, 4}, {utf16Encoding, 8, 0, 5},
		{utf16Encoding, 10, 1, 0}, {utf16Encoding, 16, 1, 6}, {utf16Encoding, 17, 2, 0}, {utf16Encoding, 18, 3, 0}, {utf16Encoding, 22, 3, 4},
	} {
		m := newMapper([]byte(text), tt.encoding)
		want := protocol.Position{Line: tt.line, Character: tt.char}
		if got := m.position(tt.offset); got != want {
			t.Errorf("%s: position(%d) = %v, want %v", tt.encoding, tt.offset, got, want)
		}
		if got := m.offset(want); got != tt.offset {
			t.Errorf("%s: offset(%v) = %d, want %d", tt.encoding, want, got, tt.offset)
		}
	}
}

func TestPositionsBeyond(t *testing.T) {
	m := newMapper([]byte("ab\r\n𝔘\n"), utf16Encoding)
	for _, tt := range []struct {
		what       string
		line, char uint32
		want       int
	}{
		{"past the end of a line", 0, 99, 2},
		{"past the last line", 99, 0, 9},
		{"the line after the last newline", 2, 0, 9},
		{"inside of a surrogate pair", 1, 1, 4},
		{"the greatest", 1<<32 - 1, 1<<32 - 1, 9},
	} {
		if got := m.offset(protocol.Position{Line: tt.line, Character: tt.char}); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.what, got, tt.want)
		}
	}
	for _, tt := range []struct {
		offset int
		want   protocol.Position
	}{{-1, protocol.Position{}}, {99, protocol.Position{Line: 2}}} {
		if got := m.position(tt.offset); got != tt.want {
			t.Errorf("position(%d) = %v, want %v", tt.offset, got, tt.want)
		}
	}
	for _, tt := range []struct{ line, column, want int }{{1, 2, 1}, {1, 99, 2}, {2, 1, 4}, {0, 0, 0}, {99, 1, 0}, {1, 0, 0}} {
		if got := m.byteColumn(tt.line, tt.column); got != tt.want {
			t.Errorf("byteColumn(%d, %d) = %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
}

// A carriage return alone ends a line of the protocol, not one of Go.
func TestLoneCarriageReturn(t *testing.T) {
	m := newMapper([]byte("a\rbc\r\nd\n\re"), utf16Encoding)
	for _, tt := range []struct {
		offset     int
		line, char uint32
	}{{0, 0, 0}, {1, 0, 1}, {2, 1, 0}, {4, 1, 2}, {6, 2, 0}, {7, 2, 1}, {8, 3, 0}, {9, 4, 0}, {10, 4, 1}} {
		at := protocol.Position{Line: tt.line, Character: tt.char}
		if got := m.position(tt.offset); got != at {
			t.Errorf("position(%d) = %v, want %v", tt.offset, got, at)
		}
		if got := m.offset(at); got != tt.offset {
			t.Errorf("offset(%v) = %d, want %d", at, got, tt.offset)
		}
	}
	for _, tt := range []struct{ line, column, want int }{{1, 3, 2}, {1, 99, 4}, {2, 1, 6}, {3, 2, 9}, {4, 1, 0}} {
		if got := m.byteColumn(tt.line, tt.column); got != tt.want {
			t.Errorf("byteColumn(%d, %d) = %d, want %d", tt.line, tt.column, got, tt.want)
		}
	}
	change := &protocol.TextDocumentContentChangePartial{Range: protocol.Range{
		Start: protocol.Position{Line: 1, Character: 1}, End: protocol.Position{Line: 2},
	}, Text: "x"}
	text := Apply(m.text, []protocol.TextDocumentContentChangeEvent{change}, utf16Encoding)
	if want := "a\rbxd\n\re"; string(text) != want {
		t.Errorf("%q, want %q", text, want)
	}
}

func FuzzPositions(f *testing.F) {
	f.Add("aé𝔘b\r\nsecond\n\nlast", 3)
	f.Add("\xff\n\xf0\x9d", 2)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		for _, encoding := range []protocol.PositionEncodingKind{utf8Encoding, utf16Encoding} {
			m := newMapper([]byte(text), encoding)
			p := m.position(offset)
			back := m.offset(p)
			if back < 0 || back > len(text) {
				t.Fatalf("%s: offset(%v) = %d of %d", encoding, p, back, len(text))
			}
			inside := offset >= 0 && offset <= len(text) && (offset == len(text) || utf8.RuneStart(text[offset]))
			ends := offset > 0 && offset < len(text) && text[offset-1] == '\r' && text[offset] == '\n'
			if inside && !ends && utf8.ValidString(text) && back != offset {
				t.Errorf("%s: %d became %v became %d", encoding, offset, p, back)
			}
		}
	})
}

func TestApply(t *testing.T) {
	at := func(line, from, to uint32, text string) protocol.TextDocumentContentChangeEvent {
		return &protocol.TextDocumentContentChangePartial{Range: protocol.Range{
			Start: protocol.Position{Line: line, Character: from}, End: protocol.Position{Line: line, Character: to},
		}, Text: text}
	}
	for _, tt := range []struct {
		what    string
		changes []protocol.TextDocumentContentChangeEvent
		want    string
	}{
		{"none", nil, "one\ntwo\n"},
		{"insertion", []protocol.TextDocumentContentChangeEvent{at(0, 3, 3, "!")}, "one!\ntwo\n"},
		{"each from the result of the last", []protocol.TextDocumentContentChangeEvent{at(0, 0, 0, "zero\n"), at(1, 0, 3, "1")}, "zero\n1\ntwo\n"},
		{"deletion", []protocol.TextDocumentContentChangeEvent{at(1, 0, 9, "")}, "one\n\n"},
		{"at the end", []protocol.TextDocumentContentChangeEvent{at(2, 0, 0, "three")}, "one\ntwo\nthree"},
		{"backwards", []protocol.TextDocumentContentChangeEvent{at(0, 3, 0, "1")}, "1\ntwo\n"},
		{"everything", []protocol.TextDocumentContentChangeEvent{at(1, 0, 3, ""), at(0, 0, 3, ""), &protocol.TextDocumentContentChangePartial{Range: protocol.Range{End: protocol.Position{Line: 9}}}}, ""},
		{"whole", []protocol.TextDocumentContentChangeEvent{at(0, 0, 1, ""), &protocol.TextDocumentContentChangeWholeDocument{Text: "new"}, at(0, 0, 0, "a ")}, "a new"},
	} {
		if got := Apply([]byte("one\ntwo\n"), tt.changes, utf16Encoding); string(got) != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		} else if got == nil {
			t.Errorf("%s: the text is nil", tt.what)
		}
	}
}

func TestNegotiation(t *testing.T) {
	for _, tt := range []struct {
		offered []protocol.PositionEncodingKind
		want    protocol.PositionEncodingKind
	}{
		{nil, utf16Encoding},
		{[]protocol.PositionEncodingKind{utf16Encoding}, utf16Encoding},
		{[]protocol.PositionEncodingKind{utf32Encoding, utf16Encoding, utf8Encoding}, utf8Encoding},
		{[]protocol.PositionEncodingKind{utf32Encoding, utf16Encoding}, utf16Encoding},
		{[]protocol.PositionEncodingKind{utf32Encoding}, utf16Encoding},
		{[]protocol.PositionEncodingKind{"utf-7"}, utf16Encoding},
	} {
		if got := negotiate(tt.offered); got != tt.want {
			t.Errorf("negotiate(%v) = %s, want %s", tt.offered, got, tt.want)
		}
	}
}
