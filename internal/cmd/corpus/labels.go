//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/cmd/internal/program"
)

// label is one line of the list, and what came out for it.
type label struct {
	ID, Repo, Commit, File     string
	Line                       int
	Func                       string
	Class, Verdict, Why        string
	Evidence, Level, Gomod, Go string
	Low                        bool // true, but of so little weight that both answers are right

	skipped error // why it could not be analysed
	errors  int   // of the code, in the label's package
	matches []match
}

// match is a finding at a label's place.
type match struct {
	program.Finding
	byPath bool // only a step of its path stands there
	hint   bool // of a rule of the default set, but too weak to be shown by default
}

func readLabels(file string) ([]*label, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the labels: %w", err)
	}
	var labels []*label
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		l := new(label)
		if err := json.Unmarshal(line, l); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n+1, err)
		}
		if rulesOf[l.Class] == nil {
			return nil, fmt.Errorf("%s:%d: unknown class %q", file, n+1, l.Class)
		}
		labels = append(labels, l)
	}
	return labels, nil
}

// rulesOf names the rules of which a finding answers to a class of labels.
var rulesOf = map[string][]string{
	"goroutine-no-done":         {"deafgoroutine", "deafloop", "abandonedsend"},
	"chain-broken":              {"brokenchain"},
	"lost-cancel":               {"lostcancel"},
	"lost-cancel-wrapper":       {"lostcancel"},
	"cancel-field-not-called":   {"strandedcancel", "lostcancel"}, // the latter where the object is the function's own
	"closed-chan-busy-loop":     {"closedspin"},
	"done-ignored":              {"donenoexit", "discardeddone"},
	"goroutine-outlives-cancel": {"outlivedctx"},
	"request-ctx-after-return":  {"outlivedctx"},
	"abandoned-producer":        {"abandonedsend", "deafgoroutine"},
	"blocking-op-ignores-ctx":   {"deafgoroutine", "deafsleep", "abandonedsend"}, // which speaks first of a send
	"cleanup-with-request-ctx":  {"deadctx"},
	"cancel-not-deferred":       {"cancelnotdeferred"},
	"exit-skips-cancel":         {"exitskipscancel"},
	"ctx-variant-available":     {"ctxvariant"},
	"forwarding-goroutine":      {"forwardcancel"},
	"recover-swallows-panic":    {"swallowedpanic"},
	"unsafe-value-assert":       {"ctxvalue"},
	"defer-in-loop":             {"deferinloop"},
	"growing-ctx":               {"growingctx"},
	"bypassed-ctx":              {"bypassedctx"},
	"errgroup-outer-ctx":        {"errgroupctx"},
}

// near is how many lines a finding may stand from the labelled one, in the
// same function: a defect often has two places.
const near = 12

// take keeps the finding, with paths from the project's root, when it answers
// to the label.
func (l *label) take(f program.Finding) {
	if !slices.Contains(rulesOf[l.Class], f.Rule) {
		return
	}
	m := match{Finding: f}
	if r := diagnostics.ByName(f.Rule); r != nil && r.Default {
		m.hint = f.Severity == rule.Hint.String()
	}
	distance := max(f.Line-l.Line, l.Line-f.Line)
	switch {
	case f.File == l.File && (distance <= 1 || distance <= near && l.inFunc(f.Function)):
	case l.Verdict == bug && l.onPath(f):
		m.byPath = true
	default:
		return
	}
	l.matches = append(l.matches, m)
}

const (
	bug     = "bug"
	correct = "ok"
)

var noise = regexp.MustCompile(`\[.*?\]|[(*)]|\.func\d+.*`)

func (l *label) inFunc(name string) bool {
	if strings.HasPrefix(l.Func, "var ") {
		return true
	}
	return noise.ReplaceAllString(name, "") == noise.ReplaceAllString(l.Func, "")
}

func (l *label) onPath(f program.Finding) bool {
	at := func(p program.Place) bool { return p.File == l.File && p.Line == l.Line }
	return slices.ContainsFunc(f.Missing, at) || slices.ContainsFunc(f.Related, func(n program.Note) bool { return at(n.Place) })
}

// reported reports whether a finding that is shown by default, or of a rule
// that is switched on for the measure, answers to the label.
func (l *label) reported() bool {
	return slices.ContainsFunc(l.matches, func(m match) bool { return !m.hint })
}

// pkg is the pattern of the label's package from its module.
func (l *label) pkg() string {
	dir := path.Dir(l.File)
	if l.Gomod != "" && l.Gomod != "." {
		dir = strings.TrimPrefix(strings.TrimPrefix(dir, l.Gomod), "/")
	}
	return "./" + dir
}
