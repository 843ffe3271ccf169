package story

import (
	"fmt"
	"strings"

	"github.com/ctxls/ctxls/internal/flow"
)

// Card is what there is to say about one place. Its texts have names of the
// source in backquotes, and no other markup.
type Card struct {
	Range Range
	Title string
	Lines []string
}

// mostListed bounds what is listed of one kind.
const mostListed = 6

// Hover tells about the context, the cancel function or the start of a
// goroutine at a place of a file; false if there is none.
func (p Package) Hover(file string, offset int) (Card, bool) {
	f := p.at(file, offset)
	if f == nil {
		return Card{}, false
	}
	if m := f.mentionAt(offset); m != nil {
		card := Card{Range: f.place(m.Range)}
		switch {
		case m.Cancel > 0:
			p.cancelCard(&card, f, m)
		case m.Context > 0:
			p.contextCard(&card, f, m.Context)
		default:
			return Card{}, false
		}
		return card, true
	}
	if l := f.launchAt(offset); l != nil {
		card := Card{Range: f.place(l.Range), Title: "goroutine started by " + code(l.By)}
		if l.Runs != "" {
			card.Title += ", runs " + code(l.Runs)
		}
		card.Lines = f.launchLines(l)
		return card, true
	}
	return Card{}, false
}

func (p Package) contextCard(card *Card, f *Function, n int) {
	c := f.context(n)
	card.Title = "context"
	if c.Name != "" {
		card.Title += " " + code(c.Name)
	}
	if c.Kind == flow.ContextJoined {
		card.Lines = append(card.Lines, "one of these, by the path that was taken:")
		for _, option := range c.Options {
			card.Lines = append(card.Lines, p.chain(f, option))
		}
		return
	}
	card.Lines = append(card.Lines, p.chain(f, n))
	card.Lines = append(card.Lines, p.bringers(f, c)...)
	if line := p.deadline(f, n); line != "" {
		card.Lines = append(card.Lines, line)
	}
	card.Lines = append(card.Lines, p.enders(f, c, 0)...)
}

func (p Package) chain(f *Function, n int) string {
	return "from " + strings.Join(p.links(f, n), " → ")
}

// bringers lists the calls that give a parameter, or the assignments that fill
// a field, where the chain doesn't follow them.
func (p Package) bringers(f *Function, c *Context) []string {
	verb, list, all := "given at", []call(nil), true
	switch {
	case c.Kind == flow.ContextParam:
		if list, all = p.callsOf(f, c.Param); all && len(list) == 1 {
			return nil
		}
	case c.Held != "":
		verb, list = "assigned at", p.storesOf(c.Held)
		all = false
	}
	var lines []string
	for i, call := range list {
		if i == mostListed {
			lines = append(lines, fmt.Sprintf("and at %d more places", len(list)-i))
			break
		}
		chain := strings.Join(p.links(call.f, call.m.Context), " → ")
		if call.m.Context == 0 {
			chain = code("nil")
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", verb, call.f.where(call.m.Range), chain))
	}
	if len(list) > 0 && !all {
		lines = append(lines, "others may be out of view")
	}
	return lines
}

// deadline says when a context ends by itself at the latest, if that is
// constant, also where the only caller made it so.
func (p Package) deadline(f *Function, n int) string {
	var best *Context
	where := ""
	for steps := 0; steps < 64; steps++ { // more than there are links, unless they go round
		c := f.context(n)
		if c == nil {
			break
		}
		if c.Timeout > 0 && (best == nil || c.Timeout < best.Timeout) {
			best, where = c, f.where(c.Made)
		}
		if n = c.Parent; c.Kind != flow.ContextParam {
			continue
		}
		calls, all := p.callsOf(f, c.Param)
		if !all || len(calls) != 1 {
			break
		}
		f, n = calls[0].f, calls[0].m.Context
	}
	if best == nil {
		return ""
	}
	return fmt.Sprintf("deadline: %s after %s, or sooner", duration(best.Timeout), where)
}

// grouped reports whether a context is that of an errgroup.
func (c *Context) grouped() bool { return c.Via == "golang.org/x/sync/errgroup.WithContext" }

// enders says who cancels a context, also where its only caller made it.
func (p Package) enders(f *Function, c *Context, depth int) []string {
	const deepest = 64 // links can go round
	cancel := f.cancel(c.Cancel)
	switch {
	case depth > deepest:
	case cancel != nil:
		return p.cancelLines(f, cancel)
	case c.grouped():
		return []string{"cancelled by the first error of its group, and by the return of its " + code("Wait")}
	case c.Kind == flow.ContextDerived && c.Ends && c.Made != (Range{}):
		return []string{"its cancel function is thrown away, or kept by " + code(c.brief())}
	case c.Kind == flow.ContextDerived && f.context(c.Parent) != nil:
		parent := f.context(c.Parent)
		ends := []string{"ends with what it derives from"}
		if parent.Kind == flow.ContextDerived || parent.Kind == flow.ContextParam || parent.Ends {
			return append(ends, p.enders(f, parent, depth+1)...)
		}
		return ends
	case c.Kind == flow.ContextParam:
		calls, all := p.callsOf(f, c.Param)
		if !all || len(calls) != 1 {
			break
		}
		caller := calls[0].f
		given := caller.context(calls[0].m.Context)
		if given == nil {
			break
		}
		lines := p.enders(caller, given, depth+1)
		if caller.cancel(given.Cancel) != nil {
			for i := range lines {
				lines[i] = "in " + code(caller.Name) + ": " + lines[i]
			}
		}
		return lines
	case c.Kind == flow.ContextRoot && !c.Ends:
		return []string{"nobody cancels it"}
	}
	return nil
}

func (p Package) cancelCard(card *Card, f *Function, m *Mention) {
	c := f.cancel(m.Cancel)
	card.Title = "cancel function"
	if c.Name != "" {
		card.Title += " " + code(c.Name)
	}
	switch {
	case m.Another > 0:
		card.Title += ", one of several"
		for _, n := range []int{m.Cancel, m.Another} {
			if c := f.cancel(n); c.Made != (Range{}) {
				card.Lines = append(card.Lines, "made by "+code((&Context{Via: c.Via}).brief())+" at "+f.where(c.Made))
				card.Lines = append(card.Lines, p.cancelLines(f, c)...)
			}
		}
		return
	case c.Made != (Range{}):
		card.Lines = append(card.Lines, "made by "+code((&Context{Via: c.Via}).brief())+" at "+f.where(c.Made))
	case c.Held != "":
		for i, u := range p.madeFor(c) {
			if i == mostListed {
				break
			}
			card.Lines = append(card.Lines, "made by "+code((&Context{Via: u.use.To}).brief())+" at "+u.f.where(u.use.Range))
		}
	case c.Param:
		card.Title += ", a parameter of " + code(f.Name)
	}
	card.Lines = append(card.Lines, p.cancelLines(f, c)...)
}

// cancelLines says what becomes of a cancel function.
func (p Package) cancelLines(f *Function, c *Cancel) []string {
	var lines []string
	calls, handed := 0, 0
	for _, u := range p.usesOf(f, c) {
		if u.use.Kind.calls() {
			calls++
		} else if u.use.Kind != DroppedBy {
			handed++
		}
		switch {
		case len(lines) < 2*mostListed:
			lines = append(lines, u.sentence(" at "+u.f.where(u.use.Range)))
		case len(lines) == 2*mostListed:
			lines = append(lines, "and more")
		}
	}
	for _, exit := range c.Missing {
		lines = append(lines, exit.sentence(" at "+f.where(exit.Range)))
	}
	switch {
	case c.Cut:
		lines = append(lines, "the function is too large to follow all paths")
	case c.Made == (Range{}):
		if calls == 0 && !c.Param {
			lines = append(lines, "no call in view")
		}
	case len(c.Missing) == 0 && calls > 0 && !c.Kept:
		lines = append(lines, "called on every way out")
	case calls == 0 && handed == 0 && c.Held == "" && c.Other:
		lines = append(lines, "what becomes of it isn't followed")
	case calls == 0 && handed == 0 && len(c.Missing) == 0:
		lines = append(lines, "no call in view")
	}
	return lines
}

// sentence says what is missing, at a place.
func (e Exit) sentence(at string) string {
	switch {
	case e.Next:
		return "not called before the next one is made" + at
	case e.Done:
		return "not called on the way out" + at + ", where the context is done"
	}
	return "not called on the way out" + at
}

// sentence says what a use does, at a place: "called at svc.go:31, deferred".
func (u usePlace) sentence(at string) string {
	to := code(u.use.To)
	text := [...]string{
		Called:     "called",
		CalledBy:   "called by " + to + ", which is given it",
		MaybeBy:    "called on some paths by " + to + ", which is given it",
		LaunchedBy: "called in a goroutine by " + to + ", which is given it",
		DroppedBy:  "handed to " + to + ", which doesn't call it,",
		Passed:     "handed to " + to,
		Returned:   "returned",
		Stored:     "stored in " + to,
		Sent:       "sent to " + to,
	}[u.use.Kind]
	text += at
	if u.far && u.f.Name != "" {
		text += " in " + code(u.f.Name)
	}
	if u.use.Deferred {
		text += ", deferred"
	}
	if u.use.Launched {
		text += ", in a goroutine"
	}
	if u.use.Maybe {
		text += ", or another one is"
	}
	return text
}
