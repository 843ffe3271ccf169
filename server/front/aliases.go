package front

import (
	"encoding/json"
	"strconv"
)

// aliases are the IDs under which the client gets requests of our server, and
// of a gopls that was started again: those of two servers would clash. They are
// numbers, since Vim's channel answers no others, above what a server reaches.
type aliases struct {
	last  int
	owner map[string]origin // by alias
	alias map[origin]string
}

// origin is who asks, and the ID under which it did.
type origin struct{ owner, id string }

const firstAlias = 1_000_000_000

// of is the alias of a request.
func (a *aliases) of(owner string, id json.RawMessage) json.RawMessage {
	if a.owner == nil {
		a.owner, a.alias = make(map[string]origin), make(map[origin]string)
	}
	from := origin{owner, string(id)}
	alias, ok := a.alias[from]
	if !ok {
		alias = strconv.Itoa(firstAlias + a.last)
		a.last++
		a.owner[alias], a.alias[from] = from, alias
	}
	return json.RawMessage(alias)
}

// take returns whose request is answered, and forgets it; owner is empty for an
// ID that is no alias.
func (a *aliases) take(alias json.RawMessage) (owner string, id json.RawMessage) {
	from, ok := a.owner[string(alias)]
	if !ok {
		return "", alias
	}
	delete(a.owner, string(alias))
	delete(a.alias, from)
	return from.owner, json.RawMessage(from.id)
}

// cancels renames what a notification cancels.
func (a *aliases) cancels(owner string, m *message) *message {
	if m.Method != "$/cancelRequest" {
		return m
	}
	id := asObject(m.Params)["id"]
	if alias, ok := a.alias[origin{owner, string(id)}]; ok {
		id = json.RawMessage(alias)
	}
	return &message{Method: m.Method, Params: with(m.Params, string(id), "id")}
}
