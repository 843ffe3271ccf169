package donenoexit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/ctxls/ctxls/internal/flow"
)

// blocks finds the block of the case's body and the one that enters the
// select.
func (c *candidate) blocks(graph *cfg.CFG) (body, head *cfg.Block) {
	for _, b := range graph.Blocks {
		if b.Kind == cfg.KindSelectCaseBody && b.Stmt == c.clause {
			body = b
		}
		if slices.Contains(b.Nodes, ast.Node(c.clause.Comm)) {
			head = b
		}
	}
	return body, head
}

// walk is what lies between a case and the next turn of its select.
type walk struct {
	returns bool         // control gets back to the select
	visited []*cfg.Block // the select's own block left out
	exits   []exit       // the ways out of the loop
}

// exit is an edge that leaves the loop; to is nil where a block ends the
// function.
type exit struct{ from, to *cfg.Block }

// walk follows control from the case until it is back at the select or out of
// the loop.
func (c *candidate) walk(start, head *cfg.Block) walk {
	var w walk
	seen := map[*cfg.Block]bool{start: true}
	queue := []*cfg.Block{start}
	for len(queue) > 0 {
		block := queue[0]
		queue = queue[1:]
		w.visited = append(w.visited, block)
		succs := c.possible(block)
		// A select without default has no edge for "no case".
		if len(succs) == 0 && block.Kind != cfg.KindSelectAfterCase {
			w.exits = append(w.exits, exit{block, nil})
		}
		for _, succ := range succs {
			switch {
			case succ == head:
				w.returns = true
			case c.outside(succ):
				w.exits = append(w.exits, exit{block, succ})
			case !seen[succ]:
				seen[succ] = true
				queue = append(queue, succ)
			}
		}
	}
	return w
}

// possible are the successors of a block, without a branch that the receive
// from a closed channel rules out.
func (c *candidate) possible(block *cfg.Block) []*cfg.Block {
	if c.ok == nil || len(block.Succs) != 2 || len(block.Nodes) == 0 {
		return block.Succs
	}
	cond, negated := block.Nodes[len(block.Nodes)-1], false
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond, negated = ast.Unparen(not.X), true
	}
	if id, ok := cond.(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(id) == c.ok {
		if negated {
			return block.Succs[:1]
		}
		return block.Succs[1:]
	}
	return block.Succs
}

// outside reports whether a block lies behind or around the loop.
func (c *candidate) outside(block *cfg.Block) bool {
	if block.Stmt == c.loop {
		return block.Kind == cfg.KindForDone || block.Kind == cfg.KindRangeDone
	}
	pos := token.NoPos
	if len(block.Nodes) > 0 {
		pos = block.Nodes[0].Pos()
	} else if block.Stmt != nil {
		pos = block.Stmt.Pos()
	}
	return pos.IsValid() && (pos < c.loop.Pos() || c.loop.End() <= pos)
}

// tellsItself reports whether the case sets a variable that a condition of
// the loop reads: the next turns know, and may leave.
func (c *candidate) tellsItself() bool {
	assigned := c.assigned()
	if len(assigned) == 0 {
		return false
	}
	found := false
	ast.Inspect(c.loop, func(n ast.Node) bool {
		var cond ast.Expr
		switch n := n.(type) {
		case *ast.IfStmt:
			cond = n.Cond
		case *ast.ForStmt:
			cond = n.Cond
		case *ast.SwitchStmt:
			cond = n.Tag
		case *ast.CaseClause:
			for _, e := range n.List {
				found = found || c.reads(e, assigned)
			}
		}
		if cond != nil && (cond.Pos() < c.clause.Pos() || c.clause.End() <= cond.Pos()) {
			found = found || c.reads(cond, assigned)
		}
		return !found
	})
	return found
}

// assigned are the variables that the case sets, atomic ones included.
func (c *candidate) assigned() map[types.Object]bool {
	assigned := make(map[types.Object]bool)
	for _, stmt := range c.clause.Body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, lhs := range n.Lhs {
					if v := c.pass.RootVar(lhs); v != nil {
						assigned[v] = true
					}
				}
			case *ast.CallExpr: // flag.Store(true)
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Store" {
					if v := c.pass.RootVar(sel.X); v != nil {
						assigned[v] = true
					}
				}
			}
			return true
		})
	}
	return assigned
}

// asksLater reports whether one of the ways out depends on the context after
// all: its condition looks at a context, or at the outcome of a call that
// takes one, or a further select has a Done case.
func (c *candidate) asksLater(w walk) bool {
	outcomes := c.outcomes()
	for _, e := range w.exits {
		for _, d := range decisions(w.visited, e) {
			if c.mentions(d.cond) || isFailure(c.pass.TypesInfo, d, outcomes) {
				return true
			}
		}
	}
	return slices.ContainsFunc(w.visited, func(b *cfg.Block) bool {
		clause, ok := b.Stmt.(*ast.CommClause)
		return ok && b.Kind == cfg.KindSelectCaseBody && clause != c.clause && doneCase(c.pass, c.loop, c.sel, clause) != nil
	})
}

// outcomes are the variables that get the results of calls on or with a
// context: an error among them may tell that it is done.
func (c *candidate) outcomes() map[types.Object]bool {
	into := make(map[types.Object]bool)
	ast.Inspect(c.loop, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for _, rhs := range assign.Rhs {
			call, ok := ast.Unparen(rhs).(*ast.CallExpr)
			if !ok || !c.mentions(call) {
				continue
			}
			for _, lhs := range assign.Lhs {
				if v := c.pass.RootVar(lhs); v != nil {
					into[v] = true
				}
			}
		}
		return true
	})
	return into
}

func (c *candidate) isContext(e ast.Expr) bool {
	t := c.pass.TypesInfo.TypeOf(e)
	return t != nil && flow.HasContextMethods(t)
}

// mentions reports whether a node has a context in it.
func (c *candidate) mentions(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			found = found || c.isContext(e)
		}
		return !found
	})
	return found
}

// reads reports whether an expression has one of the variables in it.
func (c *candidate) reads(e ast.Expr, vars map[types.Object]bool) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || vars[c.pass.TypesInfo.ObjectOf(id)]
		}
		return !found
	})
	return found
}

// decision is a condition and how it came out.
type decision struct {
	cond  ast.Node
	taken bool
}

// decisions are the conditions that lead to an exit: that of its own block,
// else those of the blocks before it, for the body of an if.
func decisions(visited []*cfg.Block, e exit) []decision {
	decide := func(from, to *cfg.Block) (decision, bool) {
		if len(from.Succs) != 2 || len(from.Nodes) == 0 {
			return decision{}, false
		}
		return decision{from.Nodes[len(from.Nodes)-1], from.Succs[0] == to}, true
	}
	if d, ok := decide(e.from, e.to); ok {
		return []decision{d}
	}
	var found []decision
	for _, b := range visited {
		if slices.Contains(b.Succs, e.from) {
			if d, ok := decide(b, e.from); ok {
				found = append(found, d)
			}
		}
	}
	return found
}

// isFailure reports whether a decision is "one of these variables is not
// nil": the failure of a call that took a context.
func isFailure(info *types.Info, d decision, vars map[types.Object]bool) bool {
	compare, ok := d.cond.(*ast.BinaryExpr)
	if !ok || !info.Types[compare.Y].IsNil() {
		return false
	}
	id, ok := ast.Unparen(compare.X).(*ast.Ident)
	return ok && vars[info.ObjectOf(id)] && d.taken == (compare.Op == token.NEQ)
}
