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

// fromClient passes on what the client sends.
func (f *front) fromClient(m *message, frame []byte) {
	switch {
	case m.isResponse():
		f.response(m, frame)
	case m.isRequest():
		f.request(m, frame)
	default:
		f.notification(m, frame)
	}
}

// response is one to a request of gopls or of our server.
func (f *front) response(m *message, frame []byte) {
	owner, id := f.aliases.take(m.ID)
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
	case m.Method == protocol.MethodInitialize && f.hello == nil:
		f.greet(m)
	case m.Method == protocol.MethodInitialize:
		f.toOurs(frame) // which refuses a second one
		f.asked[string(m.ID)] = ourName
	case m.Method == protocol.MethodTextDocumentCodeAction && wantsOnlyOurs(m.Params):
		f.toOurs(frame)
		f.asked[string(m.ID)] = ourName
	case isMerged:
		f.ask(m, frame)
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
		f.markLeaving()
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

	theirs, ours := without(params, "initializationOptions", "ctxls"), params
	for _, path := range [][]string{
		{"textDocument", "diagnostic"},
		{"textDocument", "codeAction", "resolveSupport"},
		{"workspace", "configuration"},
		{"workspace", "didChangeConfiguration", "dynamicRegistration"},
	} {
		ours = without(ours, append([]string{"capabilities"}, path...)...)
	}
	// gopls sends these whatever is announced, so its clients take them; govim,
	// for one, announces neither.
	ours = with(ours, `true`, "capabilities", "workspace", "workspaceEdit", "documentChanges")
	ours = with(ours, `["quickfix","source.fixAll"]`, "capabilities", "textDocument", "codeAction", "codeActionLiteralSupport", "codeActionKind", "valueSet")
	options := object{}
	if own := asObject(asObject(m.Params)["initializationOptions"])["ctxls"]; own != nil {
		options["ctxls"] = own
	}
	ours = with(ours, string(options.raw()), "initializationOptions")

	frame, err := (&message{ID: m.ID, Method: m.Method, Params: ours}).encode()
	if err != nil {
		f.tell(failure(m.ID, jsonrpc2.InvalidParams, err.Error()))
		return
	}
	f.hello, f.helloID = theirs, m.ID
	f.exchanges[string(m.ID)] = newExchange(m)
	close(f.greeted)
	f.toOurs(frame)
}
