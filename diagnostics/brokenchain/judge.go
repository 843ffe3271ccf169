package brokenchain

import (
	"cmp"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// verdict is what a use of a root amounts to, the worst last.
type verdict uint8

const (
	innocent verdict = iota
	doubtful         // what gets it may live longer than the call
	detached         // work of a handler that goes on after the response
	broken
)

// judge decides about a root by all its uses: one that outlives the call
// speaks for the root, else the worst one counts.
func (c *candidate) judge() (verdict, flow.RootUse) {
	worst, at, starts := innocent, flow.RootUse{}, false
	for _, u := range c.Uses {
		switch u.Kind {
		case flow.RootStored, flow.RootReturned, flow.RootSent, flow.RootMerged:
			return innocent, u
		case flow.RootPassed, flow.RootLaunched:
			if c.ownLifetime(u) || c.besideRoot(u.Instr.(ssa.CallInstruction).Common()) {
				return innocent, u
			}
			v := c.judgeCall(u)
			if v > worst {
				worst, at = v, u
			}
			starts = starts || c.startsWork(u, v)
		}
	}
	if starts {
		worst = min(worst, doubtful) // in the root's place, the live one would end that as well
	}
	return worst, at
}

// startsWork reports whether a call by its name starts what goes on after it,
// and may do so under its context.
func (c *candidate) startsWork(u flow.RootUse, v verdict) bool {
	call, ok := u.Instr.(*ssa.Call)
	if !ok || len(u.Derived) > 0 || v == broken {
		return false
	}
	fn := flow.Callee(call.Common())
	return fn != nil && flow.SetsOffByName(fn.Name()) &&
		(v == doubtful && c.need(call.Common()).Hears() || c.pass.Flow.PassedFate(call) == flow.KeptElsewhere)
}

// ownLifetime reports whether the function hands the cancel function of a
// derivation on, or uses it to end something at a chosen moment.
func (c *candidate) ownLifetime(u flow.RootUse) bool {
	for _, d := range u.Derived {
		if fate := c.pass.Flow.CancelFate(d); fate == flow.CancelHandedOn {
			return true
		}
		if c.keepsValues(d) || endedBefore(d, u.Instr) || c.endedByHand(d) {
			return true
		}
	}
	return false
}

// besideRoot reports whether a call gets a live context together with the
// root: what is in it goes over to the root, or each is for something of its
// own.
func (c *candidate) besideRoot(call *ssa.CallCommon) bool {
	root, live := false, false
	for _, arg := range call.Args {
		if flow.IsContext(arg.Type()) {
			origin := c.pass.Flow.Origin(arg)
			root = root || origin.Root
			live = live || !origin.Root && origin.Value != nil
		}
	}
	return root && live
}

// need is what a call needs of the root, as far as can be seen.
func (c *candidate) need(call *ssa.CallCommon) flow.ContextNeed {
	given := false
	ignored := true
	for i, arg := range call.Args {
		if !flow.IsContext(arg.Type()) || !c.pass.Flow.Origin(arg).Root {
			continue
		}
		need := c.pass.Flow.NeedOf(call, i)
		if need.Hears() {
			return need
		}
		given, ignored = true, ignored && need == flow.NeedNothing
	}
	switch {
	case !given:
		return flow.NeedUnknown // in a struct of options
	case ignored:
		return flow.NeedNothing
	}
	return flow.NeedValues
}

// keepsValues reports whether a derivation carries something over from the
// live context: whoever picks values has decided about the signal.
func (c *candidate) keepsValues(d *ssa.Call) bool {
	fn := flow.Callee(d.Common())
	if fn == nil || flow.InContext(fn) && strings.HasPrefix(fn.Name(), "With") && fn.Name() != "WithValue" {
		return false
	}
	return slices.ContainsFunc(d.Call.Args, func(arg ssa.Value) bool { return c.fromLive(arg) })
}

// fromLive reports whether a value is computed, in a few steps, from a context
// that isn't a root.
func (c *candidate) fromLive(v ssa.Value) bool {
	const steps = 7
	seen := map[ssa.Value]bool{v: true} // a phi has many operands, itself among them
	level := []ssa.Value{v}
	for range steps {
		var next []ssa.Value
		for _, v := range level {
			if flow.IsContext(v.Type()) {
				if !c.pass.Flow.Origin(v).Root {
					return true
				}
				continue
			}
			for _, from := range computedFrom(v) {
				if !seen[from] {
					seen[from] = true
					next = append(next, from)
				}
			}
		}
		level = next
	}
	return false
}

// computedFrom lists the operands of a value; of a variable, what is stored in
// it.
func computedFrom(v ssa.Value) []ssa.Value {
	instr, ok := v.(ssa.Instruction)
	if !ok {
		return nil
	}
	var out []ssa.Value
	if load, ok := v.(*ssa.UnOp); ok {
		if cell, ok := load.X.(*ssa.Alloc); ok {
			for _, ref := range *cell.Referrers() {
				if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
					out = append(out, store.Val)
				}
			}
			return out
		}
	}
	for _, op := range instr.Operands(nil) {
		if *op != nil {
			out = append(out, *op)
		}
	}
	return out
}

// lastStep reports whether a call commits what earlier calls on the same value, in
// the function, have handed over: all is done but that.
func (c *candidate) lastStep(site ssa.CallInstruction, path []ast.Node) bool {
	fn := flow.Callee(site.Common())
	if fn == nil || fn.Name() != "Commit" || fn.Signature().Recv() == nil || fn.Signature().Params().Len() != 1 {
		return false
	}
	recv, before := "", false
	for _, n := range path {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && n.Lparen == site.Pos() {
				recv = c.pass.Source(sel.X)
			}
		case *ast.FuncDecl:
			ast.Inspect(n.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && call.Pos() < site.Pos() {
					sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
					before = before || ok && sel.Sel.Name != "Commit" && len(call.Args) > 0 && c.pass.Source(sel.X) == recv
				}
				return recv != "" && !before
			})
		}
	}
	return before
}

func (c *candidate) judgeCall(u flow.RootUse) verdict {
	site := u.Instr.(ssa.CallInstruction)
	fn := flow.Callee(site.Common())
	name := ""
	if fn != nil {
		name = fn.Name()
	}
	path := c.pass.Enclosing(u.Instr.Pos())
	need := c.need(site.Common())
	switch {
	case c.pass.Flow.MayFollowDone(u.Instr), c.pass.CleansUp(path), c.needsNoSignal(site), need == flow.NeedValues:
		return innocent
	case c.pass.UndoneLate(cmp.Or(name, variableCalled(site, path)), path), c.mustNotFail(site, path):
		return innocent
	case name == "WithContext" || name == "Clone":
		if c.ofLive(site.Common()) {
			return innocent // the live one was there already
		}
	}
	bounded := slices.ContainsFunc(u.Derived, func(d *ssa.Call) bool { return c.pass.Flow.CancelFate(d) == flow.CancelBounds })
	worst := c.runsWhere(u, bounded)
	if call, ok := site.(*ssa.Call); ok && flow.Is(fn, "os/exec.CommandContext") && flow.CommandOutlives(call) {
		return min(worst, doubtful)
	}
	if need == flow.NeedNothing || c.lastStep(site, path) || flow.OnlyLooksUp(fn) || flow.ReadsCache(fn) || c.listensBeside(u) || c.literalHears(site, path) {
		worst = min(worst, doubtful) // little is lost, or nothing until the callee looks at it; or all is done but the last step; or the live one does the work
	}
	if u.Kind == flow.RootLaunched {
		for _, l := range c.pass.Flow.LaunchesIn(u.Instr.Parent()) {
			if l.Site == u.Instr {
				worst = min(worst, c.launched(l, bounded))
			}
		}
	}
	call, ok := site.(*ssa.Call)
	if ok && bounded && worst == broken && c.pass.Flow.PassedFate(call) == flow.KeptInResult && c.besideLive(call) {
		return doubtful // what is done with it hears the live one
	}
	if !ok || bounded || worst != broken {
		return worst
	}
	switch fate := c.pass.Flow.PassedFate(call); {
	case c.heldWithLive(call):
		return worst // it lives as long as what is under the live context
	case fate == flow.KeptElsewhere:
		return innocent
	case fate == flow.KeptInResult && flow.ResultFate(call) != flow.NotKept && !c.besideLive(call), c.mayLive(call, name):
		return doubtful
	}
	return worst
}

// variableCalled is the name of the variable, or the field, whose function a
// call runs; who named a literal said what it does.
func variableCalled(site ssa.CallInstruction, path []ast.Node) string {
	for _, n := range path {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != site.Pos() {
			continue
		}
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			return fun.Name
		case *ast.SelectorExpr:
			return fun.Sel.Name
		}
		break
	}
	return ""
}

// mayLive reports whether a call may make or start something that lives longer
// than this one, going by its name where its body isn't in view.
func (c *candidate) mayLive(call *ssa.Call, name string) bool {
	if len(name) > 4 && strings.EqualFold(name[:4], "with") && !flow.HoldsContext(call.Type()) {
		return false // it does something with something, and that's it
	}
	return flow.StartsByName(name) && (!flow.MakesByName(name) || flow.ResultFate(call) != flow.NotKept && !c.besideLive(call))
}

var quiet = regexp.MustCompile(`(?i)(^|[/._-])(s?log|slog|logs?|logr|zap|zerolog|logrus|logger|logging|klog|glog|trac(e|er|ing)|otel|opentelemetry|opencensus|metrics?|stats|telemetry|span|audit)([/._-]|$)`)

// needsNoSignal reports whether a call only reads values from its context, or
// writes logs, traces or measures.
func (c *candidate) needsNoSignal(site ssa.CallInstruction) bool {
	fn := flow.Callee(site.Common())
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if flow.InContext(fn) {
		return true
	}
	path := fn.Pkg().Path()
	if recv := fn.Signature().Recv(); recv != nil {
		if named, ok := types.Unalias(deref(recv.Type())).(*types.Named); ok {
			if quiet.MatchString(named.Obj().Name()) || strings.HasSuffix(named.Obj().Name(), "Logger") {
				return true
			}
		}
	}
	switch fn.Name() {
	case "Enabled", "Record", "Observe", "Log", "Logf", "Debug", "Info", "Warn", "Error":
		return true
	}
	if fn.Signature().Results().Len() > 0 && strings.HasSuffix(fn.Name(), "Logger") {
		return true
	}
	return quiet.MatchString(path) && path != c.pass.Pkg.Path()
}

func deref(t types.Type) types.Type {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}

// runsWhere judges the literals between the use and the live context: what
// runs later, or nobody knows when, may have its reasons.
func (c *candidate) runsWhere(u flow.RootUse, bounded bool) verdict {
	worst := broken
	for body := u.Instr.Parent(); body != nil && body.Parent() != nil; body = body.Parent() {
		if syntax := body.Syntax(); syntax == nil || syntax.Pos() <= c.pass.Declared(c.live.Var) && c.pass.Declared(c.live.Var) < syntax.End() {
			if launches := c.pass.Flow.Launched(body); len(launches) > 0 && c.takesUnused(body) {
				worst = min(worst, c.launched(launches[0], bounded))
			}
			break
		}
		worst = min(worst, c.literal(body, bounded))
	}
	return worst
}

// takesUnused reports whether the live context is a parameter of a literal that
// makes no use of it: it was handed in and left.
func (c *candidate) takesUnused(lit *ssa.Function) bool {
	return slices.ContainsFunc(lit.Params, func(p *ssa.Parameter) bool {
		return p.Object() == c.live.Var && len(*p.Referrers()) == 0
	})
}

// literal judges how a literal runs.
func (c *candidate) literal(lit *ssa.Function, bounded bool) verdict {
	if launches := c.pass.Flow.Launched(lit); len(launches) > 0 {
		if c.hears(lit) {
			return broken
		}
		return c.launched(launches[0], bounded)
	}
	if c.pass.Flow.RunsInside(lit) {
		return broken
	}
	return innocent
}

// launched judges work in a goroutine.
func (c *candidate) launched(l flow.Launch, bounded bool) verdict {
	if bounded && l.Site.Parent() == c.Call.Parent() {
		return broken
	}
	switch c.pass.Flow.JoinOf(l).Kind {
	case flow.Joined, flow.JoinedSometimes:
		return broken
	case flow.NotJoined:
		if c.handles() {
			return detached
		}
	}
	return innocent
}

// hears reports whether a goroutine listens to the live context itself.
func (c *candidate) hears(lit *ssa.Function) bool {
	found := false
	ast.Inspect(lit.Syntax(), func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if ok && (sel.Sel.Name == "Done" || sel.Sel.Name == "Err") && c.pass.Source(sel.X) == c.live.Expr {
			found = true
		}
		return !found
	})
	return found
}

// handles reports whether the live context is that of a request, which ends
// with its handler.
func (c *candidate) handles() bool {
	for _, body := range c.pass.Func.Bodies {
		for _, param := range body.Params {
			if param.Object() == c.live.Var {
				return c.pass.Flow.IsHandlerBody(body)
			}
		}
	}
	return false
}
