package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"
)

// FuzzWire sends anything: the server must neither panic nor hang, and end
// with its input.
func FuzzWire(f *testing.F) {
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	hello := frame(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"rootUri":null,"processId":null}}`)
	open := frame(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///no/such/a.go","languageId":"go","version":1,"text":"package a // LEAK\n"}}}`)
	change := frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///no/such/a.go","version":2},"contentChanges":[{"range":{"start":{"line":9,"character":9},"end":{"line":0,"character":1}},"text":"x"}]}}`)
	action := frame(`{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///no/such/a.go"},"range":{"start":{"line":0,"character":0},"end":{"line":9,"character":0}},"context":{"diagnostics":[]}}}`)
	for _, seed := range []string{
		"", "\r\n\r\n", "Content-Length: 5\r\n\r\n{}", "Content-Length: 99999999999\r\n\r\n", "Content-Length: -1\r\n\r\n{}",
		hello + open + change + action,
		hello + frame(`[]`) + frame(`[1]`) + frame(`null`) + frame(`{"jsonrpc":"2.0","id":null,"method":"x"}`) + action[:len(action)-3],
		hello + frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":2}}`) + frame(`{"jsonrpc":"2.0","id":3,"method":"workspace/executeCommand","params":{"command":"ctxls.ignore","arguments":[{}]}}`),
		hello + open + frame(`{"jsonrpc":"2.0","id":5,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"file:///no/such/a.go"},"previousResultId":"x"}}`) + change +
			frame(`{"jsonrpc":"2.0","id":6,"method":"workspace/diagnostic","params":{"previousResultIds":[{"uri":"file:///x","value":""}]}}`) +
			frame(`{"jsonrpc":"2.0","id":7,"method":"codeAction/resolve","params":{"title":"x","data":{"uri":"file:///no/such/a.go"}}}`),
		hello + frame(`{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":{"ctxls":{"rules":[]}}}}`),
		hello + frame(`{"jsonrpc":"2.0","id":4,"method":"shutdown"}`) + frame(`{"jsonrpc":"2.0","method":"exit"}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		opts := new(fakes).options()
		opts.Log = slog.New(slog.DiscardHandler)
		ended := make(chan error, 1)
		var out bytes.Buffer // written by one connection, read when that is closed
		go func() { ended <- Serve(t.Context(), opts, bytes.NewReader(input), &out) }()
		select {
		case err := <-ended:
			if err != nil && !errors.Is(err, ErrNoShutdown) {
				t.Fatal(err)
			}
		case <-time.After(drainTime + closeTime + patience):
			t.Fatal("it did not end")
		}
		io.Copy(io.Discard, &out)
	})
}
