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
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &scenario{
				t: t, archive: archive, dir: module(t, workspaceFiles(archive)),
				buffers: make(map[string]*buffer), results: make(map[string]string),
			}
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
	t        *testing.T
	archive  *txtar.Archive
	dir      string
	peer     *peer
	unit     func(string) int // what the encoding counts
	buffers  map[string]*buffer
	results  map[string]string // the IDs of the diagnostics that were pulled, by URI
	actions  []action
	shown    []lens
	expected []string // the output of the command, as it was before
	choice   string   // what the user takes from a menu: the first one that begins so
	out      strings.Builder
}

type buffer struct {
	version int
	text    string
}

var commands = map[string]func(s *scenario, args []string){
	"start":       (*scenario).start,         // [OPTION...] [FOLDER/...] [{SETTINGS}]
	"open":        (*scenario).open,          // FILE
	"edit":        (*scenario).edit,          // FILE OLD NEW
	"save":        (*scenario).save,          // FILE
	"close":       (*scenario).close,         // FILE
	"write":       (*scenario).write,         // FILE SECTION; on disk, and tells of it
	"write-only":  (*scenario).writeOnly,     // FILE SECTION; and tells nobody
	"remove":      (*scenario).remove,        // FILE or FOLDER; on disk, and tells of it
	"remove-only": (*scenario).removeOnly,    // FILE or FOLDER; and tells nobody
	"diagnostics": (*scenario).diagnostics,   // FILE; the next ones
	"shown":       (*scenario).shownInTheEnd, // all that the editor shows
	"silent":      (*scenario).silent,        // [FILE]; nothing was said of it, or no message shown
	"pull":        (*scenario).pull,          // FILE; asks for its diagnostics
	"pull-all":    (*scenario).pullAll,       // asks for those of the workspace
	"refreshed":   (*scenario).refreshed,     // waits until the server asks to pull again
	"actions":     (*scenario).listActions,   // FILE TEXT [KIND...]; at the first TEXT
	"resolve":     (*scenario).resolve,       // TITLE; of the last actions
	"apply":       (*scenario).apply,         // TITLE; of the last actions
	"hover":       (*scenario).hover,         // FILE TEXT; at the first TEXT
	"highlight":   (*scenario).highlight,     // FILE TEXT; at the first TEXT
	"hints":       (*scenario).hints,         // FILE
	"hinted":      (*scenario).hinted,        // waits until the server asks to ask for hints again
	"lenses":      (*scenario).lenses,        // FILE
	"open-lens":   (*scenario).openLens,      // TITLE [CHOICE]; runs the command of one of the last lenses
	"show":        (*scenario).show,          // FILE TEXT; the lines of the buffer with TEXT and around
	"message":     (*scenario).message,       // the next one
	"request":     (*scenario).request,       // METHOD {PARAMS}
	"notify":      (*scenario).notify,        // METHOD {PARAMS}
	"stop":        (*scenario).stop,
}

func (s *scenario) run(lines []string) string {
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") {
			continue // output
		}
		s.expected = lines[i+1:]
		if end := slices.IndexFunc(s.expected, func(line string) bool { return !strings.HasPrefix(line, "  ") }); end >= 0 {
			s.expected = s.expected[:end]
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
