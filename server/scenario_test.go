package server

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the scenarios print into testdata")

// TestScenarios runs testdata/*.txtar. The files of an archive make a
// workspace, the text above them is a conversation: commands of the editor,
// each followed by what it shows, indented by two spaces. See the commands of
// [scenario].
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	cache := t.TempDir() // shared: the standard library is analysed once
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario{t: t, archive: archive, dir: module(t, workspaceFiles(archive)), buffers: make(map[string]*buffer), cache: cache}
			got := s.run(strings.Split(strings.TrimSuffix(string(archive.Comment), "\n"), "\n"))
			if *update {
				archive.Comment = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if want := string(archive.Comment); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// workspaceFiles are the files of the workspace: sections that later commands take
// their texts from have a name with a colon.
func workspaceFiles(archive *txtar.Archive) map[string]string {
	files := make(map[string]string)
	for _, f := range archive.Files {
		if !strings.Contains(f.Name, ":") {
			files[f.Name] = string(f.Data)
		}
	}
	return files
}

// scenario is one conversation.
type scenario struct {
	t       *testing.T
	archive *txtar.Archive
	dir     string
	cache   string
	peer    *peer
	unit    func(string) int // what the encoding counts
	buffers map[string]*buffer
	actions []action
	out     strings.Builder
}

type buffer struct {
	version int
	text    string
}

var commands = map[string]func(s *scenario, args []string){
	"start":       (*scenario).start,       // [OPTION...] [{SETTINGS}]
	"open":        (*scenario).open,        // FILE
	"edit":        (*scenario).edit,        // FILE OLD NEW
	"save":        (*scenario).save,        // FILE
	"close":       (*scenario).close,       // FILE
	"write":       (*scenario).write,       // FILE SECTION; on disk, and tells of it
	"write-only":  (*scenario).writeOnly,   // FILE SECTION; and tells nobody
	"remove":      (*scenario).remove,      // FILE; on disk
	"diagnostics": (*scenario).diagnostics, // FILE; the next ones
	"actions":     (*scenario).listActions, // FILE TEXT [KIND...]; at the first TEXT
	"apply":       (*scenario).apply,       // TITLE; of the last actions
	"show":        (*scenario).show,        // FILE TEXT; the lines of the buffer with TEXT and around
	"message":     (*scenario).message,     // the next one
	"request":     (*scenario).request,     // METHOD {PARAMS}
	"notify":      (*scenario).notify,      // METHOD {PARAMS}
	"stop":        (*scenario).stop,
}

func (s *scenario) run(lines []string) string {
	for _, line := range lines {
		if strings.HasPrefix(line, "  ") {
			continue // output
		}
		s.out.WriteString(line + "\n")
		words := s.split(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		command := commands[words[0]]
		if command == nil {
			s.t.Fatalf("no command %q", words[0])
		}
		command(s, words[1:])
	}
	return s.out.String()
}

// split cuts a line into words, quoted strings and one JSON object at its end.
func (s *scenario) split(line string) []string {
	var words []string
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		switch line[0] {
		case '{', '#':
			return append(words, line)
		case '"':
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				s.t.Fatalf("%s: %v", line, err)
			}
			word, _ := strconv.Unquote(quoted)
			words = append(words, word)
			line = line[len(quoted):]
		default:
			word, rest, _ := strings.Cut(line, " ")
			words, line = append(words, word), rest
		}
	}
	return words
}

// print adds output, without what differs from run to run.
func (s *scenario) print(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	text = strings.ReplaceAll(text, "file://"+s.dir+"/", "")
	text = strings.ReplaceAll(text, s.dir, "$DIR")
	for line := range strings.SplitSeq(text, "\n") {
		s.out.WriteString("  " + line + "\n")
	}
}

func (s *scenario) path(file string) string { return filepath.Join(s.dir, file) }

func (s *scenario) uri(file string) string {
	return (&url.URL{Scheme: "file", Path: s.path(file)}).String()
}

func (s *scenario) json(text string) any {
	if text == "" {
		return nil
	}
	text = strings.ReplaceAll(text, "$URI", "file://"+s.dir)
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return v
}

func (s *scenario) start(args []string) {
	has := func(option string) bool { return slices.Contains(args, option) }
	encoding := "utf-16"
	s.unit = func(text string) int { return len(utf16of(text)) }
	for _, e := range []string{"utf-8", "utf-32"} {
		if has(e) {
			encoding = e
		}
	}
	switch encoding {
	case "utf-8":
		s.unit = func(text string) int { return len(text) }
	case "utf-32":
		s.unit = func(text string) int { return len([]rune(text)) }
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
	if has("watch") {
		capabilities["workspace"].(map[string]any)["didChangeWatchedFiles"] = yes
	}
	if has("progress") {
		capabilities["window"] = map[string]any{"workDoneProgress": true}
	}
	params := map[string]any{"processId": os.Getpid(), "capabilities": capabilities}
	if !has("folderless") {
		params["workspaceFolders"] = []any{map[string]any{"uri": s.uri("") + "/", "name": "w"}}
	}
	if n := len(args); n > 0 && strings.HasPrefix(args[n-1], "{") {
		params["initializationOptions"] = s.json(args[n-1])
	}
	s.peer = dial(s.t, Options{CacheDir: s.cache, Typing: time.Millisecond})
	s.peer.answer = s.answer
	if _, err := s.peer.call("initialize", params); err != nil {
		s.t.Fatal(err)
	}
	s.peer.notify("initialized", map[string]any{})
}

// answer is what the editor says to requests of the server.
func (s *scenario) answer(method string, params json.RawMessage) (any, bool) {
	if method == "workspace/applyEdit" {
		return map[string]any{"applied": true}, true
	}
	return nil, true
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
	if err := os.WriteFile(s.path(args[0]), []byte(s.buffer(args[0]).text), 0o644); err != nil {
		s.t.Fatal(err)
	}
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
			if err := os.WriteFile(s.path(args[0]), f.Data, 0o644); err != nil {
				s.t.Fatal(err)
			}
			return
		}
	}
	s.t.Fatalf("no section %q", args[1])
}

func (s *scenario) remove(args []string) {
	if err := os.Remove(s.path(args[0])); err != nil {
		s.t.Fatal(err)
	}
	s.watched(args[0], 3)
}

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
	if len(d.Diagnostics) == 0 {
		s.print("none")
	}
	for _, x := range d.Diagnostics {
		s.print("%s %s %s: %s", place(x.Range), severityNames[x.Severity], strings.TrimSpace(x.Source+" "+x.Code), x.Message)
	}
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

func (s *scenario) apply(args []string) {
	i := slices.IndexFunc(s.actions, func(a action) bool { return a.Title == args[0] })
	if i < 0 {
		s.t.Fatalf("no action %q", args[0])
	}
	edit := s.actions[i].Edit
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
