package flow

import (
	"regexp"
	"slices"
	"strings"
)

// belowModule are the elements of the package's path below the module's: the
// names of owners and repositories say nothing of what is in them.
func (p *Package) belowModule() []string {
	path := p.Pass.Pkg.Path()
	if m := p.Pass.Module; m != nil && m.Path != "" {
		rest, ok := strings.CutPrefix(path, m.Path)
		if !ok {
			return nil // std, or made by the go command
		}
		return strings.Split(strings.TrimPrefix(rest, "/"), "/")
	}
	return strings.Split(strings.TrimPrefix(strings.TrimPrefix(path, moduleByPath(path)), "/"), "/")
}

// testFolder matches the names of folders whose packages are there for tests.
var testFolder = regexp.MustCompile(`^(tests?|testing|e2e|testutils?|testhelpers?|testkit|[a-z]+[_-]tests?|[a-z]+test|fakes?|mocks?|mock[_-]?[a-z]+|[a-z]+[_-]mocks?)$`)

// servesTests reports whether the package by its path is there for tests: it is
// run by nothing else.
func (p *Package) servesTests() bool { return ForTests(p.belowModule()) }

// ForTests reports whether the elements of a path below that of its module lead
// to what is there for tests.
func ForTests(below []string) bool {
	if len(below) > 0 && below[0] == "integration" {
		return true // at the top, it isn't one with somebody's product
	}
	return slices.ContainsFunc(below, func(name string) bool {
		switch name {
		case "attest", "contest", "latest", "protest", "mockery":
			return false
		}
		return testFolder.MatchString(name)
	})
}

// commandFolder matches the names of folders with the code of command lines and
// of what developers run by hand.
var commandFolder = regexp.MustCompile(`^(cmds?|cli|cli(helper|util)s?|scripts?|tools?|hack|[a-z]+[_-](cli|tools?|cmd)|[a-z]+ctl|mage\w*)$`)

// OfCommandLine reports whether the package by its path is part of a command
// line: its contexts end with the process, unless it sees to another end itself.
func (p *Package) OfCommandLine() bool {
	return slices.ContainsFunc(p.belowModule(), commandFolder.MatchString)
}
