package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/internal/flow"
)

// WayOut is a statement by which code gives up, for fixes.
type WayOut struct {
	Code  string
	Edits []analysis.TextEdit // imports and labels that the code needs
	Safe  bool                // nobody but the caller notices, and it learns why
}

// Return is the way out of the innermost function around pos for code that
// found the context done. It isn't safe where the caller can't be told, where
// it would skip what others wait for, or where a caller hands over a context that
// is done, which so far did no harm.
func (p *Pass) Return(pos token.Pos, ctx string) (WayOut, bool) {
	out, ok := p.wayOut(pos, ctx)
	out.Safe = out.Safe && !p.Flow.GivenDone(p.Func, ctx)
	return out, ok
}

func (p *Pass) wayOut(pos token.Pos, ctx string) (WayOut, bool) {
	sig, body := p.Function(pos)
	if sig == nil {
		return WayOut{}, false
	}
	if code := p.otherReturn(body, ctx); code != "" {
		return WayOut{code, nil, !p.ReleasesAfter(pos, body)}, true
	}
	code, edits, ok := p.ZeroReturn(pos, sig, ctx+".Err()")
	told := sig.Results().Len() == 0 || ErrorResult(sig) >= 0
	return WayOut{code, edits, told && !p.ReleasesAfter(pos, body)}, ok
}

// otherReturn is the return statement by which the function leaves in another
// case on the same context, if it can be written anywhere.
func (p *Pass) otherReturn(body *ast.BlockStmt, ctx string) string {
	key := otherCase{body, ctx}
	code, known := p.leaves[key]
	if !known {
		code = p.findOtherReturn(body, ctx)
		if p.leaves == nil {
			p.leaves = make(map[otherCase]string)
		}
		p.leaves[key] = code
	}
	return code
}

// otherCase is a context that a function looks at.
type otherCase struct {
	body *ast.BlockStmt
	ctx  string
}

func (p *Pass) findOtherReturn(body *ast.BlockStmt, ctx string) string {
	code := ""
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CommClause:
			recv, ok := n.Comm.(*ast.ExprStmt)
			if !ok || code != "" || len(n.Body) == 0 {
				return true
			}
			arrow, ok := recv.X.(*ast.UnaryExpr)
			if !ok {
				return true
			}
			other, name := p.ContextLook(arrow.X)
			ret, returns := n.Body[len(n.Body)-1].(*ast.ReturnStmt)
			if name == "Done" && returns && p.Source(other) == ctx && p.isPlain(ret.Results, ctx) {
				code = p.Source(ret)
			}
		}
		return true
	})
	return code
}

// isPlain reports whether expressions mean the same everywhere in a function:
// literals, nil and its like, and looks at the context.
func (p *Pass) isPlain(list []ast.Expr, ctx string) bool {
	for _, e := range list {
		switch e := e.(type) {
		case *ast.BasicLit:
			continue
		case *ast.Ident:
			if obj := p.TypesInfo.Uses[e]; obj != nil && obj.Parent() == types.Universe {
				continue
			}
		case *ast.CallExpr:
			if looked, name := p.ContextLook(e); name != "" && p.Source(looked) == ctx {
				continue
			}
		}
		return false
	}
	return true
}

// Break is the way out of a loop, from within a select or a switch in it.
func (p *Pass) Break(loop ast.Stmt) WayOut {
	label, edits := p.label(loop)
	return WayOut{"break " + label, edits, true}
}

// label returns the label of a loop, and the edit that gives it one.
func (p *Pass) label(loop ast.Stmt) (string, []analysis.TextEdit) {
	used := make(map[string]bool)
	_, body := p.Function(loop.Pos())
	if body == nil {
		return "", nil
	}
	own := ""
	ast.Inspect(body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			used[l.Label.Name] = true
			if l.Stmt == loop {
				own = l.Label.Name
			}
		}
		return true
	})
	if own != "" {
		return own, nil
	}
	name := "loop"
	for i := 2; used[name]; i++ {
		name = "loop" + strconv.Itoa(i)
	}
	edit := p.InsertBefore(loop, "")
	edit.NewText = []byte(strings.TrimSuffix(p.Indent(loop.Pos()), "\t") + name + ":\n")
	return name, []analysis.TextEdit{edit}
}

// ContextLook recognises a look at a context: ctx.Done(), ctx.Err() or
// context.Cause(ctx). It returns the context and the name of what was called.
func (p *Pass) ContextLook(e ast.Expr) (ctx ast.Expr, name string) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	fn, ok := typeutil.Callee(p.TypesInfo, call).(*types.Func)
	if !ok {
		return nil, ""
	}
	if flow.Is(fn, "context.Cause") && len(call.Args) == 1 {
		return call.Args[0], "Cause"
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) != 0 || fn.Signature().Recv() == nil || fn.Name() != "Done" && fn.Name() != "Err" {
		return nil, ""
	}
	if t := p.TypesInfo.TypeOf(sel.X); t == nil || !flow.HasContextMethods(t) {
		return nil, ""
	}
	return sel.X, fn.Name()
}

// RootVar is the variable at the beginning of an expression such as v, v.f or
// v.M().f; nil if there is none.
func (p *Pass) RootVar(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, _ := p.TypesInfo.ObjectOf(x).(*types.Var)
			return v
		case *ast.SelectorExpr:
			if id, ok := x.X.(*ast.Ident); ok {
				if _, qualified := p.TypesInfo.Uses[id].(*types.PkgName); qualified {
					v, _ := p.TypesInfo.Uses[x.Sel].(*types.Var)
					return v
				}
			}
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.CallExpr:
			sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
			if !ok {
				return nil
			}
			e = sel
		default:
			return nil
		}
	}
}
