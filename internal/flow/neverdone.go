package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// NeverDone reports whether a context that is live in f can't be done, as far
// as the package shows: it is a command's, or that of a request whose connection
// the function takes over; or a parameter of a function whose calls are all in
// view, and each gives it a root, a command's, or values put on one; or one of a
// literal that is called back with such; or a local that holds nothing else.
func (p *Package) NeverDone(f *Func, ctx LiveContext) bool {
	switch {
	case ctx.Var == nil || ctx.Kind == LiveField:
		return false
	case isCommand(ctx.Var.Type()):
		return true
	case ctx.Kind == LiveRequest:
		return hijacks(f)
	case ctx.Var.Kind() == types.ParamVar && IsContextLike(ctx.Var.Type()):
		for _, body := range f.Bodies {
			for _, param := range body.Params {
				if param.Object() == ctx.Var {
					return besideCommand(body) || p.givenRoots(param, 0)
				}
			}
		}
		return false
	}
	return p.holdsCommands(f, ctx.Var)
}

// isCommand reports whether values of type t stand for a command of a command
// line. Its context is a root unless the program gives it another one, which
// few do, and not in the package that the commands are in.
func isCommand(t types.Type) bool {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	pkg, name := named.Obj().Pkg(), named.Obj().Name()
	if pkg.Path() == "github.com/spf13/cobra" && name == "Command" || strings.HasPrefix(pkg.Path(), "github.com/urfave/cli") && name == "Context" {
		return true
	}
	// Copies of the latter.
	app, _, _ := types.LookupFieldOrMethod(t, true, pkg, "App")
	_, isField := app.(*types.Var)
	return pkg.Name() == "cli" && name == "Context" && isField
}

// besideCommand reports whether a function gets its context together with a
// command of urfave's third version, which doesn't hold it any more.
func besideCommand(fn *ssa.Function) bool {
	return slices.ContainsFunc(fn.Params, func(param *ssa.Parameter) bool {
		ptr, ok := types.Unalias(param.Type()).(*types.Pointer)
		if !ok {
			return false
		}
		named, ok := types.Unalias(ptr.Elem()).(*types.Named)
		return ok && named.Obj().Name() == "Command" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "github.com/urfave/cli/v3"
	})
}

// holdsCommands reports whether all that a local is ever assigned is the
// context of a command, or of a request whose connection is taken over.
func (p *Package) holdsCommands(f *Func, local *types.Var) bool {
	info := p.Pass.TypesInfo
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && info.ObjectOf(id) == local
	}
	found, all := false, true
	judge := func(value ast.Expr) {
		found = true
		if call, ok := ast.Unparen(value).(*ast.CallExpr); ok {
			value = call.Fun
		}
		sel, ok := ast.Unparen(value).(*ast.SelectorExpr)
		all = all && ok && sel.Sel.Name == "Context" && (isCommand(info.TypeOf(sel.X)) || isRequest(info.TypeOf(sel.X)) && hijacks(f))
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if is(lhs) {
					judge(n.Rhs[min(i, len(n.Rhs)-1)])
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if is(name) && len(n.Values) > 0 {
					judge(n.Values[min(i, len(n.Values)-1)])
				}
			}
		case *ast.UnaryExpr:
			all = all && (n.Op != token.AND || !is(n.X))
		}
		return all
	}
	for _, fn := range f.Bodies {
		if fn.Syntax() != nil {
			ast.Inspect(fn.Syntax(), visit)
		}
	}
	return found && all
}

// givenRoots reports whether all that a parameter gets is never done. What a
// test gives doesn't count, where others call the function as well.
func (p *Package) givenRoots(param *ssa.Parameter, depth int) bool {
	const deepest = 3 // calls up to the roots
	if depth > deepest {
		return false
	}
	w, fn := p.callers(), param.Parent()
	sites := p.sitesOf(fn)
	if len(sites) == 0 && p.calledBackWithRoot(fn, depth) {
		return true
	}
	if len(sites) == 0 || !w.known(fn) {
		return false
	}
	index := slices.Index(fn.Params, param)
	for _, site := range sites {
		arg := givenTo(site.Common(), index)
		if arg == nil || !p.rooted(p.ContextOf(arg), depth) {
			return false
		}
	}
	return true
}

// sitesOf are the calls of a function in view; those of tests only where it is
// one itself.
func (p *Package) sitesOf(fn *ssa.Function) []ssa.CallInstruction {
	sites := p.callers().sites[fn]
	if f := p.Of(fn); f == nil || f.isTest {
		return sites
	}
	return slices.DeleteFunc(slices.Clone(sites), func(site ssa.CallInstruction) bool {
		f := p.Of(site.Parent())
		return f != nil && f.isTest
	})
}

// rooted reports whether a context is never done.
func (p *Package) rooted(c *Context, depth int) bool {
	const longest = 16 // chains can be circular
	for steps := 0; c != nil && steps < longest; steps++ {
		if ofCommand(c.Value) {
			return true
		}
		switch c.Kind {
		case ContextRoot:
			return !c.Cancels
		case ContextParam:
			param, ok := c.Value.(*ssa.Parameter)
			return ok && (isCommand(param.Type()) || p.givenRoots(param, depth+1))
		case ContextDerived:
			if c.Cancels {
				return false
			}
			c = c.Parent
		case ContextRequest:
			call, ok := c.Value.(*ssa.Call)
			return ok && hijacks(p.Of(call.Parent()))
		case ContextUnknown:
			c = p.tagged(c.Value)
		default:
			return false
		}
	}
	return false
}

// ofCommand reports whether v is the context of a command.
func ofCommand(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		fn := Callee(v.Common())
		return fn != nil && fn.Name() == "Context" && fn.Signature().Recv() != nil && isCommand(fn.Signature().Recv().Type())
	case *ssa.UnOp:
		field, ok := v.X.(*ssa.FieldAddr)
		return ok && isCommand(field.X.Type())
	}
	return false
}

// tagged returns the context that a tracer or a logger gave back with values
// of its own on it; nil if v is none of these.
func (p *Package) tagged(v ssa.Value) *Context {
	if extract, ok := v.(*ssa.Extract); ok {
		v = extract.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	if fn := Callee(call.Common()); fn == nil || !onlyTells(fn) {
		return nil
	}
	for _, arg := range call.Call.Args {
		if IsContextLike(arg.Type()) {
			return p.ContextOf(arg)
		}
	}
	return nil
}
