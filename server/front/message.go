package front

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.lsp.dev/jsonrpc2"
)

// message is what the front looks at of any message.
type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

func (m *message) isResponse() bool { return m.Method == "" }
func (m *message) isRequest() bool  { return m.Method != "" && len(m.ID) > 0 }

// parse reads one message, or the several of a batch.
func parse(frame []byte) ([]*message, error) {
	if t := bytes.TrimLeft(frame, " \t\r\n"); len(t) > 0 && t[0] == '[' {
		var batch []*message
		err := json.Unmarshal(frame, &batch)
		return batch, err
	}
	m := new(message)
	if err := json.Unmarshal(frame, m); err != nil {
		return nil, err
	}
	return []*message{m}, nil
}

func (m *message) encode() ([]byte, error) {
	m.JSONRPC = "2.0"
	data, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding a message: %w", err)
	}
	return data, nil
}

// failure is the answer that something went wrong.
func failure(id json.RawMessage, code jsonrpc2.Code, text string) *message {
	data, err := json.Marshal(map[string]any{"code": code, "message": text})
	if err != nil {
		panic(err) // a number and a string
	}
	return &message{ID: id, Error: data}
}

// named is the ID of a request of our own to gopls.
func named(owner string, id json.RawMessage) json.RawMessage {
	name, err := json.Marshal(owner + ":" + string(id))
	if err != nil {
		panic(err) // a string
	}
	return name
}

const (
	ourName   = "ctxls"
	goplsName = "gopls"
)

// object is a JSON object of which a few members matter.
type object map[string]json.RawMessage

func asObject(raw json.RawMessage) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

func (o object) raw() json.RawMessage {
	data, err := json.Marshal(o)
	if err != nil {
		return json.RawMessage("null")
	}
	return data
}

// without returns the JSON object raw without the member at a path.
func without(raw json.RawMessage, path ...string) json.RawMessage {
	o := asObject(raw)
	inner, ok := o[path[0]]
	if !ok {
		return raw
	}
	if len(path) == 1 {
		delete(o, path[0])
	} else {
		o[path[0]] = without(inner, path[1:]...)
	}
	return o.raw()
}

// with returns the JSON object raw with another value at a path; objects on
// the way are made where there are none.
func with(raw json.RawMessage, value string, path ...string) json.RawMessage {
	if len(path) == 0 {
		return json.RawMessage(value)
	}
	o := asObject(raw)
	if o == nil {
		o = make(object)
	}
	o[path[0]] = with(o[path[0]], value, path[1:]...)
	return o.raw()
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// list is a JSON array; empty for anything else.
func list(raw json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items
}

func rawList(items []json.RawMessage) json.RawMessage {
	if items == nil {
		items = []json.RawMessage{}
	}
	data, err := json.Marshal(items)
	if err != nil {
		return json.RawMessage("[]")
	}
	return data
}
