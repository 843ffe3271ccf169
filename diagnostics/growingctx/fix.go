package growingctx

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// fix declares the context anew in the turn, so that each turn derives from
// the one of before the loop. It keeps what the loop does only where nothing
// else sees the variables: neither code behind the assignment's block, nor
// the loop's head, nor a literal made elsewhere.
func (g *growth) fix() (rule.Fix, bool) {
	if g.loop == nil || g.assign == nil || g.assign.Tok != token.ASSIGN || len(g.assign.Rhs) != 1 {
		return rule.Fix{}, false
	}
	block := g.block()
	if block == nil {
		return rule.Fix{}, false
	}
	for _, lhs := range g.assign.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return rule.Fix{}, false // a field
		}
		if id.Name == "_" {
			continue
		}
		v, ok := g.pass.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok || !g.private(v, block) {
			return rule.Fix{}, false
		}
	}
	pos := g.assign.TokPos
	return rule.Fix{
		Title: "Make a new " + g.pass.Source(g.target) + " in each turn",
		Safe:  true,
		Edits: []analysis.TextEdit{g.pass.Replace(pos, pos+1, ":=")},
	}, true
}

// block is the block, or the clause, in whose list the assignment stands.
func (g *growth) block() ast.Node {
	for _, n := range g.path {
		if slices.Contains(rule.Statements(n), ast.Stmt(g.assign)) {
			return n
		}
		if n == ast.Node(g.loop) {
			break
		}
	}
	return nil
}

// private reports whether, within the loop, only code of the block sees what
// the assignment gives v, and nothing but the loop reads v later.
func (g *growth) private(v *types.Var, block ast.Node) bool {
	if g.pass.Declared(v) >= block.Pos() && g.pass.Declared(v) < block.End() {
		return true // declared there: it is assigned, as before
	}
	fn, ok := g.path[len(g.path)-2].(*ast.FuncDecl)
	if !ok {
		return false
	}
	ok = true
	ast.PreorderStack(fn, nil, func(n ast.Node, stack []ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent || g.pass.TypesInfo.Uses[id] != v {
			return ok
		}
		inBlock := id.Pos() >= block.Pos() && id.Pos() < block.End()
		before := id.Pos() < g.loop.Pos()
		switch {
		case inBlock:
			// What stands before the assignment sees the outer one: so it did
			// in the first turn. Another assignment there would be lost.
			ok = ok && (id.Pos() >= g.assign.Pos() || !assigned(stack, id))
		case !before:
			ok = false
		case slices.ContainsFunc(stack, func(n ast.Node) bool {
			lit, isLit := n.(*ast.FuncLit)
			return isLit && !(lit.Pos() <= g.loop.Pos() && g.loop.End() <= lit.End())
		}):
			ok = false // a literal may read it at any time
		case g.loopAround(id):
			ok = false // an outer loop comes back to it
		}
		return ok
	})
	return ok
}

// loopAround reports whether a loop around g's comes back to id.
func (g *growth) loopAround(id *ast.Ident) bool {
	v := g.pass.TypesInfo.Uses[id]
	for _, n := range g.path[slices.Index(g.path, ast.Node(g.loop))+1:] {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n.Pos() <= id.Pos() && g.pass.Declared(v) < n.Pos() {
				return true
			}
		case *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// assigned reports whether the identifier is assigned to.
func assigned(stack []ast.Node, id *ast.Ident) bool {
	if len(stack) == 0 {
		return false
	}
	assign, ok := stack[len(stack)-1].(*ast.AssignStmt)
	return ok && slices.Contains(assign.Lhs, ast.Expr(id))
}
