package front

import (
	"io"
	"testing"
	"time"
)

// BenchmarkRequest is a request and its answer, to a gopls that answers at
// once: without the front, and through it. The difference is what it adds.
func BenchmarkRequest(b *testing.B) {
	params := atLine("file:///m.go", 1, 2)
	b.Run("direct", func(b *testing.B) {
		toGopls, in := io.Pipe()
		out, fromGopls := io.Pipe()
		gopls := newWire(b, "gopls", toGopls, fromGopls)
		client := newWire(b, "the client", out, in)
		go gopls.listen(func(m *message) bool {
			reply := helpful(nil, m)
			reply.ID = m.ID
			gopls.send(reply)
			return true
		})
		go client.listen(nil)
		for b.Loop() {
			client.call("textDocument/definition", params)
		}
		in.Close()
		<-gopls.ended
		fromGopls.Close()
		<-client.ended
	})
	b.Run("front", func(b *testing.B) {
		v := open(b, helpful)
		v.greet(nil)
		v.life()
		time.Sleep(time.Second) // until our server has looked at the empty folder
		for b.Loop() {
			v.call("textDocument/definition", params)
		}
	})
}

// BenchmarkParse is what is looked at of each message that passes through.
func BenchmarkParse(b *testing.B) {
	frame, err := (&message{ID: []byte("1"), Method: "textDocument/didChange", Params: encode(b, map[string]any{"text": string(make([]byte, 100_000))})}).encode()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		if _, err := parse(frame); err != nil {
			b.Fatal(err)
		}
	}
}
