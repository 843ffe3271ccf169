package diagnostics

import (
	"slices"
	"strings"
)

// directive is a suppression comment, as it is written.
type directive struct {
	kind  directiveKind
	names []listedName // rules, or programs of which ctxls is one
}

type directiveKind uint8

const (
	ctxlsIgnore directiveKind = iota // names rules; those without any silence nothing
	lintIgnore                       // the others silence all rules
	nolint
)

// listedName is a name in the list of a directive, with its offset in the
// comment.
type listedName struct {
	text   string
	offset int
}

// all reports whether the directive silences every rule.
func (d directive) all() bool { return d.kind != ctxlsIgnore }

// rules are the names of the rules that the directive silences.
func (d directive) rules() []string {
	if d.kind != ctxlsIgnore {
		return nil
	}
	rules := make([]string, len(d.names))
	for i, n := range d.names {
		rules[i] = n.text
	}
	return rules
}

// parseDirective reads a suppression comment. It reports false for any other
// comment, and for one that is not for us.
func parseDirective(text string) (d directive, ok bool) {
	const ignore, lint = "//ctxls:ignore", "//lint:ignore"
	if names, found := strings.CutPrefix(text, ignore); found && (names == "" || startsBlank(names)) {
		return directive{ctxlsIgnore, nameList(names, len(ignore))}, true
	}
	if names, found := strings.CutPrefix(text, lint); found && startsBlank(names) {
		d = directive{lintIgnore, nameList(names, len(lint))}
		return d, d.namesUs()
	}
	// The colon directive of golangci-lint, which allows blanks in its front.
	if rest, found := strings.CutPrefix(text, "//"); found {
		if names, found := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "nolint:"); found {
			d = directive{nolint, nameList(names, len(text)-len(names))}
			return d, d.namesUs()
		}
	}
	return directive{}, false
}

func (d directive) namesUs() bool {
	return slices.ContainsFunc(d.names, func(n listedName) bool { return n.text == "ctxls" })
}

func startsBlank(s string) bool { return s != "" && (s[0] == ' ' || s[0] == '\t') }

// nameList splits the comma-separated names that s starts with from the
// reason behind them. Blanks may stand around the commas. The offset is that
// of s in the comment.
func nameList(s string, offset int) []listedName {
	var names []listedName
	for {
		trimmed := strings.TrimLeft(s, " \t")
		offset += len(s) - len(trimmed)
		end := strings.IndexAny(trimmed, ", \t")
		if end < 0 {
			end = len(trimmed)
		}
		if name := trimmed[:end]; name != "" && !strings.HasPrefix(name, "//") {
			names = append(names, listedName{name, offset})
		}
		rest, more := strings.CutPrefix(strings.TrimLeft(trimmed[end:], " \t"), ",")
		if !more {
			return names
		}
		offset += len(trimmed) - len(rest)
		s = rest
	}
}
