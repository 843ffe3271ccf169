package brokenchain

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// checkHelpers reports calls of functions that take no context and block under
// a root of their own.
func checkHelpers(pass *rule.Pass) {
	if pass.Func.IsTest() {
		return
	}
	for _, body := range pass.Func.Bodies {
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				if call, ok := instr.(*ssa.Call); ok && call.Pos().IsValid() {
					checkHelper(pass, call)
				}
			}
		}
	}
}

func checkHelper(pass *rule.Pass, call *ssa.Call) {
	sig := call.Call.Signature()
	for v := range sig.Params().Variables() {
		if flow.HasContextMethods(v.Type()) {
			return
		}
	}
	fn, root := pass.Flow.CertainRoots(call)
	if root == nil || fn.Pkg() == nil || !pass.Flow.SameModule(fn.Pkg().Path()) {
		return
	}
	path := pass.Enclosing(call.Pos())
	var expr *ast.CallExpr
	for i, n := range path {
		if c, ok := n.(*ast.CallExpr); ok && c.Lparen == call.Pos() {
			expr, path = c, path[i:]
			break
		}
	}
	if expr == nil {
		return
	}
	live := pass.Flow.LiveBefore(pass.Func, expr.Pos())
	if len(live) == 0 || live[0].Kind == flow.LiveField {
		return
	}
	c := &candidate{pass: pass, expr: expr, path: path, live: live[0]}
	if c.givenUp() || pass.SaysWhy(expr, path) || pass.CleansUp(path) || pass.UndoneLate(fn.Name(), path) ||
		pass.Flow.MayFollowDone(call) || !pass.Flow.RunsUnder(call.Parent(), c.live.Var) {
		return
	}
	cause := fmt.Sprintf("%s at %s:%d", root.Callee, root.Position.File, root.Position.Line)
	if !namesFunction(pass, expr) {
		cause += " in " + pass.Func.Name() // who reads the call doesn't see what it reaches
	}
	c.reportHelper(fn, *root, cause)
}

// namesFunction reports whether a call names what it calls, a function or the
// method of a type.
func namesFunction(pass *rule.Pass, call *ast.CallExpr) bool {
	return typeutil.StaticCallee(pass.TypesInfo, call) != nil
}

// fixedForm reports whether a method has its form from an interface of another
// package: it can't take a context.
func fixedForm(pass *rule.Pass, fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) {
		return false
	}
	for _, pkg := range append(fn.Pkg().Imports(), pass.Pkg.Imports()...) {
		if pkg == fn.Pkg() {
			continue
		}
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !obj.Exported() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok || named.TypeParams().Len() > 0 {
				continue
			}
			iface, ok := named.Underlying().(*types.Interface)
			if !ok {
				continue
			}
			if m, _, _ := types.LookupFieldOrMethod(iface, false, pkg, fn.Name()); m != nil && types.Implements(recv.Type(), iface) {
				return true
			}
		}
	}
	return false
}

// keptForGood reports whether the function keeps the live context in what it makes:
// it may be for the life of that.
func (c *candidate) keptForGood() bool {
	if c.pass.Func.Obj == nil {
		return false
	}
	for i, param := range c.pass.Func.SSA.Params {
		if param.Object() == c.live.Var {
			_, kept := c.pass.Flow.SummaryOf(c.pass.Func.Obj).KeepOf(i)
			return kept
		}
	}
	return false
}

func (c *candidate) reportHelper(fn *types.Func, root flow.RootPath, cause string) {
	helper, severity := fn.Name(), rule.Information
	if !root.Certain || !c.near() || c.pass.Func.IsDouble() || c.keptForGood() || c.pass.Flow.FillsMemo(c.path) || fixedForm(c.pass, fn) || c.afterRequest() {
		severity = rule.Hint
	}
	place := fmt.Sprintf("line %d of %s", root.Position.Line, root.Position.File)
	d := rule.Diagnostic{
		Pos: c.expr.Fun.Pos(), End: c.expr.Fun.End(),
		Message:  fmt.Sprintf("%s blocks under a root of its own, in %s at %s: cancelling %s doesn't reach it", helper, root.Callee, place, c.live.Expr),
		Variable: c.live.Expr, Severity: severity, Risk: rule.Medium,
		Missing:  []token.Pos{c.expr.Lparen},
		Claims:   []token.Pos{c.expr.Pos()},
		Cause:    cause,
		Premises: c.pass.ContextEnds(c.live, false),
	}
	if v := c.live.Var; v.Pos().IsValid() && v.Pkg() == c.pass.Pkg {
		d.Related = append(d.Related, rule.Related{Pos: c.pass.Declared(v), End: c.pass.Declared(v) + token.Pos(len(v.Name())), Message: c.live.Expr + " is at hand"})
	}
	if root.Pos().IsValid() {
		way := ""
		if len(root.Path) > 0 {
			way = ", by way of " + strings.Join(root.Path, " and ")
		}
		d.Related = append(d.Related, rule.Related{Pos: root.Pos(), Message: helper + " blocks here" + way})
	}
	c.pass.Report(d)
}
