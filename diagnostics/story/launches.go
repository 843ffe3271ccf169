package story

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// launches makes the records of the goroutines that the function starts.
func (t *teller) launches() {
	syntax := t.p.SyntaxOf(t.f)
	for _, site := range t.starts {
		expr := syntax.Call(site)
		if expr == nil || startsCancel(site) {
			continue
		}
		for _, l := range t.p.LaunchesIn(site.Parent()) {
			if l.Site == site {
				t.launch(l, expr)
			}
		}
		if !slices.ContainsFunc(t.p.LaunchesIn(site.Parent()), func(l flow.Launch) bool { return l.Site == site }) {
			t.launch(flow.Launch{Site: site}, expr) // of a func value that isn't known
		}
	}
	slices.SortStableFunc(t.out.Launches, func(a, b Launch) int { return cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset) })
}

// startsCancel reports whether what a call runs in a goroutine is a cancel
// function: that ends at once.
func startsCancel(site ssa.CallInstruction) bool {
	common := site.Common()
	if _, isGo := site.(*ssa.Go); isGo {
		return !common.IsInvoke() && flow.IsCancelFunc(common.Value.Type())
	}
	for _, arg := range common.Args {
		for {
			change, ok := arg.(*ssa.ChangeType)
			if !ok {
				break
			}
			arg = change.X
		}
		if flow.IsCancelFunc(arg.Type()) {
			return true
		}
	}
	return false
}

func (t *teller) launch(l flow.Launch, expr *ast.CallExpr) {
	ending := t.p.EndingOf(l)
	out := Launch{
		Range: t.rangeOf(expr.Fun), By: types.ExprString(expr.Fun),
		Known: ending.Known, Never: ending.Never, Exits: ending.Exits, Panics: ending.Panics, Cut: ending.Cut,
	}
	if _, isGo := l.Site.(*ssa.Go); isGo {
		out.Range, out.By = t.span(l.Site.Pos(), l.Site.Pos()+token.Pos(len("go"))), "go"
		out.Runs = funcName(expr.Fun)
	} else if len(expr.Args) > 0 {
		out.Runs = funcName(expr.Args[len(expr.Args)-1])
	}
	for _, h := range ending.Holds {
		hold := Hold{Range: t.keyword(h.Pos, h.Loop), Loop: h.Loop, Via: h.Via}
		for _, e := range h.Ends {
			hold.Ends = append(hold.Ends, End{Kind: e.Kind, Name: e.Name, Ctx: e.Ctx, Range: t.keyword(e.Pos, false), Via: e.Via, Lost: e.Lost})
		}
		out.Holds = append(out.Holds, hold)
	}
	start, end := t.rangeOf(expr).Start.Offset, t.rangeOf(expr).End.Offset
	for _, m := range t.out.Mentions {
		if m.Context > 0 && m.Kind != Defined && start <= m.Range.Start.Offset && m.Range.End.Offset <= end && !slices.Contains(out.Contexts, m.Context) {
			out.Contexts = append(out.Contexts, m.Context)
		}
	}
	if l.Body != nil && !flow.InContext(flow.Callee(l.Site.Common()), "AfterFunc") {
		t.deafTo(&out, l)
	}
	t.out.Launches = append(t.out.Launches, out)
}

// keyword is the place of an operation: a point, or the for of a loop.
func (t *teller) keyword(pos token.Pos, loop bool) Range {
	if loop {
		return t.span(pos, pos+token.Pos(len("for")))
	}
	return t.span(pos, pos)
}

// funcName is how the source names a function; empty for literals.
func funcName(x ast.Expr) string {
	x = ast.Unparen(x)
	if _, lit := x.(*ast.FuncLit); lit {
		return ""
	}
	name := types.ExprString(x)
	if len(name) > 60 {
		return "a function"
	}
	return name
}

// deafTo notes the contexts that the goroutine could hear, and that end, where
// it can wait or go round for ever.
func (t *teller) deafTo(out *Launch, l flow.Launch) {
	if !slices.ContainsFunc(t.out.Contexts, func(c Context) bool { return c.Ends }) {
		return
	}
	body := t.p.Of(l.Body)
	var places []token.Pos
	for _, fn := range t.p.RunsIn(l.Body) {
		for _, wait := range t.p.Waits(fn) {
			places = append(places, wait.Pos)
		}
		for _, loop := range t.p.DeafLoops(fn) {
			places = append(places, loop.Stmt.Pos())
		}
	}
	for _, pos := range places {
		live := t.p.LiveContexts(body, pos)
		if len(live) == 0 || live[0].Kind == flow.LiveField {
			continue
		}
		for _, n := range t.heldBy(live[0].Var, l, body) {
			if !slices.Contains(out.DeafTo, n) {
				out.DeafTo = append(out.DeafTo, n)
			}
		}
	}
}

// heldBy returns the contexts that a variable which the goroutine can name
// holds; for a parameter of another function, what the launch gives it.
func (t *teller) heldBy(v *types.Var, l flow.Launch, body *flow.Func) []int {
	if body == t.f {
		return t.holds[v]
	}
	if _, isGo := l.Site.(*ssa.Go); !isGo {
		return nil
	}
	for i, param := range l.Body.Params {
		if param.Object() == v && i < len(l.Site.Common().Args) {
			if n := t.number(t.p.ContextOf(l.Site.Common().Args[i])); n > 0 {
				return []int{n}
			}
		}
	}
	return nil
}
