package server

import (
	"encoding/json"
	"slices"
	"strings"
)

// at is the place of the first TEXT in a file, as a request names it.
func (s *scenario) at(file, text string) map[string]any {
	return map[string]any{
		"textDocument": map[string]any{"uri": s.uri(file)},
		"position":     s.position(s.buffer(file).text, s.find(file, text)),
	}
}

// ask prints an error of the wire, and reports whether there was an answer.
func (s *scenario) ask(method string, params, answer any) bool {
	result, err := s.peer.call(method, params)
	if err != nil {
		s.print("error %v", err)
		return false
	}
	if string(result) == "null" {
		s.print("nothing")
		return false
	}
	if err := json.Unmarshal(result, answer); err != nil {
		s.t.Fatalf("%s: %v", result, err)
	}
	return true
}

func (s *scenario) hover(args []string) {
	var h struct {
		Contents json.RawMessage
		Range    textRange
	}
	if !s.ask("textDocument/hover", s.at(args[0], args[1]), &h) {
		return
	}
	var text string
	if json.Unmarshal(h.Contents, &text) == nil {
		s.print("%s\n%s", place(h.Range), text)
		return
	}
	var c struct{ Kind, Value string }
	if err := json.Unmarshal(h.Contents, &c); err != nil {
		s.t.Fatal(err)
	}
	s.print("%s %s\n%s", place(h.Range), c.Kind, c.Value)
}

func (s *scenario) highlight(args []string) {
	var all []struct {
		Range textRange
		Kind  int
	}
	if !s.ask("textDocument/documentHighlight", s.at(args[0], args[1]), &all) {
		return
	}
	for _, h := range all {
		s.print("%s %s", place(h.Range), []string{"", "text", "read", "write"}[h.Kind])
	}
}

func (s *scenario) hints(args []string) {
	params := map[string]any{
		"textDocument": map[string]any{"uri": s.uri(args[0])},
		"range":        textRange{End: textPosition{1000, 0}},
	}
	var all []struct {
		Position textPosition
		Label    string
	}
	if !s.ask("textDocument/inlayHint", params, &all) {
		return
	}
	if len(all) == 0 {
		s.print("none")
	}
	for _, h := range all {
		s.print("%s %s", place(textRange{h.Position, h.Position}), h.Label)
	}
}

func (s *scenario) hinted([]string) {
	s.peer.next("a refresh of the hints", method("workspace/inlayHint/refresh"))
}

type lens struct {
	Range   textRange
	Command struct {
		Title     string            `json:"title"`
		Command   string            `json:"command"`
		Arguments []json.RawMessage `json:"arguments"`
	}
}

func (s *scenario) lenses(args []string) {
	s.shown = nil
	if !s.ask("textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": s.uri(args[0])}}, &s.shown) {
		return
	}
	for _, l := range s.shown {
		s.print("%s %s", place(l.Range), l.Command.Title)
	}
}

func (s *scenario) openLens(args []string) {
	i := slices.IndexFunc(s.shown, func(l lens) bool { return l.Command.Title == args[0] })
	if i < 0 {
		s.t.Fatalf("no lens %q", args[0])
	}
	if s.choice = ""; len(args) > 1 {
		s.choice = args[1]
	}
	if _, err := s.peer.call("workspace/executeCommand", s.shown[i].Command); err != nil {
		s.print("error %v", err)
	}
	for _, wanted := range []string{"window/showMessageRequest", "window/showDocument"} {
		s.peer.mu.Lock()
		came := slices.ContainsFunc(s.peer.inbox, method(wanted))
		s.peer.mu.Unlock()
		if !came {
			continue
		}
		m := s.peer.next(wanted, method(wanted))
		var p struct {
			Message   string
			Actions   []struct{ Title string }
			URI       string
			Selection textRange
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			s.t.Fatal(err)
		}
		for _, a := range p.Actions {
			s.print("%s: %s", p.Message, a.Title)
		}
		if p.URI != "" {
			s.print("shows %s %s", p.URI, place(p.Selection))
		}
	}
}

// choose answers what a lens asks.
func (s *scenario) choose(method string, params json.RawMessage) any {
	if method == "window/showDocument" {
		return map[string]any{"success": true}
	}
	var p struct{ Actions []map[string]any }
	if json.Unmarshal(params, &p) == nil {
		for _, a := range p.Actions {
			if title, _ := a["title"].(string); s.choice != "" && strings.HasPrefix(title, s.choice) {
				return a
			}
		}
	}
	return nil
}
