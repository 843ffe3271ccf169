package callsites

import "go/ast"

// getterEnds decides about what the method Context returns of something whose
// type is one of the module's: of a method that returns one expression, and does
// nothing else, what is to be said of the expression.
func (q *query) getterEnds(base ast.Expr, at scope) bool {
	t, ok := q.typeOf(base, at, 0)
	if !ok || t.dir == "" {
		return true
	}
	for _, g := range q.filesIn(t.dir, "Context") {
		for _, decl := range g.decls {
			if decl.Name.Name != "Context" || receiver(decl) != t.name || decl.Body == nil || q.busy[decl] {
				continue
			}
			q.busy[decl] = true
			returned := onlyReturn(decl.Body)
			return returned == nil || q.ends(returned, scope{file: g, decl: decl, known: true, pos: returned.Pos()})
		}
	}
	return true
}

// onlyReturn is what the only statement of a body returns.
func onlyReturn(body *ast.BlockStmt) ast.Expr {
	if len(body.List) != 1 {
		return nil
	}
	ret, ok := body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	return ret.Results[0]
}
