package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/cfg"
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
// found the context done. It isn't safe where the caller can't be told, or
// where it would skip what others wait for.
func (p *Pass) Return(pos token.Pos, ctx string) (WayOut, bool) {
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

// ReleasesAfter reports whether a return at pos would skip something, not
// deferred, that others may wait for: an unlock, a close, a send, a countdown.
// What later turns of a loop around pos would do doesn't count, but what
// follows the loop does.
func (p *Pass) ReleasesAfter(pos token.Pos, body *ast.BlockStmt) bool {
	graph := cfg.New(body, func(call *ast.CallExpr) bool {
		b, ok := typeutil.Callee(p.TypesInfo, call).(*types.Builtin)
		return !ok || b.Name() != "panic"
	})
	var queue []*cfg.Block
	for _, b := range graph.Blocks {
		for i, n := range b.Nodes {
			if n.Pos() <= pos && pos < n.End() {
				if slices.ContainsFunc(b.Nodes[i+1:], p.releasesIn) {
					return true
				}
				queue = append(queue, b)
			}
		}
		if clause, ok := b.Stmt.(*ast.CommClause); ok && b.Kind == cfg.KindSelectCaseBody && clause.Colon == pos {
			queue = append(queue, b) // a case without a body
		}
	}
	if len(queue) == 0 {
		// A break or a continue is no node: take the whole case around it.
		var around *cfg.Block
		for _, b := range graph.Blocks {
			if b.Kind == cfg.KindSelectCaseBody && b.Stmt.Pos() <= pos && pos < b.Stmt.End() && (around == nil || b.Stmt.Pos() > around.Stmt.Pos()) {
				around = b
			}
		}
		if around != nil && !slices.ContainsFunc(around.Nodes, p.releasesIn) {
			queue = append(queue, around)
		}
	}
	if len(queue) == 0 {
		return true // in code that isn't reached, or of a form unknown here
	}
	seen := make(map[*cfg.Block]bool)
	for len(queue) > 0 {
		block := queue[0]
		queue = queue[1:]
		for _, succ := range block.Succs {
			nextTurn := (succ.Kind == cfg.KindForBody || succ.Kind == cfg.KindRangeBody) &&
				succ.Stmt.Pos() <= pos && pos < succ.Stmt.End()
			if nextTurn || seen[succ] {
				continue
			}
			seen[succ] = true
			if slices.ContainsFunc(succ.Nodes, p.releasesIn) {
				return true
			}
			queue = append(queue, succ)
		}
	}
	return false
}

// releasesIn reports whether a node of a control-flow graph releases.
func (p *Pass) releasesIn(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.SendStmt:
			found = true
		case *ast.CallExpr:
			found = found || p.releases(n)
		}
		return !found
	})
	return found
}

// endings are the verbs that functions which end something begin with.
var endings = []string{
	"broadcast", "cancel", "cleanup", "close", "disable", "end", "kill", "release", "restore", "rollback",
	"runlock", "shutdown", "signal", "stop", "teardown", "unlock", "unregister", "unsubscribe",
}

// releases reports whether a call ends something that others may wait for.
func (p *Pass) releases(call *ast.CallExpr) bool {
	if t := p.TypesInfo.TypeOf(call.Fun); t != nil && flow.IsCancelFunc(t) {
		return true
	}
	switch fn := typeutil.Callee(p.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() == "close"
	case *types.Func:
		if fn.Name() == "Done" {
			return fn.Signature().Recv() != nil && fn.Signature().Results().Len() == 0
		}
		name := strings.ToLower(fn.Name())
		return slices.ContainsFunc(endings, func(verb string) bool {
			if !strings.HasPrefix(name, verb) {
				return false
			}
			next, _ := utf8.DecodeRuneInString(fn.Name()[len(verb):])
			return !unicode.IsLower(next) // Close, CloseAll, but not Closest
		})
	}
	return false
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
	if fn.FullName() == "context.Cause" && len(call.Args) == 1 {
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
