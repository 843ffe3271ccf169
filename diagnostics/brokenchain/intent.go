package brokenchain

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// This file recognises roots that are meant: code which must run though the
// context is done, or which says that it does.

// onPurpose reports whether a comment or the name of a variable says that the
// root is meant.
func (c *candidate) onPurpose() bool {
	return c.pass.SaysWhy(c.expr, c.path) || flow.OwnLifeByName(flow.ContextVariable(c.pass.TypesInfo, c.path)) || c.pass.Func.Obj != nil && detaches.MatchString(c.pass.Func.Obj.Name())
}

// detaches matches the names of functions that are there to detach.
var detaches = regexp.MustCompile(`(?i)detach|background(ctx|context)`)

// givenUp reports whether a function around the root has a context parameter
// that it doesn't name.
func (c *candidate) givenUp() bool {
	for _, n := range c.path {
		var params *ast.FieldList
		switch n := n.(type) {
		case *ast.FuncLit:
			params = n.Type.Params
		case *ast.FuncDecl:
			params = n.Type.Params
		default:
			continue
		}
		for _, field := range params.List {
			if t := c.pass.TypesInfo.TypeOf(field.Type); t == nil || !flow.IsContextLike(t) {
				continue
			}
			if len(field.Names) == 0 || field.Names[0].Name == "_" {
				return true
			}
		}
		if n.Pos() <= c.pass.Declared(c.live.Var) && c.pass.Declared(c.live.Var) < n.End() {
			return false
		}
	}
	return false
}

// toldOfFailure reports whether the function gets an error beside the context:
// it tells of something that has failed, maybe because the context is done.
func (c *candidate) toldOfFailure() bool {
	for _, body := range c.pass.Func.Bodies {
		params := body.Signature.Params()
		for i := range params.Len() {
			if params.At(i) == c.live.Var {
				return slices.ContainsFunc(slices.Collect(params.Variables()), func(v *types.Var) bool { return flow.IsErrorType(v.Type()) })
			}
		}
	}
	return false
}

// literalHears reports whether the call is given a literal that uses the live
// context itself: what it does is cut off all the same.
func (c *candidate) literalHears(site ssa.CallInstruction, path []ast.Node) bool {
	for _, n := range path {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Lparen != site.Pos() {
			continue
		}
		args := call.Args
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			if maker, ok := ast.Unparen(sel.X).(*ast.CallExpr); ok {
				args = slices.Concat(args, maker.Args) // what the method's receiver is made of
			}
		}
		return slices.ContainsFunc(args, func(arg ast.Expr) bool { return c.hearsLive(arg) })
	}
	return false
}

// hearsLive reports whether an expression is a literal that works under the live
// context, or the call of a function that is given one.
func (c *candidate) hearsLive(x ast.Expr) bool {
	if call, ok := ast.Unparen(x).(*ast.CallExpr); ok {
		return slices.ContainsFunc(call.Args, c.hearsLive)
	}
	lit, ok := c.pass.LiteralOf(x)
	return ok && c.pass.WorksUnder(lit.Body, c.live.Var)
}

// listensBeside reports whether a call under a derived context that ends with
// the function returns a channel, and the function waits for the end of the live
// one as well: it leaves then, and so ends the other.
func (c *candidate) listensBeside(u flow.RootUse) bool {
	call, ok := u.Instr.(*ssa.Call)
	if !ok || !slices.ContainsFunc(u.Derived, func(d *ssa.Call) bool { return c.pass.Flow.CancelFate(d) == flow.CancelBounds }) {
		return false
	}
	if _, ok := call.Type().Underlying().(*types.Chan); !ok {
		return false
	}
	live := c.liveNode()
	hears := func(st *ssa.SelectState) bool {
		ctx := c.pass.Flow.DoneOf(st.Chan)
		return live != nil && ctx != nil && ctx.Under(live)
	}
	for _, block := range call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if sel, ok := instr.(*ssa.Select); ok && slices.ContainsFunc(sel.States, hears) {
				return true
			}
		}
	}
	return false
}

// nilFallback reports whether the root stands in for a context, or something
// that has one, that is nil.
func (c *candidate) nilFallback() bool {
	var below ast.Node = c.expr
	for _, n := range c.path {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		case *ast.IfStmt:
			if (below == n.Body || below == n.Else) && c.comparesWithNil(n.Cond) {
				return true
			}
		case *ast.CaseClause:
			for _, x := range n.List {
				if c.comparesWithNil(x) {
					return true
				}
			}
		}
		below = n
	}
	return false
}

// comparesWithNil reports whether a condition asks for a nil context, or for
// a nil owner of the live one.
func (c *candidate) comparesWithNil(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		compare, ok := n.(*ast.BinaryExpr)
		if !ok || compare.Op != token.EQL && compare.Op != token.NEQ || !c.pass.TypesInfo.Types[compare.Y].IsNil() {
			return true
		}
		t := c.pass.TypesInfo.TypeOf(compare.X)
		if flow.HasContextMethods(t) || strings.HasPrefix(c.live.Expr, c.pass.Source(compare.X)+".") {
			found = true
		}
		return true
	})
	return found
}

// mustNotFail reports whether a call takes something that the function gives
// back whatever came of it: nobody looks at its error. Under the live context
// it could fail, and what wasn't taken would be given back.
func (c *candidate) mustNotFail(site ssa.CallInstruction, path []ast.Node) bool {
	call, ok := site.(*ssa.Call)
	if !ok || !flow.IsErrorType(call.Type()) || slices.ContainsFunc(*call.Referrers(), func(ref ssa.Instruction) bool {
		_, debug := ref.(*ssa.DebugRef)
		return !debug
	}) {
		return false
	}
	recv := ""
	for _, n := range path {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && n.Lparen == call.Pos() {
				recv = c.pass.Source(sel.X)
			}
		case *ast.FuncLit:
			return recv != "" && c.givesBack(n.Body, recv)
		case *ast.FuncDecl:
			return recv != "" && c.givesBack(n.Body, recv)
		}
	}
	return false
}

// givesBack reports whether a body calls the method by which what recv handed
// out is given back.
func (c *candidate) givesBack(body *ast.BlockStmt, recv string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && c.pass.Source(sel.X) == recv {
			switch sel.Sel.Name {
			case "Release", "Unlock", "RUnlock", "Put", "Free":
				found = true
			}
		}
		return !found
	})
	return found
}

// calledBackUnderRoot reports whether the live context is the parameter of a
// literal that is given to a call under a root: it ends with what that call
// ends by, and with nothing of the caller's.
func (c *candidate) calledBackUnderRoot() bool {
	for _, body := range c.pass.Func.Bodies {
		if body.Parent() == nil || !slices.ContainsFunc(body.Params, func(p *ssa.Parameter) bool { return p.Object() == c.live.Var }) {
			continue
		}
		for _, block := range body.Parent().Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(*ssa.Call); ok && givenLiteral(call, body) {
					return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool {
						return flow.IsContext(arg.Type()) && c.pass.Flow.Origin(arg).Root
					})
				}
			}
		}
	}
	return false
}

// givenLiteral reports whether a literal is an argument of a call.
func givenLiteral(call *ssa.Call, lit *ssa.Function) bool {
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool {
		if change, ok := arg.(*ssa.ChangeType); ok {
			arg = change.X
		}
		mk, ok := arg.(*ssa.MakeClosure)
		return ok && mk.Fn == ssa.Value(lit) || arg == ssa.Value(lit)
	})
}

// endedByHand reports whether the derived context is cancelled where the live
// one is found to be done: it ends with that, at a chosen moment.
func (c *candidate) endedByHand(derivation *ssa.Call) bool {
	cancel := flow.CancelOf(derivation)
	live := c.liveNode()
	if cancel == nil || live == nil {
		return false
	}
	for _, held := range flow.Aliases(cancel) {
		for _, ref := range *held.Referrers() {
			if call, ok := ref.(*ssa.Call); ok && call.Call.Value == held && c.pass.Flow.DoneAt(live, call) {
				return true
			}
		}
	}
	return false
}

// liveNode is the live context in the derivation tree, if it is a parameter.
func (c *candidate) liveNode() *flow.Context {
	for _, body := range c.pass.Func.Bodies {
		for _, param := range body.Params {
			if param.Object() == c.live.Var {
				return c.pass.Flow.ContextOf(param)
			}
		}
	}
	return nil
}

// endedBefore reports whether the derived context is cancelled before it is
// used: it is to be a dead one.
func endedBefore(derivation *ssa.Call, use ssa.Instruction) bool {
	cancel := flow.CancelOf(derivation)
	if cancel == nil {
		return false
	}
	return slices.ContainsFunc(*cancel.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		if !ok || call.Call.Value != cancel || call.Parent() != use.Parent() {
			return false
		}
		if call.Block() == use.Block() {
			return slices.Index(use.Block().Instrs, ref) < slices.Index(use.Block().Instrs, use)
		}
		return call.Block().Dominates(use.Block())
	})
}
