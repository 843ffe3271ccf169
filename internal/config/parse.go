package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
	"github.com/ctxls/ctxls/internal/nearest"
)

// parser gathers the problems of one configuration.
type parser struct{ problems Problems }

func (p *parser) problem(at *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, Problem{Line: at.Line, Column: at.Column, Message: fmt.Sprintf(format, args...)})
}

// keys maps each key of a configuration to its reader.
var keys = map[string]func(*parser, *Config, *yaml.Node){
	"rules":     (*parser).rules,
	"tests":     (*parser).tests,
	"buildTags": func(p *parser, c *Config, n *yaml.Node) { c.BuildTags = p.list(n, "buildTags") },
	"exclude":   (*parser).exclude,
	"blocking":  func(p *parser, c *Config, n *yaml.Node) { c.Functions.Blocking = p.functions(n, "blocking") },
	"joins":     func(p *parser, c *Config, n *yaml.Node) { c.Functions.Joins = p.functions(n, "joins") },

	"inlayHints":  (*parser).inlayHints,
	"typingDelay": (*parser).typingDelay,
}

// IsKey reports whether a configuration can have the key.
func IsKey(name string) bool { return keys[name] != nil }

// Parse reads a configuration, YAML or JSON. It returns what is right in it
// together with the problems of the rest.
func Parse(data []byte) (Config, Problems) {
	var c Config
	var p parser
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return c, nil // empty
	} else if err != nil {
		return c, Problems{syntaxProblem(err)}
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return c, nil
	}
	if root.Kind != yaml.MappingNode {
		p.problem(root, "the configuration is not a map of keys")
		return c, p.problems
	}
	seen := make(map[string]bool)
	for key, value := range pairs(root) {
		read := keys[key.Value]
		switch {
		case read == nil && diagnostics.ByName(key.Value) != nil:
			p.problem(key, "unknown key %q: rules stand below the key \"rules\"", key.Value)
		case read == nil:
			p.problem(key, "unknown key %q, the nearest is %q", key.Value, nearest.Name(key.Value, slices.Sorted(maps.Keys(keys))))
		case seen[key.Value]:
			p.problem(key, "the key %q stands here again", key.Value)
		default:
			seen[key.Value] = true
			if value.Tag != "!!null" { // all that stands below it is commented out
				read(&p, &c, value)
			}
		}
	}
	return c, p.problems
}

// pairs yields the keys and values of a map in their order.
func pairs(n *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			value := n.Content[i+1]
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			if !yield(n.Content[i], value) {
				return
			}
		}
	}
}

func (p *parser) rules(c *Config, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.problem(n, "rules is not a map of rule names to severities")
		return
	}
	c.Rules = make(map[string]diagnostics.Severity)
	for key, value := range pairs(n) {
		if diagnostics.ByName(key.Value) == nil {
			p.problem(key, "unknown rule %q, the nearest is %q", key.Value, nearest.Name(key.Value, diagnostics.Names()))
			continue
		}
		severity, err := parseSeverity(value)
		if err != nil {
			p.problem(value, "the severity of %s: %v", key.Value, err)
			continue
		}
		c.Rules[key.Value] = severity
	}
}

// parseSeverity reads off or a severity. YAML 1.1 readers take a bare off for
// false; so may programs that write the settings as JSON.
func parseSeverity(n *yaml.Node) (diagnostics.Severity, error) {
	if n.Kind == yaml.ScalarNode && (n.Value == "off" || n.Tag == "!!bool" && n.Value == "false") {
		return 0, nil
	}
	severity, err := rule.ParseSeverity(n.Value)
	if err != nil {
		return 0, fmt.Errorf("unknown severity %q: want off, hint, information, warning or error", n.Value)
	}
	return severity, nil
}

func (p *parser) tests(c *Config, n *yaml.Node) {
	var b bool
	if err := n.Decode(&b); err != nil {
		p.problem(n, "tests is neither true nor false")
		return
	}
	c.Tests = &b
}

// inlayHints reads a map of the kinds of hints.
func (p *parser) inlayHints(c *Config, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.problem(n, "inlayHints is not a map: want goroutines and contexts, each true or false")
		return
	}
	kinds := map[string]**bool{"goroutines": &c.InlayHints.Goroutines, "contexts": &c.InlayHints.Contexts}
	for key, value := range pairs(n) {
		kind := kinds[key.Value]
		if kind == nil {
			p.problem(key, "unknown key %q in inlayHints, the nearest is %q", key.Value, nearest.Name(key.Value, slices.Sorted(maps.Keys(kinds))))
			continue
		}
		var on bool
		if err := value.Decode(&on); err != nil {
			p.problem(value, "inlayHints: %s is neither true nor false", key.Value)
			continue
		}
		*kind = &on
	}
}

// longestDelay of typing: who waits longer takes the server for dead.
const longestDelay = time.Minute

// typingDelay reads a duration, as Go writes it or in milliseconds, or "off".
func (p *parser) typingDelay(c *Config, n *yaml.Node) {
	var on bool
	if n.Kind == yaml.ScalarNode && (n.Value == "off" || n.Tag == "!!bool" && n.Decode(&on) == nil && !on) {
		never := OnSave
		c.TypingDelay = &never
		return
	}
	d, err := time.ParseDuration(n.Value)
	if ms, notInt := strconv.Atoi(n.Value); notInt == nil {
		d, err = time.Duration(ms)*time.Millisecond, nil
		if ms > int(longestDelay/time.Millisecond) {
			d = longestDelay + 1
		}
	}
	switch {
	case n.Kind != yaml.ScalarNode || err != nil:
		p.problem(n, "typingDelay is neither a duration such as 150ms nor a number of milliseconds, nor off")
	case d < 0 || d > longestDelay:
		p.problem(n, "typingDelay: %s is not between 0 and %v", n.Value, longestDelay)
	default:
		c.TypingDelay = &d
	}
}

func (p *parser) exclude(c *Config, n *yaml.Node) {
	for _, glob := range p.list(n, "exclude") {
		if !doublestar.ValidatePattern(glob) {
			p.problem(n, "exclude: %q is not a valid glob", glob)
			continue
		}
		c.Exclude = append(c.Exclude, strings.TrimPrefix(glob, "./"))
	}
}

func (p *parser) list(n *yaml.Node, key string) []string {
	var list []string
	if err := n.Decode(&list); err != nil || n.Kind != yaml.SequenceNode {
		p.problem(n, "%s is not a list of strings", key)
		return nil
	}
	return list
}

// functions reads a list of full names of functions.
func (p *parser) functions(n *yaml.Node, key string) []string {
	var names []string
	for _, name := range p.list(n, key) {
		if !flow.ValidName(name) {
			p.problem(n, "%s: %q is not the full name of a function, such as example.com/queue.(*Queue).Pop", key, name)
			continue
		}
		names = append(names, name)
	}
	return names
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem takes the line out of the library's message.
func syntaxProblem(err error) Problem {
	problem := Problem{Line: 1, Column: 1, Message: err.Error()}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		problem.Message = strings.TrimPrefix(err.Error(), m[0])
		if line, err := strconv.Atoi(m[1]); err == nil {
			problem.Line = line
		}
	}
	return problem
}
