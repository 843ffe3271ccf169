package front

import (
	"encoding/json"
	"slices"

	"go.lsp.dev/protocol"
)

// merged are the requests that both answer, with how the answers are joined;
// neither is null.
var merged = map[string]func(theirs, ours json.RawMessage) json.RawMessage{
	protocol.MethodInitialize:             joinGreetings,
	protocol.MethodShutdown:               func(theirs, _ json.RawMessage) json.RawMessage { return theirs },
	protocol.MethodTextDocumentCodeAction: func(theirs, ours json.RawMessage) json.RawMessage { return joinLists(ours, theirs) },
	protocol.MethodTextDocumentCodeLens:   joinLists,
	protocol.MethodTextDocumentInlayHint:  joinLists,
	protocol.MethodTextDocumentHover:      joinHovers,
}

func joinLists(first, second json.RawMessage) json.RawMessage {
	return rawList(append(list(first), list(second)...))
}

// join makes the client's answer of what both said, either of which can be
// missing: a failure of one is no failure if the other has something to say.
func join(method string, theirs, ours *message) *message {
	switch {
	case theirs == nil || len(theirs.Error) > 0 && ours != nil && len(ours.Error) == 0 && !empty(ours.Result):
		return ours
	case ours == nil || len(ours.Error) > 0 || isNull(ours.Result) || len(theirs.Error) > 0:
		return theirs
	case isNull(theirs.Result):
		return ours
	}
	return &message{ID: theirs.ID, Result: merged[method](theirs.Result, ours.Result)}
}

// empty reports whether an answer says nothing.
func empty(result json.RawMessage) bool { return isNull(result) || string(result) == "[]" }

// joinGreetings joins the answers to initialize: gopls's, with what only we
// can do.
func joinGreetings(theirs, ours json.RawMessage) json.RawMessage {
	greeting := asObject(theirs)
	if greeting == nil {
		return theirs
	}
	all, own := asObject(greeting["capabilities"]), asObject(asObject(ours)["capabilities"])
	if all == nil {
		all = make(object)
	}
	for name, value := range own {
		switch known := all[name]; {
		case isNull(known) || string(known) == "false":
			all[name] = value
		case name == "executeCommandProvider":
			all[name] = joinMember(known, value, "commands")
		case name == "codeActionProvider":
			if asObject(value) != nil && asObject(known) != nil {
				all[name] = joinMember(known, value, "codeActionKinds")
			}
		}
	}
	greeting["capabilities"] = all.raw()
	return greeting.raw()
}

// joinMember adds to a list in an object what that of another object has more.
func joinMember(known, more json.RawMessage, member string) json.RawMessage {
	o := asObject(known)
	items := list(o[member])
	if len(items) == 0 && member == "codeActionKinds" {
		return known // all kinds
	}
	for _, item := range list(asObject(more)[member]) {
		if !slices.ContainsFunc(items, func(x json.RawMessage) bool { return string(x) == string(item) }) {
			items = append(items, item)
		}
	}
	o[member] = rawList(items)
	return o.raw()
}

// joinHovers puts our text under gopls's, in the form that gopls's has.
func joinHovers(theirs, ours json.RawMessage) json.RawMessage {
	hover := asObject(theirs)
	first, kind := hoverText(hover["contents"])
	second, _ := hoverText(asObject(ours)["contents"])
	switch {
	case second == "":
		return theirs
	case first == "":
		return ours
	}
	between := "\n\n---\n\n"
	if kind == string(protocol.MarkupKindPlainText) {
		between = "\n\n"
	}
	text, err := json.Marshal(first + between + second)
	if err != nil {
		return theirs
	}
	contents := json.RawMessage(text)
	if kind != "" {
		contents = with(with(nil, string(text), "value"), `"`+kind+`"`, "kind")
	}
	hover["contents"] = contents
	return hover.raw()
}

// hoverText is the text of a hover's contents, and its kind if it has one.
func hoverText(contents json.RawMessage) (text, kind string) {
	var markup struct{ Kind, Value, Language string }
	if json.Unmarshal(contents, &text) == nil {
		return text, ""
	}
	if json.Unmarshal(contents, &markup) == nil {
		if markup.Language != "" {
			return "```" + markup.Language + "\n" + markup.Value + "\n```", ""
		}
		return markup.Value, markup.Kind
	}
	for i, item := range list(contents) {
		part, _ := hoverText(item)
		if i > 0 {
			text += "\n\n"
		}
		text += part
	}
	return text, ""
}
