package server

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/diagnostics"
)

// mapper converts between byte offsets of one text and positions of the
// protocol. Lines end with "\n", "\r\n" or "\r", as the protocol wants it.
type mapper struct {
	text     []byte
	lines    []int // offsets of their starts
	encoding protocol.PositionEncodingKind
}

func newMapper(text []byte, encoding protocol.PositionEncodingKind) *mapper {
	m := &mapper{text: text, lines: make([]int, 1, 1+bytes.Count(text, []byte("\n"))), encoding: encoding}
	for i, b := range text {
		if b == '\n' || b == '\r' && !bytes.HasPrefix(text[i+1:], []byte("\n")) {
			m.lines = append(m.lines, i+1)
		}
	}
	return m
}

// units counts what r takes in the encoding.
func (m *mapper) units(r rune, size int) int {
	switch {
	case m.encoding == protocol.PositionEncodingKindUTF8:
		return size
	case r >= 0x10000:
		return 2
	}
	return 1
}

// position of an offset; one past the end of the text is its end.
func (m *mapper) position(offset int) protocol.Position {
	offset = max(0, min(offset, len(m.text)))
	line := sort.SearchInts(m.lines, offset+1) - 1
	column := 0
	for i := m.lines[line]; i < offset; {
		r, size := utf8.DecodeRune(m.text[i:])
		column += m.units(r, size)
		i += size
	}
	return protocol.Position{Line: uint32(line), Character: uint32(column)}
}

// offset of a position. A character past the end of its line means that end,
// a line past the last means the end of the text; one within a character means
// its start.
func (m *mapper) offset(p protocol.Position) int {
	if int64(p.Line) >= int64(len(m.lines)) {
		return len(m.text)
	}
	start, end := m.line(int(p.Line))
	rest := int64(p.Character)
	for start < end {
		r, size := utf8.DecodeRune(m.text[start:end])
		rest -= int64(m.units(r, size))
		if rest < 0 {
			break
		}
		start += size
	}
	return start
}

// line returns the stretch of a line, without its end-of-line mark.
func (m *mapper) line(n int) (start, end int) {
	start, end = m.lines[n], len(m.text)
	if n+1 < len(m.lines) {
		end = m.lines[n+1] - 1
		if end > start && m.text[end] == '\n' && m.text[end-1] == '\r' {
			end--
		}
	}
	return start, end
}

func (m *mapper) rangeOf(r diagnostics.Range) protocol.Range {
	return protocol.Range{Start: m.position(r.Start.Offset), End: m.position(r.End.Offset)}
}

// byteColumn is the offset of a line and byte column counted from 1, as the go
// command prints them; to it lines end with "\n" alone. What it doesn't know
// (0) is the start.
func (m *mapper) byteColumn(line, column int) int {
	start := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(m.text[start:], '\n')
		if i < 0 {
			return 0
		}
		start += i + 1
	}
	if line < 1 {
		return 0
	}
	text := m.text[start:]
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = bytes.TrimSuffix(text[:i], []byte("\r"))
	}
	return start + min(max(column-1, 0), len(text))
}

// pathOf returns the file that a URI names, "" if it names none.
func pathOf(u uri.URI) string {
	if !u.IsFile() {
		return ""
	}
	return u.FsPath()
}

// converter turns findings of one snapshot into what the client understands.
// It is used by one goroutine at a time.
type converter struct {
	client clientInfo
	docs   documents // for the URIs by which the client knows its files
	text   func(path string) ([]byte, error)

	mappers map[string]*mapper
}

func (c *converter) mapper(path string) *mapper {
	if m := c.mappers[path]; m != nil {
		return m
	}
	text, err := c.text(path)
	if err != nil {
		text = nil // a file that is gone: its start is as good as any place
	}
	m := newMapper(text, c.client.encoding)
	if c.mappers == nil {
		c.mappers = make(map[string]*mapper)
	}
	c.mappers[path] = m
	return m
}

func (c *converter) location(r diagnostics.Range) protocol.Location {
	return protocol.Location{URI: c.docs.uri(r.File), Range: c.mapper(r.File).rangeOf(r)}
}
