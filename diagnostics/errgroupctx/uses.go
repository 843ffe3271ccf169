package errgroupctx

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// use is a place where a task works under the context around its group.
type use struct {
	expr  ast.Expr
	claim token.Pos // the call or statement that is at fault
}

// is reports whether an expression stands for the outer context.
func (o outer) is(pass *rule.Pass, e ast.Expr) bool {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		v, _ := pass.TypesInfo.Uses[id].(*types.Var)
		return v != nil && o.vars[v]
	}
	return o.text != "" && pass.RootVar(e) == o.root && isContext(pass, e) && pass.Source(e) == o.text
}

// uses lists the places in the task's body that work under the outer context.
// One that is handed in by an argument is used at that argument.
func (t *task) uses() []use {
	if t.body == nil || t.changes() {
		return nil
	}
	own := t.asksGroup()
	var found []use
	ast.PreorderStack(t.body, nil, func(n ast.Node, stack []ast.Node) bool {
		if _, deferred := n.(*ast.DeferStmt); deferred {
			return false // cleanup
		}
		if lit, ok := n.(*ast.FuncLit); ok && cleansUp(t.g.pass, lit, stack) {
			return false
		}
		e, ok := n.(ast.Expr)
		if !ok || !t.over.is(t.g.pass, e) {
			return true
		}
		if u, ok := t.use(e, stack, own); ok {
			found = append(found, u)
		}
		return false
	})
	if t.passed == nil || len(found) == 0 {
		return found
	}
	for _, u := range found {
		t.steps = append(t.steps, u.expr)
	}
	return []use{{t.passed, t.site.Pos()}}
}

// changes reports whether the outer variable gets another value behind the
// making of the group.
func (t *task) changes() bool {
	found := false
	ast.Inspect(t.g.root, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok == token.DEFINE && assign.End() < t.g.call.Pos() {
			return true
		}
		for _, lhs := range assign.Lhs {
			id, ok := lhs.(*ast.Ident)
			if !ok {
				continue
			}
			v, _ := t.g.pass.TypesInfo.Uses[id].(*types.Var)
			if v != nil && t.over.vars[v] && assign.End() > t.g.call.Pos() {
				found = true
			}
		}
		return !found
	})
	return found
}

// asksGroup reports whether the body uses the group's context too: a look at
// the outer one then tells the two apart.
func (t *task) asksGroup() bool {
	if t.g.ctx == nil {
		return false
	}
	v := t.g.pass.TypesInfo.ObjectOf(t.g.ctx)
	found := false
	ast.Inspect(t.body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && v != nil && t.g.pass.TypesInfo.Uses[id] == v {
			found = true
		}
		return !found
	})
	return found
}

// cleansUp reports whether a literal is given to something that runs it when
// all is over.
func cleansUp(pass *rule.Pass, lit *ast.FuncLit, stack []ast.Node) bool {
	call, ok := stack[len(stack)-1].(*ast.CallExpr)
	if !ok || call.Fun == lit {
		return false
	}
	fn := callee(pass, call)
	return fn != nil && (fn.Name() == "Cleanup" || fn.FullName() == "context.AfterFunc")
}

// use decides on one place where the outer context stands.
func (t *task) use(e ast.Expr, stack []ast.Node, asksGroup bool) (use, bool) {
	pass := t.g.pass
	for len(stack) > 0 {
		if _, paren := stack[len(stack)-1].(*ast.ParenExpr); !paren {
			break
		}
		stack = stack[:len(stack)-1]
	}
	u := use{e, e.Pos()}
	switch parent := stack[len(stack)-1].(type) {
	case *ast.SelectorExpr: // a method of the context, or a field of what isn't quite one
		switch parent.Sel.Name {
		case "Done", "Err": // the deadline is the same
			return u, !asksGroup && !t.afterDone(e.Pos())
		}
		return u, false
	case *ast.CallExpr:
		u.claim = parent.Lparen
		arg := -1
		for i, a := range parent.Args {
			if ast.Unparen(a) == e {
				arg = i
			}
		}
		if arg < 0 || t.afterDone(parent.Lparen) {
			return u, false
		}
		if _, name := pass.ContextLook(parent); name == "Cause" {
			return u, !asksGroup
		}
		return u, t.needs(parent, arg, asksGroup)
	case *ast.BinaryExpr:
		return u, false // ctx == nil
	case *ast.AssignStmt, *ast.ValueSpec, *ast.KeyValueExpr, *ast.CompositeLit, *ast.ReturnStmt, *ast.SendStmt:
		return u, !t.afterDone(e.Pos())
	}
	return u, false
}

// afterDone reports whether code at pos runs once a context is done.
func (t *task) afterDone(pos token.Pos) bool {
	instr := t.instr(pos)
	return instr != nil && t.g.pass.Flow.AfterDone(instr)
}

// instr returns an instruction at, or soon after, pos.
func (t *task) instr(pos token.Pos) ssa.Instruction {
	var best ssa.Instruction
	for _, f := range t.g.pass.Flow.Funcs {
		if f.SSA.Syntax() == nil || pos < f.SSA.Syntax().Pos() || pos > f.SSA.Syntax().End() {
			continue
		}
		for _, body := range f.Bodies {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					if p := instr.Pos(); p >= pos && (best == nil || p < best.Pos()) {
						best = instr
					}
				}
			}
		}
	}
	return best
}

// givesBack matches the names of what ends something, and nothing else.
var givesBack = regexp.MustCompile(`^(?i:close|stop|shutdown|release|rollback|unlock)$`)

// needs reports whether a call works under the context in an argument: one
// that reads values alone doesn't. One that only asks whether it is done, or
// waits until it is, asks the wrong one, unless the task asks the group's too.
func (t *task) needs(call *ast.CallExpr, arg int, asksGroup bool) bool {
	pass := t.g.pass
	fn := callee(pass, call)
	if fn != nil && fn.FullName() == "context.WithValue" {
		return true // what is made of it is used
	}
	if fn != nil && givesBack.MatchString(fn.Name()) {
		return false // not to be cut off
	}
	site, ok := t.instr(call.Lparen).(ssa.CallInstruction)
	if !ok || site.Common().Pos() != call.Lparen {
		return true
	}
	common := site.Common()
	if !common.IsInvoke() && common.Signature().Recv() != nil {
		arg++
	}
	switch pass.Flow.NeedOf(common, arg) {
	case flow.NeedNothing, flow.NeedValues, flow.NeedDeadline:
		return false
	case flow.NeedWatch:
		return !asksGroup
	}
	return !flow.GivesLogger(common)
}
