package server

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/checker"
)

var (
	soakSteps = flag.Int("soak.steps", 100, "`steps` of each random session")
	soakSeed  = flag.Uint64("soak.seed", 0, "the one `seed` of the random session, or 0 for the fixed ones")
)

// A session over two modules of a workspace, file by file: whatever was
// edited, saved, written by others, added, renamed, deleted or thrown away,
// what the editor shows is what a check of the same files finds.
func TestSoakWorkspace(t *testing.T) {
	seeds := []uint64{1, 2}
	if *soakSeed != 0 {
		seeds = []uint64{*soakSeed}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := newSoak(t, seed)
			for step := range *soakSteps {
				s.step()
				if (step+1)%20 == 0 || step+1 == *soakSteps {
					s.settle()
				}
			}
			t.Logf("seed %d: %d checks, %d findings seen, %v", seed, s.checks, s.findings, s.done)
		})
	}
}

// soak is a random session.
type soak struct {
	t        *testing.T
	random   *rand.Rand
	dir      string
	peer     *peer
	disk     map[string]string // by the slashed name below dir
	buffers  map[string]string // of the open files
	versions map[string]int
	names    int // of files so far

	log      []string
	checks   int
	findings int
	done     map[string]int
}

// soakPackages are the packages, and what each can import.
var soakPackages = map[string][]string{
	"one/a": nil,
	"one/b": {"one/a"},
	"two/c": {"one/a", "one/b"},
	"two/d": {"two/c"},
}

func newSoak(t *testing.T, seed uint64) *soak {
	s := &soak{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), disk: make(map[string]string), done: make(map[string]int),
		buffers: make(map[string]string), versions: make(map[string]int),
	}
	for _, pkg := range slices.Sorted(maps.Keys(soakPackages)) {
		for range 2 {
			name := s.newName(pkg)
			s.disk[name] = s.text(name)
		}
	}
	files := maps.Clone(s.disk)
	files["go.mod"] = "" // none at the root
	files["go.work"] = "go 1.26\n\nuse (\n\t./one\n\t./two\n)\n"
	files["one/go.mod"] = "module example.com/one\n\ngo 1.26\n"
	files["two/go.mod"] = "module example.com/two\n\ngo 1.26\n"
	s.dir = module(t, files)
	s.peer = dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
	s.peer.initialize(s.dir, nil)
	return s
}

func (s *soak) newName(pkg string) string {
	s.names++
	if s.random.IntN(6) == 0 {
		return fmt.Sprintf("%s/f%d_test.go", pkg, s.names)
	}
	return fmt.Sprintf("%s/f%d.go", pkg, s.names)
}

// text makes up a file: functions under names that hold the file's number, so
// that most of them fit together.
func (s *soak) text(name string) string {
	pkg := filepath.ToSlash(filepath.Dir(name))
	number := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(name), ".go"), "_test")
	var body strings.Builder
	imports := map[string]bool{"context": true}
	for i := range 1 + s.random.IntN(4) {
		id := fmt.Sprintf("%s_%d", strings.ToUpper(number), i)
		switch s.random.IntN(8) {
		case 0:
			fmt.Fprintf(&body, "\nfunc Stop%s(stop context.CancelFunc) { stop() }\n", id)
		case 1:
			fmt.Fprintf(&body, "\nfunc Stop%s(stop context.CancelFunc) { _ = stop }\n", id)
		case 2:
			fmt.Fprintf(&body, "\n// Lost%s loses it.\nfunc Lost%[1]s(ctx context.Context) {\n\t_, _ = context.WithCancel(ctx)\n}\n", id)
		case 3:
			fmt.Fprintf(&body, "\nfunc Sends%s(ctx context.Context) error {\n\tdone := make(chan error)\n\tgo func() { done <- ctx.Err() }()\n\tselect {\n\tcase err := <-done:\n\t\treturn err\n\tcase <-ctx.Done():\n\t\treturn ctx.Err()\n\t}\n}\n", id)
		case 4, 5: // another file's function is called, of this package or another one
			callee := s.callee(pkg, imports)
			fmt.Fprintf(&body, "\nfunc Uses%s(ctx context.Context) {\n\tctx, cancel := context.WithCancel(ctx)\n\t<-ctx.Done()\n\t%s(cancel)\n}\n", id, callee)
		case 6:
			fmt.Fprintf(&body, "\ntype T%s struct{ stop context.CancelFunc }\n\nfunc (t *T%[1]s) Start(ctx context.Context) { _, t.stop = context.WithCancel(ctx) }\n", id)
		case 7:
			fmt.Fprintf(&body, "\nfunc Waits%s(ctx context.Context, in chan int) {\n\tgo func() {\n\t\tfor {\n\t\t\tselect {\n\t\t\tcase <-ctx.Done():\n\t\t\tcase v := <-in:\n\t\t\t\t_ = v\n\t\t\t}\n\t\t}\n\t}()\n}\n", id)
		}
	}
	if s.random.IntN(12) == 0 {
		body.WriteString("\nfunc broken( {\n")
	}
	var head strings.Builder
	fmt.Fprintf(&head, "package %s\n\nimport (\n", filepath.Base(pkg))
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&head, "\t%q\n", path)
	}
	head.WriteString(")\n\nvar _ context.Context\n")
	return head.String() + body.String()
}

// callee is a function that takes a cancel function, if the file that has it
// is still there, and still has it.
func (s *soak) callee(pkg string, imports map[string]bool) string {
	of := append([]string{pkg}, soakPackages[pkg]...)
	from := of[s.random.IntN(len(of))]
	var files []string
	for name := range s.disk {
		if strings.HasPrefix(name, from+"/") {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		return "missing"
	}
	slices.Sort(files)
	number := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(files[s.random.IntN(len(files))]), ".go"), "_test")
	fn := fmt.Sprintf("Stop%s_%d", strings.ToUpper(number), s.random.IntN(3))
	if from == pkg {
		return fn
	}
	imports["example.com/"+from] = true
	return filepath.Base(from) + "." + fn
}

func (s *soak) uri(name string) string  { return fileURI(s.path(name)) }
func (s *soak) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *soak) note(what, name string) {
	s.done[what]++
	s.log = append(s.log, what+" "+name)
}

// step does one thing that a programmer, or another program, does.
func (s *soak) step() {
	names := slices.Sorted(maps.Keys(s.disk))
	name := names[s.random.IntN(len(names))]
	_, open := s.buffers[name]
	switch n := s.random.IntN(20); {
	case n < 8:
		s.edit(name)
	case n < 12 && open:
		s.save(name)
	case n < 14 && open:
		s.close(name)
	case n < 16:
		s.note("written by others", name)
		s.write(name, s.text(name), 2)
	case n == 16:
		pkgs := slices.Sorted(maps.Keys(soakPackages))
		made := s.newName(pkgs[s.random.IntN(len(pkgs))])
		s.note("added", made)
		s.write(made, s.text(made), 1)
	case n == 17 && len(names) > 5:
		s.note("deleted", name)
		s.remove(name)
	case n == 18:
		s.rename(name)
	default:
		s.edit(name)
	}
	if s.random.IntN(3) == 0 {
		time.Sleep(time.Duration(s.random.IntN(40)) * time.Millisecond)
	}
}

func (s *soak) edit(name string) {
	s.note("edited", name)
	if _, open := s.buffers[name]; !open {
		s.buffers[name] = s.disk[name]
		s.versions[name]++
		s.peer.open(s.uri(name), s.versions[name], s.disk[name])
	}
	s.versions[name]++
	s.buffers[name] = s.text(name)
	s.peer.replaceAll(s.uri(name), s.versions[name], s.buffers[name])
}

func (s *soak) save(name string) {
	s.note("saved", name)
	s.disk[name] = s.buffers[name]
	replaceFile(s.t, s.path(name), []byte(s.disk[name]))
	s.peer.save(s.uri(name))
}

func (s *soak) close(name string) {
	s.note("closed", name)
	delete(s.buffers, name)
	s.peer.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": s.uri(name)}})
}

// write changes a file behind the editor's back, which sees it by watching:
// 1 is a new one, 2 a change.
func (s *soak) write(name, text string, kind int) {
	s.disk[name] = text
	replaceFile(s.t, s.path(name), []byte(text))
	s.watched(name, kind)
}

func (s *soak) remove(name string) {
	if _, open := s.buffers[name]; open {
		s.close(name)
	}
	delete(s.disk, name)
	if err := os.Remove(s.path(name)); err != nil {
		s.t.Fatal(err)
	}
	s.watched(name, 3)
}

func (s *soak) rename(name string) {
	text := s.disk[name]
	_, open := s.buffers[name]
	to := s.newName(filepath.ToSlash(filepath.Dir(name)))
	s.note("renamed", name+" to "+to)
	s.remove(name)
	s.write(to, text, 1)
	if open {
		s.buffers[to] = text
		s.versions[to]++
		s.peer.open(s.uri(to), s.versions[to], text)
	}
}

func (s *soak) watched(name string, kind int) {
	s.peer.notify("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{map[string]any{"uri": s.uri(name), "type": kind}}})
}

// settle saves what is open, and compares.
func (s *soak) settle() {
	s.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(s.buffers)) {
		s.save(name)
	}
	want := s.checked()
	s.checks++
	s.findings += strings.Count(want, "\n")
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		got := s.peer.shown(s.dir)
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("after %s\n\nthe editor shows:\n%s\n\na check finds:\n%s", strings.Join(s.log[max(0, len(s.log)-40):], "\n"), got, want)
		}
	}
}

// checked are the findings of a check of both modules, one a line.
func (s *soak) checked() string {
	s.t.Helper()
	var lines []string
	for _, mod := range []string{"one", "two"} {
		c, err := checker.New(checker.Options{Dir: filepath.Join(s.dir, mod), CacheDir: stdCache, Least: rule.Hint})
		if err != nil {
			s.t.Fatal(err)
		}
		result, err := c.Run(s.t.Context())
		c.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		lines = append(lines, found(s.dir, result)...)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
