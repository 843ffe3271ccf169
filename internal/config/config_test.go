package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
)

// withRules registers rules for the time of the test.
func withRules(t *testing.T, names ...string) {
	t.Helper()
	saved := diagnostics.All
	t.Cleanup(func() { diagnostics.All = saved })
	diagnostics.All = nil
	for _, name := range names {
		diagnostics.All = append(diagnostics.All, &rule.Rule{Name: name})
	}
}

func TestParse(t *testing.T) {
	withRules(t, "lostcancel", "deafsleep")
	c, problems := Parse([]byte(`
# the house's rules
rules:
  lostcancel: error
  deafsleep: off
tests: false
buildTags: [integration, linux]
exclude:
  - gen/**
blocking: []
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	no := false
	want := Config{
		Rules: map[string]diagnostics.Severity{"lostcancel": rule.Error, "deafsleep": 0},
		Tests: &no, BuildTags: []string{"integration", "linux"}, Exclude: []string{"gen/**"},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestParseJSON(t *testing.T) {
	withRules(t, "lostcancel")
	c, problems := Parse([]byte(`{"rules": {"lostcancel": "hint"}, "tests": true}`))
	if len(problems) > 0 || c.Rules["lostcancel"] != rule.Hint || c.Tests == nil || !*c.Tests {
		t.Errorf("got %+v, %v", c, problems)
	}
}

func TestProblems(t *testing.T) {
	withRules(t, "lostcancel", "deafsleep")
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"only a comment", "# nothing\n", ""},
		{"unknown key", "rulez:\n  lostcancel: off\n", `1:1: unknown key "rulez", the nearest is "rules"`},
		{"unknown rule", "rules:\n  lostcansel: off\n", `2:3: unknown rule "lostcansel", the nearest is "lostcancel"`},
		{"unknown severity", "rules:\n  lostcancel: loud\n", `2:15: the severity of lostcancel: unknown severity "loud"`},
		{"rules of the wrong kind", "rules: [a]\n", "1:8: rules is not a map"},
		{"tests of the wrong kind", "tests: perhaps\n", "1:8: tests is neither true nor false"},
		{"list of the wrong kind", "buildTags: a\n", "1:12: buildTags is not a list of strings"},
		{"blocking", "blocking: [example.com/x.Wait, Wait]\n", `1:11: blocking: "Wait" is not the full name of a function`},
		{"joins", "joins: ['(*example.com/x.Pool).Join']\n", ""},
		{"joins of the wrong kind", "joins: a\n", "1:8: joins is not a list of strings"},
		{"inlayHints", "inlayHints: {goroutines: true, contexts: false}\n", ""},
		{"inlayHints of the wrong kind", "inlayHints: true\n", "1:13: inlayHints is not a map"},
		{"an unknown hint", "inlayHints:\n  gorutines: true\n", `2:3: unknown key "gorutines" in inlayHints, the nearest is "goroutines"`},
		{"a hint of the wrong kind", "inlayHints:\n  contexts: often\n", "2:13: inlayHints: contexts is neither true nor false"},
		{"typingDelay in milliseconds", "typingDelay: 300\n", ""},
		{"typingDelay of the wrong kind", "typingDelay: soon\n", "1:14: typingDelay is neither a duration such as 150ms nor a number of milliseconds, nor off"},
		{"typingDelay as a list", "typingDelay: [1s]\n", "1:14: typingDelay is neither a duration"},
		{"typingDelay below zero", "typingDelay: -1s\n", "1:14: typingDelay: -1s is not between 0 and 1m0s"},
		{"typingDelay without end", "typingDelay: 9999999999999\n", "1:14: typingDelay: 9999999999999 is not between 0 and 1m0s"},
		{"misspelt typingDelay", "typingdelay: 1s\n", `1:1: unknown key "typingdelay", the nearest is "typingDelay"`},
		{"a rule as a key", "deafsleep: off\n", `1:1: unknown key "deafsleep": rules stand below the key "rules"`},
		{"nothing below a key", "rules:\nexclude:\n  # - gen\n", ""},
		{"bad glob", "exclude: ['[a']\n", `1:10: exclude: "[a" is not a valid glob`},
		{"key again", "tests: true\ntests: false\n", `2:1: the key "tests" stands here again`},
		{"not a map", "- a\n", "1:1: the configuration is not a map"},
		{"bad syntax", "rules: {\n", "1:1: did not find"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := Parse([]byte(test.text))
			for i := range problems {
				problems[i].File = "f"
			}
			got := problems.Error()
			if test.want == "" && got != "" || !strings.HasPrefix(strings.TrimPrefix(got, "f:"), test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTypingDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"typingDelay: 0": 0, "typingDelay: 25": 25 * time.Millisecond, "typingDelay: 1.5s": 1500 * time.Millisecond, `{"typingDelay": "2s"}`: 2 * time.Second,
		"typingDelay: off": OnSave, "typingDelay: false": OnSave, `{"typingDelay": "off"}`: OnSave,
	} {
		c, problems := Parse([]byte(text))
		if len(problems) > 0 || c.TypingDelay == nil || *c.TypingDelay != want {
			t.Errorf("%s: %v, %v", text, c.TypingDelay, problems)
		}
	}
}

// What is right in a configuration applies in spite of the rest.
func TestTheRestApplies(t *testing.T) {
	withRules(t, "lostcancel")
	c, problems := Parse([]byte("rules: {lostcancel: off, nosuch: off}\ntest: true\nbuildTags: [x]\n"))
	if len(problems) != 2 {
		t.Errorf("got %d problems, want 2: %v", len(problems), problems)
	}
	if !maps.Equal(c.Rules, map[string]diagnostics.Severity{"lostcancel": 0}) || len(c.BuildTags) != 1 {
		t.Errorf("got %+v", c)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), FileName)
	write(t, file, "exlude: []\n")
	c, err := Load(file)
	var problems Problems
	if !errors.As(err, &problems) || problems[0].File != file {
		t.Errorf("got %v, want a problem in %s", err, file)
	}
	if c.Dir != filepath.Dir(file) {
		t.Errorf("Dir = %q", c.Dir)
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module x\n")
	write(t, filepath.Join(top, FileName), "")
	write(t, filepath.Join(top, "a", "b", FileName), "")
	write(t, filepath.Join(top, "c", "d", "go.mod"), "module y\n")
	for _, test := range []struct{ dir, root, want string }{
		{".", ".", FileName},
		{"a", ".", FileName},
		{"a/b", ".", "a/b/" + FileName},
		{"a/b/c", ".", "a/b/" + FileName},
		{"c/d", "c/d", ""},
	} {
		dir := filepath.Join(top, test.dir)
		if got := Root(dir); got != filepath.Join(top, test.root) {
			t.Errorf("Root(%s) = %s, want %s", test.dir, got, test.root)
		}
		want := ""
		if test.want != "" {
			want = filepath.Join(top, test.want)
		}
		if got, err := Find(dir, Root(dir)); err != nil || got != want {
			t.Errorf("Find(%s) = %s, %v; want %s", test.dir, got, err, want)
		}
	}
}

func TestExcludes(t *testing.T) {
	dir := filepath.Join(string(filepath.Separator), "w")
	c := Config{Dir: dir, Exclude: []string{"gen/**", "**/*_mock.go", "third_party/"}}
	for file, want := range map[string]bool{
		"gen/a.go": true, "gen/x/a.go": true, "a.go": false, "x/gen/a.go": false, "a_mock.go": true,
		"x/y/a_mock.go": true, "third_party/z/a.go": true, "x/third_party/a.go": false, "../gen/a.go": false,
	} {
		if got := c.Excludes(filepath.Join(dir, file)); got != want {
			t.Errorf("Excludes(%s) = %v, want %v", file, got, want)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
