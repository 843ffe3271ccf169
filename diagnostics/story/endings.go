package story

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/internal/flow"
)

// mostDark bounds the calls out of view that are listed.
const mostDark = 2

// launchLines says what ends a goroutine.
func (f *Function) launchLines(l *Launch) []string {
	var lines []string
	switch {
	case !l.Known:
		return []string{"what ends it is unknown: what it runs isn't in view"}
	case l.Exits:
		lines = append(lines, "it never returns: it ends with the process")
	case l.panicsOnly():
		lines = append(lines, "it never returns: every path ends by a panic, or by runtime.Goexit")
	case l.Never && l.Panics:
		lines = append(lines, "it never returns: no path leads to a return, though it can panic")
	case l.Never:
		lines = append(lines, "nothing ends it: no path leads to a return")
	}
	dark := 0
	for _, h := range l.Holds {
		line := f.holdLine(h)
		if slices.Contains(lines, line) {
			continue
		}
		if len(h.Ends) == 1 && h.Ends[0].Kind == flow.EndOutOfView {
			if dark++; dark > mostDark {
				continue
			}
		}
		lines = append(lines, line)
	}
	if dark > mostDark {
		lines = append(lines, "and for more calls that aren't in view")
	}
	switch {
	case l.Cut:
		lines = append(lines, "and there are more places that can hold it")
	case len(lines) == 0:
		lines = append(lines, "it ends with its work: no endless loop is in view, and nothing that it waits for")
	case !l.Never:
		lines = append(lines, "then it ends")
	}
	if len(l.DeafTo) > 0 {
		var names []string
		for _, n := range l.DeafTo {
			if c := f.context(n); c.Name != "" {
				names = append(names, code(c.Name))
			}
		}
		lines = append(lines, "it can stay for ever without hearing "+strings.Join(names, " or "))
	}
	return lines
}

func (f *Function) holdLine(h Hold) string {
	where := f.where(h.Range)
	if h.Via != "" {
		where += ", in " + code(h.Via)
	}
	if h.Loop && len(h.Ends) == 0 {
		return "the loop at " + where + " has no way out"
	}
	if len(h.Ends) == 0 {
		return "nothing lets it go at " + where
	}
	var ends []string
	for _, e := range h.Ends {
		text := f.endText(e)
		if h.Loop && h.Via == "" && e.Range.Start.Line != h.Range.Start.Line {
			text += fmt.Sprintf(" (line %d)", e.Range.Start.Line)
		}
		if !slices.Contains(ends, text) {
			ends = append(ends, text)
		}
	}
	verb := "waits at "
	if h.Loop {
		verb = "stays in the loop at "
	}
	return verb + where + " until " + strings.Join(ends, ", or ")
}

// endText is a clause that says what has to happen.
func (f *Function) endText(e End) string {
	named := func(name, unnamed string) string {
		if name == "" {
			return unnamed
		}
		return code(name)
	}
	switch e.Kind {
	case flow.EndDone:
		return named(e.Name, "a context") + " is done"
	case flow.EndReceived:
		return "something comes from " + named(e.Name, "a channel") + ", or it is closed"
	case flow.EndClosed:
		if e.Lost {
			return named(e.Name, "a channel") + " is closed, which nobody in view does"
		}
		return named(e.Name, "a channel") + " is closed"
	case flow.EndSent:
		return "a send to " + named(e.Name, "a channel") + " goes through"
	case flow.EndTimer:
		return named(e.Name, "a timer") + " fires"
	case flow.EndFailed:
		return code(e.Name) + " fails" + heeding(e)
	case flow.EndSucceeded:
		return code(e.Name) + " succeeds" + heeding(e)
	case flow.EndReturned, flow.EndTookLong:
		return code(e.Name) + " returns" + heeding(e)
	case flow.EndOutOfView:
		return code(e.Name) + " returns, which isn't in view"
	}
	if e.Via != "" {
		return "a condition lets it"
	}
	return "a condition of line " + fmt.Sprint(e.Range.Start.Line) + " lets it"
}

func heeding(e End) string {
	if e.Ctx == "" {
		return ""
	}
	return ", which heeds " + code(e.Ctx)
}

// panicsOnly reports whether nothing holds a goroutine that never returns.
func (l *Launch) panicsOnly() bool {
	return l.Never && l.Panics && !slices.ContainsFunc(l.Holds, func(h Hold) bool { return h.Loop || len(h.Ends) == 0 })
}

// label says in a few words what ends a goroutine.
func (l *Launch) label() string {
	switch {
	case !l.Known:
		return "unknown"
	case l.Exits:
		return "with the process"
	case l.panicsOnly():
		return "by a panic"
	case l.Never && l.Panics:
		return "never, but by a panic"
	case l.Never:
		return "never"
	}
	for rank, of := range []func(Hold) bool{
		func(h Hold) bool { return h.Loop || len(h.Ends) == 0 },
		func(h Hold) bool { return h.Ends[0].Kind < flow.EndTookLong },
		func(h Hold) bool { return h.Ends[0].Kind == flow.EndTookLong },
		func(Hold) bool { return true },
	} {
		var parts []string
		for _, h := range l.Holds {
			if part := h.label(); of(h) && (len(parts) == 0 || parts[len(parts)-1] != part) {
				parts = append(parts, part)
			}
		}
		if last := len(parts) - 1; rank > 1 && last >= 0 {
			parts = parts[last:] // the others are seldom what takes long
		}
		switch {
		case len(parts) > 2:
			return strings.Join(parts[:2], ", then ") + ", …"
		case len(parts) > 0:
			return strings.Join(parts, ", then ")
		}
	}
	return "with its work"
}

func (h *Hold) label() string {
	if len(h.Ends) == 0 {
		return "never"
	}
	var parts []string
	for _, e := range h.Ends {
		part := e.label()
		if slices.Contains(parts, part) {
			continue
		}
		if len(parts) == 3 {
			parts[2] = "…"
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " or ")
}

func (e *End) label() string {
	name := e.Name
	if e.Ctx != "" {
		name += "(" + e.Ctx + ")"
	}
	switch e.Kind {
	case flow.EndDone:
		if name == "" {
			return "ctx"
		}
		return name
	case flow.EndReceived:
		return "<-" + name
	case flow.EndClosed:
		return name + " closed"
	case flow.EndSent:
		return "send to " + name
	case flow.EndTimer:
		return "timer"
	case flow.EndFailed:
		return name + " fails"
	case flow.EndSucceeded:
		return name + " succeeds"
	case flow.EndReturned, flow.EndTookLong, flow.EndOutOfView:
		return "after " + name
	}
	if e.Via != "" {
		return "a condition"
	}
	return fmt.Sprintf("line %d", e.Range.Start.Line)
}
