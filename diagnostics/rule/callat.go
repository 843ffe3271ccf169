package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// CallExpr is the call that an SSA instruction stands for, nil if it has none
// in the source.
func (p *Pass) CallExpr(site ssa.CallInstruction) *ast.CallExpr {
	pos := site.Common().Pos()
	if !pos.IsValid() {
		return nil
	}
	for _, n := range p.Enclosing(pos) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}

// Argument is the expression of the argument with that index in the SSA
// call's Args, where a static method's receiver comes first.
func (p *Pass) Argument(site ssa.CallInstruction, arg int) ast.Expr {
	call := p.CallExpr(site)
	if call == nil {
		return nil
	}
	if !site.Common().IsInvoke() {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if method := ok && p.TypesInfo.Selections[sel] != nil && p.TypesInfo.Selections[sel].Kind() == types.MethodVal; method {
			if arg--; arg < 0 {
				return sel.X
			}
		}
	}
	if arg < 0 || arg >= len(call.Args) {
		return nil
	}
	return call.Args[arg]
}

// ListedStmt is the innermost statement around pos that stands in a list of
// statements, so that others can be put before it; nil if there is none.
func (p *Pass) ListedStmt(pos token.Pos) ast.Stmt {
	path := p.Enclosing(pos)
	for i, n := range path {
		stmt, ok := n.(ast.Stmt)
		if ok && i+1 < len(path) && slices.Contains(Statements(path[i+1]), stmt) {
			return stmt
		}
	}
	return nil
}
