package server

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/checker"
)

// Whatever was opened, edited, saved and closed in whatever order: in the end
// the editor shows what a check of the same text finds.
func TestOrderDoesNotMatter(t *testing.T) {
	versions := map[string][]string{
		"a/a.go": {
			"package a\n\nimport \"context\"\n\nfunc Stop(stop context.CancelFunc) { stop() }\n",
			"package a\n\nimport \"context\"\n\nfunc Stop(stop context.CancelFunc) { _ = stop }\n",
			"package a\n\nimport \"context\"\n\n// Moved.\n\nfunc Stop(stop context.CancelFunc) { _, _ = context.WithCancel(context.Background()); stop() }\n",
			"package a\n\nfunc Stop() {\n",
		},
		"b/b.go": {
			"package b\n\nimport (\n\t\"context\"\n\n\t\"example.com/m/a\"\n)\n\nfunc B(ctx context.Context) {\n\tctx, cancel := context.WithCancel(ctx)\n\t<-ctx.Done()\n\ta.Stop(cancel)\n}\n",
			"package b\n\nimport \"context\"\n\nfunc B(ctx context.Context) {\n\t_, _ = context.WithCancel(ctx)\n}\n",
		},
		"c/c.go": {
			"package c\n\nimport (\n\t\"context\"\n\n\t\"example.com/m/b\"\n)\n\nfunc C(ctx context.Context) {\n\tctx, stop := context.WithCancel(ctx)\n\tb.B(ctx)\n\tif ctx.Err() != nil {\n\t\treturn\n\t}\n\tstop()\n}\n",
			"package c\n",
		},
	}
	files := []string{"a/a.go", "b/b.go", "c/c.go"}
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			texts, saved := make(map[string]string), make(map[string]string)
			for _, f := range files {
				texts[f], saved[f] = versions[f][0], versions[f][0]
			}
			dir := module(t, texts)
			p := dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
			p.initialize(dir, nil)
			open := make(map[string]int) // versions
			write := func(f string) {
				replaceFile(t, filepath.Join(dir, f), []byte(texts[f]))
				saved[f] = texts[f]
				p.save(fileURI(filepath.Join(dir, f)))
			}
			for step := range 25 {
				f := files[random.IntN(len(files))]
				uri := fileURI(filepath.Join(dir, f))
				switch {
				case open[f] == 0:
					open[f] = 1
					p.open(uri, 1, texts[f])
				case random.IntN(4) == 0:
					write(f)
				case random.IntN(5) == 0:
					if random.IntN(2) == 0 {
						write(f)
					} else { // what was typed is thrown away
						texts[f] = saved[f]
					}
					open[f] = 0
					p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
				default:
					open[f]++
					texts[f] = versions[f][random.IntN(len(versions[f]))] + fmt.Sprintf("// step %d\n", step)
					p.replaceAll(uri, open[f], texts[f])
				}
				time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
			}
			for _, f := range files {
				if seed%2 == 0 {
					write(f)
				} else if open[f] > 0 {
					p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": fileURI(filepath.Join(dir, f))}})
				}
			}
			want := checked(t, dir, stdCache)
			for deadline := time.Now().Add(patience); p.shown(dir) != want; time.Sleep(10 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("the editor shows:\n%s\na check finds:\n%s", p.shown(dir), want)
				}
			}
		})
	}
}

// checked are the findings of a check of what is on disk, one a line.
func checked(t *testing.T, dir, cache string) string {
	t.Helper()
	c, err := checker.New(checker.Options{Dir: dir, CacheDir: stdCache, Least: rule.Hint})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	result, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := found(dir, result)
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func found(dir string, result *checker.Result) []string {
	var lines []string
	for _, f := range result.Findings {
		lines = append(lines, fmt.Sprintf("%s:%d: %s [%s]", strings.TrimPrefix(f.Range.File, dir), f.Range.Start.Line, f.Message, f.Rule))
	}
	return lines
}

// shown are the findings that the editor shows, one a line.
func (p *peer) shown(dir string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	for uri, d := range p.latest {
		for _, x := range d.Diagnostics {
			if x.Code != "" {
				lines = append(lines, fmt.Sprintf("%s:%d: %s [%s]", strings.TrimPrefix(uri, fileURI(dir)), x.Range.Start.Line+1, x.Message, x.Code))
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
