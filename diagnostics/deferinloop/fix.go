package deferinloop

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// fixes make the call run at the end of the turn: by a function literal around
// the loop's body where nothing jumps across its edge, or by a call in the
// defer's place.
func (p *pile) fixes() []rule.Fix {
	var out []rule.Fix
	if body := loopBody(p.loop); p.alone(body) && !p.crosses(body) {
		open := p.pass.InsertBefore(body.List[0], "func() {") // below the comment of the loop's line
		if p.pass.Line(body.Lbrace) == p.pass.Line(body.List[0].Pos()) {
			open = p.pass.Replace(body.Lbrace+1, body.Lbrace+1, "\nfunc() {")
		}
		out = append(out, rule.Fix{
			Title: "Wrap the loop body in a function literal",
			Safe:  true,
			Edits: []analysis.TextEdit{open, p.pass.Replace(body.Rbrace, body.Rbrace, "}()\n")},
		})
	}
	if fix, ok := p.callAtEnd(); ok {
		out = append(out, fix)
	}
	return out
}

// alone reports whether nothing else is deferred in the loop's body: it would
// come to run earlier too.
func (p *pile) alone(body *ast.BlockStmt) bool {
	alone := true
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			alone = alone && n == p.stmt
		}
		return alone
	})
	return alone
}

// crosses reports whether a statement of the body jumps out of it.
func (p *pile) crosses(body *ast.BlockStmt) bool {
	crosses := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			crosses = true
		case *ast.BranchStmt:
			switch n.Tok {
			case token.GOTO:
				crosses = true
			case token.BREAK, token.CONTINUE:
				target := p.pass.Target(n)
				crosses = crosses || target == nil || target.Pos() < body.Pos()
			}
		}
		return !crosses
	})
	return crosses
}

// callAtEnd takes the defer away and calls the function at the end of the
// block, and wherever else the turn ends.
func (p *pile) callAtEnd() (rule.Fix, bool) {
	assign, name := p.assignment()
	callee, ok := p.stmt.Call.Fun.(*ast.Ident)
	if !ok || assign == nil || name == nil || p.pass.TypesInfo.ObjectOf(callee) != p.pass.TypesInfo.ObjectOf(name) {
		return rule.Fix{}, false
	}
	if slices.ContainsFunc(p.stmt.Call.Args, func(e ast.Expr) bool { return !p.pass.TypesInfo.Types[e].IsNil() }) {
		return rule.Fix{}, false // evaluated when it is deferred
	}
	if p.pass.Flow.ResultMayBeNil(p.made.Call.Common(), p.made.Result) || p.returnsMore() || p.assignedLater(name) {
		return rule.Fix{}, false
	}
	for _, n := range p.path {
		list := rule.Statements(n)
		at := slices.Index(list, ast.Stmt(p.stmt))
		if at < 0 {
			continue
		}
		if at == len(list)-1 || !slices.Contains(list, ast.Stmt(assign)) {
			break
		}
		call := p.pass.Source(p.stmt.Call)
		edits, ok := p.pass.AtEndOfTurn(rule.Turn{Block: n, Made: assign, Code: call, Calls: func(ast.Stmt) bool { return false }})
		edits = append(edits, p.pass.DeleteStmt(p.stmt))
		return rule.Fix{Title: "Call " + call + " at the end of each turn", Safe: true, Edits: edits}, ok
	}
	return rule.Fix{}, false
}

// returnsMore reports whether the creation returns something beside a context
// and the cancel function: it may have made nothing.
func (p *pile) returnsMore() bool {
	for v := range p.made.Call.Call.Signature().Results().Variables() {
		if !flow.IsContext(v.Type()) && !flow.IsCancelFunc(v.Type()) {
			return true
		}
	}
	return false
}

// assignedLater reports whether another statement of the loop assigns to the
// variable.
func (p *pile) assignedLater(name *ast.Ident) bool {
	obj := p.pass.TypesInfo.ObjectOf(name)
	found := false
	ast.Inspect(loopBody(p.loop), func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return !found
		}
		for _, lhs := range assign.Lhs {
			id, ok := lhs.(*ast.Ident)
			found = found || ok && id != name && p.pass.TypesInfo.ObjectOf(id) == obj
		}
		return !found
	})
	return found
}
