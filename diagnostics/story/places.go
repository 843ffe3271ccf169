package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/internal/flow"
)

// HighlightKind says how a place belongs to a story.
type HighlightKind uint8

const (
	Written HighlightKind = iota // it is made here
	Used                         // it is called, handed on, or listened to here
	Lacking                      // a call is missing here
)

// Highlight is one place of a story.
type Highlight struct {
	Range Range
	Kind  HighlightKind
}

// Highlights returns the story of the context or cancel function at a place,
// as far as it plays in the same file, in source order.
func (p Package) Highlights(file string, offset int) []Highlight {
	f := p.at(file, offset)
	if f == nil {
		return nil
	}
	m := f.mentionAt(offset)
	if m == nil {
		return nil
	}
	h := &highlighter{p: p, file: file}
	switch {
	case m.Cancel > 0:
		h.cancel(f, m.Cancel)
		if m.Another > 0 {
			h.cancel(f, m.Another)
		}
	case m.Context > 0:
		h.context(f, m.Context)
	}
	slices.SortStableFunc(h.out, func(a, b Highlight) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return h.out
}

type highlighter struct {
	p    Package
	file string
	out  []Highlight
}

// add adds a place once; the kind that came first stays.
func (h *highlighter) add(f *Function, r Range, kind HighlightKind) {
	if r == (Range{}) || f.Range.File != h.file {
		return
	}
	r = f.place(r)
	if !slices.ContainsFunc(h.out, func(o Highlight) bool { return o.Range == r }) {
		h.out = append(h.out, Highlight{r, kind})
	}
}

func (h *highlighter) context(f *Function, n int) {
	c := f.context(n)
	h.add(f, c.Holder, Written)
	if c.Holder == (Range{}) {
		h.add(f, c.Made, Written)
	}
	if c.Cancel > 0 {
		h.cancel(f, c.Cancel)
	}
	for _, m := range f.Mentions {
		if m.Context == n {
			kind := Used
			if m.Kind == Defined {
				kind = Written
			}
			h.add(f, m.Range, kind)
		}
	}
}

func (h *highlighter) cancel(f *Function, n int) {
	c := f.cancel(n)
	h.add(f, c.Holder, Written)
	if c.Holder == (Range{}) {
		h.add(f, c.Made, Written)
	}
	for _, exit := range c.Missing {
		if !exit.Next {
			h.add(f, exit.Range, Lacking)
		}
	}
	for _, u := range h.p.usesOf(f, c) {
		h.add(u.f, u.use.Range, Used)
	}
	if c.Made == (Range{}) && c.Held != "" {
		for _, u := range h.p.madeFor(c) {
			h.add(u.f, u.use.Range, Written)
		}
	}
	for _, m := range f.Mentions {
		if m.Cancel == n && m.Another == 0 {
			h.add(f, m.Range, Used)
		}
	}
}

// longestChain bounds the links of a hint.
const longestChain = 8

// Hint is a short text for the editor to show in the line.
type Hint struct {
	File   string
	Offset int
	Label  string
	Lines  []string // more about it, as in a [Card]
}

// GoroutineHints says at each start of a goroutine in a file what ends it.
func (p Package) GoroutineHints(file string) []Hint {
	var out []Hint
	for i := range p {
		f := &p[i]
		if f.Range.File != file {
			continue
		}
		for j := range f.Launches {
			l := &f.Launches[j]
			out = append(out, Hint{file, l.Range.End.Offset, "ends: " + l.label(), f.launchLines(l)})
		}
	}
	return out
}

// ContextHints says behind each context in a file that a call is given what
// it derives from.
func (p Package) ContextHints(file string) []Hint {
	var out []Hint
	for i := range p {
		f := &p[i]
		if f.Range.File != file {
			continue
		}
		for _, m := range f.Mentions {
			if m.Kind != Given || m.Context == 0 {
				continue
			}
			if chain := p.chainBack(f, m); chain != "" {
				out = append(out, Hint{file, m.Range.End.Offset, chain, []string{p.chain(f, m.Context)}})
			}
		}
	}
	return out
}

// chainBack writes the chain of a context from its end: "← WithTimeout 5s ←
// parameter ctx", and goes on where there is one call that gives the
// parameter. What the argument itself shows is left out, and with it the chain
// of a parameter of which no more is known.
func (p Package) chainBack(f *Function, m Mention) string {
	var links []string
	passed := f.context(m.Context)
	for n := m.Context; n > 0 && len(links) < longestChain; {
		c := f.context(n)
		shown := c.Made == m.Range // the argument is the call that makes it
		n = c.Parent
		if shown {
			continue
		}
		switch c.Kind {
		case flow.ContextRoot:
			links = append(links, c.brief())
		case flow.ContextDerived:
			links = append(links, c.brief())
			if n == 0 {
				links = append(links, "unknown")
			}
		case flow.ContextParam:
			links = append(links, "parameter "+c.Name)
			if calls, all := p.callsOf(f, c.Param); all && len(calls) == 1 {
				f, n = calls[0].f, calls[0].m.Context
			}
		case flow.ContextField:
			links = append(links, "field "+c.Name)
		case flow.ContextRequest:
			links = append(links, strings.TrimPrefix(c.Via+"()", "()"))
		case flow.ContextJoined:
			links = append(links, f.options(c))
		case flow.ContextUnknown:
			links = append(links, "unknown")
		}
	}
	if len(links) == 0 || len(links) == 1 && passed.Kind == flow.ContextParam {
		return ""
	}
	return "← " + strings.Join(links, " ← ")
}

// options names what a joined context can be, if that isn't much.
func (f *Function) options(c *Context) string {
	if len(c.Options) > 2 {
		return fmt.Sprintf("one of %d", len(c.Options))
	}
	var names []string
	for _, n := range c.Options {
		switch o := f.context(n); o.Kind {
		case flow.ContextRoot, flow.ContextDerived:
			names = append(names, o.brief())
		case flow.ContextParam:
			names = append(names, "parameter "+o.Name)
		case flow.ContextField:
			names = append(names, "field "+o.Name)
		default:
			names = append(names, "another one")
		}
	}
	return strings.Join(slices.Compact(names), " or ")
}

// Lens is a line of text above a creation, with the places that it counts.
type Lens struct {
	Range  Range // of the call that makes the context
	Title  string
	Places []Place
}

// Place is one place with what it does there.
type Place struct {
	Range Range
	Text  string
}

// Lenses returns those of the contexts and cancel functions that are made in a
// file.
func (p Package) Lenses(file string) []Lens {
	var out []Lens
	for i := range p {
		f := &p[i]
		if f.Range.File != file {
			continue
		}
		for n := range f.Contexts {
			c := &f.Contexts[n]
			made := c.Kind == flow.ContextDerived || c.Kind == flow.ContextRoot
			if made && c.Ends && c.Made != (Range{}) {
				out = append(out, p.lens(f, c.Made, n+1, f.cancel(c.Cancel)))
			}
		}
		for n := range f.Cancels {
			c := &f.Cancels[n]
			ctx := f.context(c.Context)
			if c.Made != (Range{}) && (ctx == nil || !ctx.Ends) {
				out = append(out, p.lens(f, c.Made, c.Context, c))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Lens) int { return a.Range.Start.Offset - b.Range.Start.Offset })
	return out
}

func (p Package) lens(f *Function, made Range, n int, c *Cancel) Lens {
	l := Lens{Range: f.place(made)}
	var parts []string
	switch ctx := f.context(n); {
	case c != nil:
		parts = p.cancelParts(&l, f, c)
	case ctx != nil && ctx.grouped():
		parts = []string{"cancelled by its group"}
	default:
		parts = []string{"its cancel isn't in view"}
	}
	if n == 0 { // which contexts it ends isn't in view
		l.Title = strings.Join(parts, " · ")
		return l
	}
	listeners, unknown, kept, deaf := 0, 0, 0, 0
	for _, m := range f.Mentions {
		if !f.under(m.Context, n) {
			continue
		}
		switch {
		case m.Kind == Done || m.Kind == Err || m.Kind == Given && m.Hears == Yes:
			listeners++
			l.add(f, m.Range, "listens")
		case m.Kind == Given && m.Hears == Unknown:
			unknown++
			l.add(f, m.Range, "may listen")
		case m.Kind == Keeps || m.Kind == Returns:
			kept++
			l.add(f, m.Range, "hands it on")
		}
	}
	for _, s := range f.Stores {
		if s.Context == n && s.Range == f.context(n).Holder { // it is made there
			kept++
			l.add(f, s.Range, "hands it on")
		}
	}
	for _, launch := range f.Launches {
		if slices.ContainsFunc(launch.DeafTo, func(d int) bool { return f.under(d, n) }) {
			deaf++
			l.add(f, launch.Range, "starts a deaf goroutine")
		}
	}
	parts = append(parts, count(listeners, "listener"))
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d that may listen", unknown))
	}
	if kept > 0 {
		parts = append(parts, "context handed on at "+count(kept, "place"))
	}
	if deaf > 0 {
		parts = append(parts, count(deaf, "deaf goroutine"))
	}
	l.Title = strings.Join(parts, " · ")
	return l
}

// cancelParts says how often a cancel function is called and handed on.
func (p Package) cancelParts(l *Lens, f *Function, c *Cancel) []string {
	calls, handed := 0, 0
	for _, u := range p.usesOf(f, c) {
		switch {
		case u.use.Kind.calls():
			calls++
		case u.use.Kind != DroppedBy:
			handed++
		}
		l.add(u.f, u.use.Range, u.sentence(""))
	}
	if c.Held != "" {
		handed++ // it is made into a field
		l.add(f, c.Holder, "stored in "+code(c.Name))
	}
	var parts []string
	if calls > 0 {
		parts = append(parts, "cancelled at "+count(calls, "place"))
	}
	if handed > 0 {
		parts = append(parts, "handed on at "+count(handed, "place"))
	}
	switch {
	case calls+handed > 0:
	case c.Other:
		parts = append(parts, "what becomes of its cancel isn't followed")
	default:
		parts = append(parts, "never cancelled")
	}
	missing := 0
	for _, exit := range c.Missing {
		if !exit.Done {
			missing++
			l.add(f, exit.Range, exit.sentence(""))
		}
	}
	if missing > 0 && calls+handed > 0 {
		parts = append(parts, count(missing, "exit")+" without a call")
	}
	return parts
}

func (l *Lens) add(f *Function, r Range, text string) {
	l.Places = append(l.Places, Place{f.place(r), text})
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
