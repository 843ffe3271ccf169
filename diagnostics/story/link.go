package story

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ctxls/ctxls/internal/flow"
)

// at finds the function that a place is in, nil if the story has none.
func (p Package) at(file string, offset int) *Function {
	for i := range p {
		if r := p[i].Range; r.File == file && r.Start.Offset <= offset && offset <= r.End.Offset {
			return &p[i]
		}
	}
	return nil
}

func touches(r Range, offset int) bool { return r.Start.Offset <= offset && offset <= r.End.Offset }

// mentionAt is the innermost mention at a place, nil if there is none.
func (f *Function) mentionAt(offset int) *Mention {
	var found *Mention
	for i := range f.Mentions {
		m := &f.Mentions[i]
		if touches(m.Range, offset) && (found == nil || length(m.Range) < length(found.Range)) {
			found = m
		}
	}
	return found
}

func length(r Range) int { return r.End.Offset - r.Start.Offset }

func (f *Function) launchAt(offset int) *Launch {
	for i := range f.Launches {
		if touches(f.Launches[i].Range, offset) {
			return &f.Launches[i]
		}
	}
	return nil
}

// where writes a place for people: "svc.go:30".
func (f *Function) where(r Range) string {
	return fmt.Sprintf("%s:%d", filepath.Base(f.Range.File), r.Start.Line)
}

// call is one call of a function that is given a context.
type call struct {
	f *Function
	m *Mention
}

// callsOf returns the calls in view that give a context for the parameter, and
// whether these are all.
func (p Package) callsOf(f *Function, param int) (calls []call, all bool) {
	if f.Key == "" || param < 0 {
		return nil, false
	}
	all = !strings.ContainsAny(f.Name, ".") && !ast.IsExported(f.Name)
	for i := range p {
		g := &p[i]
		if g.Untold || slices.Contains(g.Taken, f.Key) {
			all = false
		}
		for j := range g.Mentions {
			if m := &g.Mentions[j]; m.To == f.Key && m.Param == param {
				calls = append(calls, call{g, m})
			}
		}
	}
	return calls, all
}

// storesOf returns the assignments in view to what holds a context.
func (p Package) storesOf(held string) []call {
	var out []call
	if held == "" {
		return nil
	}
	for i := range p {
		for _, s := range p[i].Stores {
			if s.Held == held {
				out = append(out, call{&p[i], &Mention{Range: s.Range, Context: s.Context}})
			}
		}
	}
	return out
}

// usePlace is one use of a cancel function, somewhere in the package.
type usePlace struct {
	f   *Function
	use *Use
	far bool // it is about whatever lies in the same field or package variable
}

// usesOf returns what is done with a cancel function: in its function, and with
// what lies where that puts it.
func (p Package) usesOf(f *Function, c *Cancel) []usePlace {
	var out []usePlace
	var held []string
	lies := func(key string) {
		if key != "" && !slices.Contains(held, key) {
			held = append(held, key)
		}
	}
	lies(c.Held)
	for i := range c.Uses {
		out = append(out, usePlace{f, &c.Uses[i], false})
		lies(c.Uses[i].Held)
	}
	for i := range p {
		for j := range p[i].Cancels {
			other := &p[i].Cancels[j]
			if other == c || other.Made != (Range{}) || !slices.Contains(held, other.Held) {
				continue
			}
			for k := range other.Uses {
				out = append(out, usePlace{&p[i], &other.Uses[k], c.Made != (Range{})})
			}
		}
	}
	return out
}

// madeFor returns the calls whose cancel function lies, or is put, where c
// does.
func (p Package) madeFor(c *Cancel) []usePlace {
	var out []usePlace
	for i := range p {
		for j := range p[i].Cancels {
			other := &p[i].Cancels[j]
			if other.Made == (Range{}) {
				continue
			}
			if other.Held == c.Held || slices.ContainsFunc(other.Uses, func(u Use) bool { return u.Held == c.Held }) {
				out = append(out, usePlace{&p[i], &Use{Range: other.Made, To: other.Via}, true})
			}
		}
	}
	return out
}

// calls reports whether a use calls the function, as far as is known.
func (k UseKind) calls() bool {
	return k == Called || k == CalledBy || k == MaybeBy || k == LaunchedBy
}

// under reports whether context n of the function is c, or may derive from it.
func (f *Function) under(n, c int) bool {
	var seen []int
	var may func(n int) bool
	may = func(n int) bool {
		for n > 0 && !slices.Contains(seen, n) {
			if n == c {
				return true
			}
			seen = append(seen, n)
			ctx := f.context(n)
			if slices.ContainsFunc(ctx.Options, may) {
				return true
			}
			n = ctx.Parent
		}
		return false
	}
	return may(n)
}

// brief writes what made a context: "WithTimeout 5s", "Background".
func (c *Context) brief() string {
	name := c.Via
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimPrefix(name, "context.")
	if c.Timeout > 0 {
		name += " " + duration(c.Timeout)
	}
	return name
}

// duration writes 5s for 5s, and 1m for 1m0s.
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// links writes where a context comes from, the first link first. It follows a
// parameter to the only call that there is of its function.
func (p Package) links(f *Function, n int) []string {
	return p.linksFrom(f, n, make(map[string]bool))
}

func (p Package) linksFrom(f *Function, n int, seen map[string]bool) []string {
	c := f.context(n)
	mark := fmt.Sprintf("%s#%d#%d", f.Range.File, f.Range.Start.Offset, n)
	if c == nil || seen[mark] {
		return []string{"unknown"}
	}
	seen[mark] = true
	switch c.Kind {
	case flow.ContextRoot:
		if c.Via == "context.Background" || c.Via == "context.TODO" {
			return []string{code(c.brief())}
		}
		return []string{code(c.brief()) + " at " + f.where(c.Made)}
	case flow.ContextDerived:
		return append(p.linksFrom(f, c.Parent, seen), code(c.brief())+" at "+f.where(c.Made))
	case flow.ContextParam:
		if c.Literal {
			return []string{"parameter of a function literal"}
		}
		link := "parameter of " + code(f.Name)
		if calls, all := p.callsOf(f, c.Param); all && len(calls) == 1 {
			if calls[0].m.Context == 0 {
				return []string{code("nil"), link}
			}
			return append(p.linksFrom(calls[0].f, calls[0].m.Context, seen), link)
		}
		return []string{link}
	case flow.ContextField:
		return []string{"field " + code(c.Name)}
	case flow.ContextRequest:
		if c.Via != "" {
			return []string{code(c.Via + "()")}
		}
		return []string{"the request's context"}
	case flow.ContextJoined:
		return []string{fmt.Sprintf("one of %d, by the path that was taken", len(c.Options))}
	}
	switch {
	case c.Via != "":
		return []string{"unknown: what " + code(c.Via) + " returned at " + f.where(c.Made)}
	case c.Global:
		return []string{"package variable " + code(c.Name)}
	}
	return []string{"unknown"}
}

func code(s string) string { return "`" + s + "`" }
