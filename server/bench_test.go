package server

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"
)

// BenchmarkPositions converts places of a file of 5,000 lines: all that a
// publish or an edit of it may ask for.
func BenchmarkPositions(b *testing.B) {
	text := []byte(strings.Repeat("\tif err := work(ctx, \"näher 🎉\"); err != nil { // and more\n", 5000))
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			newMapper(text, protocol.PositionEncodingKindUTF16)
		}
	})
	m := newMapper(text, protocol.PositionEncodingKindUTF16)
	b.Run("to position", func(b *testing.B) {
		for i := 0; b.Loop(); i += 997 {
			m.position(i % len(text))
		}
	})
	b.Run("to offset", func(b *testing.B) {
		for i := 0; b.Loop(); i += 997 {
			m.offset(protocol.Position{Line: uint32(i % 5000), Character: 40})
		}
	})
}
