package server

import (
	"encoding/json"
	"strings"

	"go.lsp.dev/protocol"
)

// required are the members without which a request says nothing. The library
// reads them as zero, which means something else.
var required = map[string][]string{
	protocol.MethodTextDocumentCodeAction:        {"textDocument.uri", "range", "context"},
	protocol.MethodTextDocumentHover:             {"textDocument.uri", "position"},
	protocol.MethodTextDocumentDocumentHighlight: {"textDocument.uri", "position"},
	protocol.MethodTextDocumentInlayHint:         {"textDocument.uri", "range"},
	protocol.MethodTextDocumentCodeLens:          {"textDocument.uri"},
	protocol.MethodTextDocumentDiagnostic:        {"textDocument.uri"},
	commandIgnore:                                {"uri", "range", "rule"},
}

// withinRequired are the members of those that have some.
var withinRequired = map[string][]string{
	"position": {"line", "character"},
	"range":    {"start.line", "start.character", "end.line", "end.character"},
}

// missing is the first member that the parameters of a method, or the argument
// of a command, lack; "" if there are all.
func missing(method string, params json.RawMessage) string {
	for _, member := range required[method] {
		within := withinRequired[member]
		if len(within) == 0 && !has(params, member) {
			return member
		}
		for _, inner := range within {
			if path := member + "." + inner; !has(params, path) {
				return path
			}
		}
	}
	return ""
}

func has(value json.RawMessage, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		var members map[string]json.RawMessage
		if json.Unmarshal(value, &members) != nil {
			return true // of the wrong type, which the library refuses
		}
		if value = members[name]; value == nil || string(value) == "null" {
			return false
		}
	}
	return true
}
