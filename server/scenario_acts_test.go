package server

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func (s *scenario) start(args []string) {
	has := func(option string) bool { return slices.Contains(args, option) }
	encoding := "utf-16"
	s.unit = func(text string) int { return len(utf16of(text)) }
	if has("utf-8") {
		encoding = "utf-8"
		s.unit = func(text string) int { return len(text) }
	}
	yes := map[string]any{"dynamicRegistration": true}
	capabilities := map[string]any{
		"general":   map[string]any{"positionEncodings": []string{encoding}},
		"workspace": map[string]any{"applyEdit": has("applyEdit"), "workspaceEdit": map[string]any{"documentChanges": !has("unversioned")}},
		"textDocument": map[string]any{
			"codeAction": map[string]any{
				"isPreferredSupport":       true,
				"codeActionLiteralSupport": map[string]any{"codeActionKind": map[string]any{"valueSet": []string{"quickfix"}}},
			},
			"publishDiagnostics": map[string]any{"relatedInformation": has("related")},
		},
	}
	text := capabilities["textDocument"].(map[string]any)
	if has("tags") {
		text["publishDiagnostics"] = map[string]any{"tagSupport": map[string]any{"valueSet": []int{1, 2}}, "codeDescriptionSupport": true, "dataSupport": true}
	}
	if has("pull") {
		text["diagnostic"] = map[string]any{}
		capabilities["workspace"].(map[string]any)["diagnostics"] = map[string]any{"refreshSupport": true}
	}
	if has("resolve") {
		action := text["codeAction"].(map[string]any)
		action["dataSupport"], action["resolveSupport"] = true, map[string]any{"properties": []string{"edit"}}
	}
	if has("watch") {
		capabilities["workspace"].(map[string]any)["didChangeWatchedFiles"] = yes
	}
	window := map[string]any{"workDoneProgress": has("progress"), "showDocument": map[string]any{"support": has("showDocument")}}
	capabilities["window"] = window
	for option, format := range map[string][]string{"hover": nil, "markdown": {"markdown", "plaintext"}, "plaintext": {"plaintext", "markdown"}} {
		if has(option) {
			text["hover"] = map[string]any{"contentFormat": format}
		}
	}
	for option, name := range map[string]string{"highlights": "documentHighlight", "hints": "inlayHint", "lenses": "codeLens"} {
		if has(option) {
			text[name] = map[string]any{}
		}
	}
	capabilities["workspace"].(map[string]any)["inlayHint"] = map[string]any{"refreshSupport": has("hints")}
	params := map[string]any{"processId": os.Getpid(), "capabilities": capabilities}
	if !has("folderless") {
		params["workspaceFolders"] = s.folders(args)
	}
	if n := len(args); n > 0 && strings.HasPrefix(args[n-1], "{") {
		params["initializationOptions"] = s.json(args[n-1])
	}
	s.peer = dial(s.t, Options{CacheDir: stdCache, Typing: time.Millisecond})
	s.peer.answer = s.answer
	if _, err := s.peer.call("initialize", params); err != nil {
		s.t.Fatal(err)
	}
	s.peer.notify("initialized", map[string]any{})
}

// folders are those that are named with a slash at their end, else the one that
// has all files.
func (s *scenario) folders(args []string) []any {
	var folders []any
	for _, arg := range args {
		if strings.HasSuffix(arg, "/") {
			folders = append(folders, map[string]any{"uri": s.uri(arg), "name": arg})
		}
	}
	if len(folders) == 0 {
		folders = []any{map[string]any{"uri": s.uri("") + "/", "name": "w"}}
	}
	return folders
}

// answer is what the editor says to requests of the server.
func (s *scenario) answer(method string, params json.RawMessage) (any, bool) {
	if method == "workspace/applyEdit" {
		return map[string]any{"applied": true}, true
	}
	return s.choose(method, params), true
}

func (s *scenario) open(args []string) {
	data, err := os.ReadFile(s.path(args[0]))
	if err != nil {
		s.t.Fatal(err)
	}
	s.buffers[args[0]] = &buffer{1, string(data)}
	s.peer.open(s.uri(args[0]), 1, string(data))
}

func (s *scenario) buffer(file string) *buffer {
	b := s.buffers[file]
	if b == nil {
		s.t.Fatalf("%s is not open", file)
	}
	return b
}

// position of an offset in the buffer, in the encoding of the session.
func (s *scenario) position(text string, offset int) textPosition {
	start := strings.LastIndex(text[:offset], "\n") + 1
	return textPosition{strings.Count(text[:offset], "\n"), s.unit(text[start:offset])}
}

func (s *scenario) find(file, text string) int {
	i := strings.Index(s.buffer(file).text, text)
	if i < 0 {
		s.t.Fatalf("%s has no %q", file, text)
	}
	return i
}

func (s *scenario) edit(args []string) {
	b := s.buffer(args[0])
	at := s.find(args[0], args[1])
	s.change(args[0], textRange{s.position(b.text, at), s.position(b.text, at+len(args[1]))}, args[2])
	b.text = b.text[:at] + args[2] + b.text[at+len(args[1]):]
}

func (s *scenario) change(file string, at textRange, newText string) {
	b := s.buffer(file)
	b.version++
	s.peer.notify("textDocument/didChange", map[string]any{
		"textDocument":   map[string]any{"uri": s.uri(file), "version": b.version},
		"contentChanges": []any{map[string]any{"range": at, "text": newText}},
	})
}

func (s *scenario) save(args []string) {
	replaceFile(s.t, s.path(args[0]), []byte(s.buffer(args[0]).text))
	s.peer.save(s.uri(args[0]))
}

func (s *scenario) close(args []string) {
	delete(s.buffers, args[0])
	s.peer.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": s.uri(args[0])}})
}

func (s *scenario) watched(file string, kind int) {
	s.peer.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": s.uri(file), "type": kind}}})
}

func (s *scenario) write(args []string) {
	s.writeOnly(args)
	s.watched(args[0], 2)
}

func (s *scenario) writeOnly(args []string) {
	for _, f := range s.archive.Files {
		if f.Name == args[1] {
			if err := os.MkdirAll(filepath.Dir(s.path(args[0])), 0o755); err != nil {
				s.t.Fatal(err)
			}
			replaceFile(s.t, s.path(args[0]), f.Data)
			return
		}
	}
	s.t.Fatalf("no section %q", args[1])
}

// replaceFile writes a file in one step: the server may be looking.
func replaceFile(t *testing.T, path string, data []byte) {
	t.Helper()
	err := os.WriteFile(path+"~", data, 0o644)
	if err == nil {
		err = os.Rename(path+"~", path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *scenario) remove(args []string) {
	s.removeOnly(args)
	s.watched(args[0], 3)
}

func (s *scenario) removeOnly(args []string) {
	if err := os.RemoveAll(s.path(args[0])); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scenario) action(title string) action {
	i := slices.IndexFunc(s.actions, func(a action) bool { return a.Title == title })
	if i < 0 {
		s.t.Fatalf("no action %q", title)
	}
	return s.actions[i]
}

func (s *scenario) apply(args []string) {
	edit := s.action(args[0]).Edit
	for _, change := range edit.DocumentChanges {
		file := strings.TrimPrefix(change.TextDocument.URI, s.uri("")+"/")
		if b := s.buffers[file]; b != nil && (change.TextDocument.Version == nil || *change.TextDocument.Version != b.version) {
			s.t.Errorf("an edit for version %v of %s, which has %d", change.TextDocument.Version, file, b.version)
		}
		s.patch(file, change.Edits)
	}
	for uri, edits := range edit.Changes {
		s.patch(strings.TrimPrefix(uri, s.uri("")+"/"), edits)
	}
}

// patch applies edits, the last one first, so that none moves another.
func (s *scenario) patch(file string, edits []textEdit) {
	b := s.buffer(file)
	for _, e := range slices.Backward(edits) {
		start, end := s.offset(b.text, e.Range.Start), s.offset(b.text, e.Range.End)
		b.text = b.text[:start] + e.NewText + b.text[end:]
		s.change(file, e.Range, e.NewText)
	}
}

func (s *scenario) offset(text string, p textPosition) int {
	start := 0
	for range p.Line {
		start += strings.Index(text[start:], "\n") + 1
	}
	for i := range text[start:] {
		if s.unit(text[start:start+i]) >= p.Character {
			return start + i
		}
	}
	return len(text)
}

func (s *scenario) notify(args []string) {
	s.peer.notify(args[0], s.json(strings.Join(args[1:], " ")))
}

func (s *scenario) stop([]string) {
	if _, err := s.peer.call("shutdown", nil); err != nil {
		s.t.Error(err)
	}
	s.peer.notify("exit", nil)
	if err := s.peer.end(); err != nil {
		s.t.Error(err)
	}
}

func utf16of(text string) []uint16 { return utf16.Encode([]rune(text)) }
