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
	var members map[string]json.RawMessage
	if len(required[method]) == 0 || json.Unmarshal(params, &members) != nil {
		return ""
	}
	for _, member := range required[method] {
		within := withinRequired[member]
		if len(within) == 0 && !has(members, member) {
			return member
		}
		for _, inner := range within {
			if path := member + "." + inner; !has(members, path) {
				return path
			}
		}
	}
	return ""
}

// has leaves what is of the wrong type to the library, which refuses it.
func has(members map[string]json.RawMessage, path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	value := members[name]
	if value == nil || string(value) == "null" {
		return false
	}
	var inner map[string]json.RawMessage
	return !nested || json.Unmarshal(value, &inner) != nil || has(inner, rest)
}
