package front

import (
	"encoding/json"
	"slices"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// both are the notifications that our server heeds as well.
var both = []string{
	protocol.MethodInitialized, protocol.MethodExit, "$/cancelRequest",
	protocol.MethodTextDocumentDidOpen, protocol.MethodTextDocumentDidChange, protocol.MethodTextDocumentDidSave, protocol.MethodTextDocumentDidClose,
	protocol.MethodWorkspaceDidChangeConfiguration, protocol.MethodWorkspaceDidChangeWorkspaceFolders, protocol.MethodWorkspaceDidChangeWatchedFiles,
}

// resolved are the requests that complete an item which one side made before.
var resolved = []string{protocol.MethodCodeActionResolve, protocol.MethodCodeLensResolve, protocol.MethodInlayHintResolve}

const (
	codeGoplsGone = jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed)
	textGoplsGone = "gopls isn't running"
)

// fromClient passes on what the client sends. The frame is the front's.
func (f *front) fromClient(frame []byte) {
	messages, err := parse(frame)
	if err != nil {
		f.log.Warn("an unreadable message of the client", "error", err)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range messages {
		if len(messages) > 1 {
			if frame, err = m.encode(); err != nil {
				continue
			}
		}
		switch {
		case m.isResponse():
			f.response(m, frame)
		case m.isRequest():
			f.request(m, frame)
		default:
			f.notification(m, frame)
		}
	}
}

// response is one to a request of gopls or of our server.
func (f *front) response(m *message, frame []byte) {
	owner, id := unnamed(m.ID)
	if owner != "" {
		m.ID = id
		var err error
		if frame, err = m.encode(); err != nil {
			f.log.Warn("a response of the client was dropped", "error", err)
			return
		}
	}
	switch owner {
	case ourName:
		f.toOurs(frame)
	case f.goplsOwner():
		f.toGopls(frame)
	}
}

func (f *front) request(m *message, frame []byte) {
	_, isMerged := merged[m.Method]
	switch {
	case m.Method == protocol.MethodInitialize:
		f.greet(m)
	case isMerged:
		f.ask(m, frame, frame)
	case m.Method == protocol.MethodWorkspaceExecuteCommand && f.isOurs(m.Params):
		f.toOurs(frame)
		f.asked[string(m.ID)] = ourName
	case slices.Contains(resolved, m.Method) && isNull(asObject(m.Params)["data"]):
		f.tell(&message{ID: m.ID, Result: m.Params}) // it is whole: we make no others
	default:
		if f.toGopls(frame) {
			f.asked[string(m.ID)] = goplsName
		} else {
			f.tell(failure(m.ID, codeGoplsGone, textGoplsGone))
		}
	}
}

func (f *front) notification(m *message, frame []byte) {
	f.follow(m)
	f.toGopls(frame)
	if slices.Contains(both, m.Method) {
		f.toOurs(frame)
	}
	if m.Method == protocol.MethodExit {
		f.leaving = true
	}
}

// isOurs reports whether a command is one of our server's.
func (f *front) isOurs(params json.RawMessage) bool {
	var p struct{ Command string }
	return json.Unmarshal(params, &p) == nil && slices.Contains(f.commands, p.Command)
}

// greet starts both. Positions are counted as all clients and both servers can;
// our server is told of no ability that would make it ask the client for its
// settings, since some answer gopls alone, nor leave an action to be completed.
func (f *front) greet(m *message) {
	const utf16 = `["utf-16"]`
	params := with(m.Params, utf16, "capabilities", "general", "positionEncodings")

	theirs := without(params, "initializationOptions", "ctxls")
	f.hello = theirs

	ours := params
	for _, path := range [][]string{
		{"textDocument", "diagnostic"},
		{"textDocument", "codeAction", "resolveSupport"},
		{"workspace", "configuration"},
		{"workspace", "didChangeConfiguration", "dynamicRegistration"},
	} {
		ours = without(ours, append([]string{"capabilities"}, path...)...)
	}
	options := object{}
	if own := asObject(asObject(m.Params)["initializationOptions"])["ctxls"]; own != nil {
		options["ctxls"] = own
	}
	ours = with(ours, string(options.raw()), "initializationOptions")

	encode := func(params json.RawMessage, id json.RawMessage) []byte {
		frame, err := (&message{ID: id, Method: m.Method, Params: params}).encode()
		if err != nil {
			f.log.Error("encoding initialize", "error", err)
		}
		return frame
	}
	f.helloID = m.ID
	f.ask(m, encode(theirs, m.ID), encode(ours, m.ID))
}
