package front

import "encoding/json"

// followProgress notes what gopls has begun and not ended.
func (f *front) followProgress(m *message) {
	if m.Method != "$/progress" {
		return
	}
	var p struct {
		Token json.RawMessage
		Value struct{ Kind string }
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return
	}
	switch p.Value.Kind {
	case "begin":
		f.progress[string(p.Token)] = p.Token
	case "end":
		delete(f.progress, string(p.Token))
	}
}

// endProgress ends what a gopls that is gone has begun.
func (f *front) endProgress() {
	for name, token := range f.progress {
		delete(f.progress, name)
		params := object{"token": token, "value": json.RawMessage(`{"kind":"end"}`)}
		f.tell(&message{Method: "$/progress", Params: params.raw()})
	}
}
