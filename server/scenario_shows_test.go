package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

var severityNames = []string{"", "error", "warning", "information", "hint"}

func (s *scenario) diagnostics(args []string) {
	d := s.peer.published(s.uri(args[0]))
	for b := s.buffers[args[0]]; b != nil && (d.Version == nil || *d.Version < b.version); {
		// From before it was opened, or from between two edits.
		d = s.peer.published(s.uri(args[0]))
	}
	if d.Version != nil {
		s.print("version %d", *d.Version)
	}
	s.list(d.Diagnostics)
}

// shownInTheEnd waits until the editor shows what the scenario expects.
func (s *scenario) shownInTheEnd([]string) {
	want := strings.Join(s.expected, "\n")
	got := s.allShown()
	for deadline := time.Now().Add(patience); got != want && time.Now().Before(deadline); got = s.allShown() {
		time.Sleep(10 * time.Millisecond)
		if *update && time.Until(deadline) < patience-3*time.Second {
			break
		}
	}
	s.out.WriteString(got + "\n")
}

func (s *scenario) allShown() string {
	s.peer.mu.Lock()
	defer s.peer.mu.Unlock()
	var lines []string
	for uri, d := range s.peer.latest {
		for _, x := range d.Diagnostics {
			lines = append(lines, fmt.Sprintf("  %s %s %s", strings.TrimPrefix(uri, "file://"+s.dir+"/"), place(x.Range), x.Code))
		}
	}
	if len(lines) == 0 {
		return "  nothing"
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// silent takes what has come of a file, or to show, and was not asked for.
func (s *scenario) silent(args []string) {
	if len(args) == 0 {
		s.peer.none("a message", method("window/showMessage"))
		s.print("yes")
		return
	}
	s.peer.mu.Lock()
	came := slices.ContainsFunc(s.peer.inbox, publishOf(s.uri(args[0])))
	s.peer.mu.Unlock()
	if !came {
		s.print("yes")
		return
	}
	s.print("no")
	s.list(s.peer.published(s.uri(args[0])).Diagnostics)
}

func (s *scenario) list(diagnostics []diagnostic) {
	if len(diagnostics) == 0 {
		s.print("none")
	}
	for _, x := range diagnostics {
		tags := ""
		for _, tag := range x.Tags {
			tags += []string{"", " (unnecessary)", " (deprecated)"}[tag]
		}
		s.print("%s %s %s: %s%s", place(x.Range), severityNames[x.Severity], strings.TrimSpace(x.Source+" "+x.Code), x.Message, tags)
	}
}

// pulled is a document's report, of its own or of the workspace's.
type pulled struct {
	URI      string
	Version  *int
	Kind     string
	ResultID string
	Items    []diagnostic
}

func (s *scenario) pull(args []string) {
	params := map[string]any{"textDocument": map[string]any{"uri": s.uri(args[0])}}
	if id := s.results[s.uri(args[0])]; id != "" {
		params["previousResultId"] = id
	}
	result, err := s.peer.call("textDocument/diagnostic", params)
	if err != nil {
		s.print("error %v", err)
		return
	}
	r := pulled{URI: s.uri(args[0])}
	if err := json.Unmarshal(result, &r); err != nil {
		s.t.Fatal(err)
	}
	s.reported(r)
}

func (s *scenario) reported(r pulled) {
	if r.ResultID == "" {
		s.t.Errorf("a report without an ID: %+v", r)
	}
	s.results[r.URI] = r.ResultID
	if r.Kind == "full" {
		s.list(r.Items)
		return
	}
	s.print("%s", r.Kind)
}

func (s *scenario) pullAll([]string) {
	type previous struct {
		URI   string `json:"uri"`
		Value string `json:"value"`
	}
	ids := []previous{}
	for uri, id := range s.results {
		ids = append(ids, previous{uri, id})
	}
	result, err := s.peer.call("workspace/diagnostic", map[string]any{"previousResultIds": ids})
	if err != nil {
		s.t.Fatal(err)
	}
	var all struct{ Items []pulled }
	if err := json.Unmarshal(result, &all); err != nil || all.Items == nil {
		s.t.Fatalf("%s: %v", result, err)
	}
	for _, r := range all.Items {
		version := "not open"
		if r.Version != nil {
			version = fmt.Sprintf("version %d", *r.Version)
		}
		s.print("%s, %s", r.URI, version)
		s.reported(r)
	}
}

func (s *scenario) refreshed([]string) {
	s.peer.next("a refresh", method("workspace/diagnostic/refresh"))
}

func (s *scenario) resolve(args []string) {
	wanted := s.action(args[0])
	if len(wanted.Data) == 0 {
		s.t.Errorf("%q has no data", wanted.Title)
	}
	result, err := s.peer.call("codeAction/resolve", map[string]any{"title": wanted.Title, "kind": wanted.Kind, "data": wanted.Data})
	if err != nil {
		s.print("error %v", err)
		return
	}
	var got action
	if err := json.Unmarshal(result, &got); err != nil {
		s.t.Fatal(err)
	}
	same := "the same edit"
	if fmt.Sprint(got.Edit) == fmt.Sprint(action{}.Edit) || string(marshal(s.t, got.Edit)) != string(marshal(s.t, wanted.Edit)) {
		same = "another edit"
	}
	s.print("%s: %s", got.Title, same)
}

// place is a range counted from 1, as editors show it.
func place(r textRange) string {
	from := fmt.Sprintf("%d:%d", r.Start.Line+1, r.Start.Character+1)
	switch {
	case r.Start == r.End:
		return from
	case r.Start.Line == r.End.Line:
		return fmt.Sprintf("%s-%d", from, r.End.Character+1)
	}
	return fmt.Sprintf("%s-%d:%d", from, r.End.Line+1, r.End.Character+1)
}

func (s *scenario) listActions(args []string) {
	at := s.position(s.buffer(args[0]).text, s.find(args[0], args[1]))
	s.actions = s.peer.actions(s.uri(args[0]), at.Line, at.Character, args[2:]...)
	if len(s.actions) == 0 {
		s.print("none")
	}
	for _, a := range s.actions {
		preferred := ""
		if a.IsPreferred {
			preferred = ", preferred"
		}
		s.print("%s (%s%s)", a.Title, a.Kind, preferred)
		if a.Kind == "quickfix" && len(a.Diagnostics) != 1 {
			s.t.Errorf("%q is bound to %d diagnostics", a.Title, len(a.Diagnostics))
		}
	}
}

func (s *scenario) show(args []string) {
	lines := strings.Split(s.buffer(args[0]).text, "\n")
	for i, line := range lines {
		if strings.Contains(line, args[1]) {
			for n := max(0, i-1); n <= min(i+1, len(lines)-1); n++ {
				s.print("%d %s", n+1, strings.ReplaceAll(strings.TrimRight(lines[n], " "), "\r", `\r`))
			}
			return
		}
	}
	s.t.Fatalf("no line of %s has %q", args[0], args[1])
}

func (s *scenario) message([]string) {
	m := s.peer.next("a message", method("window/showMessage"))
	var p struct {
		Type    int
		Message string
	}
	if err := json.Unmarshal(m.Params, &p); err != nil {
		s.t.Fatal(err)
	}
	s.print("%s: %s", severityNames[p.Type], p.Message)
}

func (s *scenario) request(args []string) {
	result, err := s.peer.call(args[0], s.json(strings.Join(args[1:], " ")))
	if err != nil {
		s.print("error %v", err)
		return
	}
	s.print("%s", result)
}
