package donenoexit

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/internal/flow"
)

// endsOther says whether the case ends what another case waits for that leaves
// the loop, so that the loop turns a few times at most: certainly, as it calls a
// cancel function or closes a channel, or probably, by a name such as Close.
func (c *candidate) endsOther(graph *cfg.CFG) (certainly, probably bool) {
	if !c.otherLeaves(graph) {
		return false, false
	}
	for _, stmt := range c.clause.Body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if t := c.pass.TypesInfo.TypeOf(call.Fun); t != nil && flow.IsCancelFunc(t) {
				certainly = true
			}
			switch fn := typeutil.Callee(c.pass.TypesInfo, call).(type) {
			case *types.Builtin:
				certainly = certainly || fn.Name() == "close"
			case *types.Func:
				certainly = certainly || c.pass.Flow.Cancels(fn)
				probably = probably || stops(fn.Name())
			}
			return true
		})
	}
	return certainly, probably
}

// otherLeaves reports whether another case, which receives something, can leave
// the loop.
func (c *candidate) otherLeaves(graph *cfg.CFG) bool {
	for _, stmt := range c.sel.Body.List {
		clause := stmt.(*ast.CommClause)
		if clause == c.clause || clause.Comm == nil || !receives(clause.Comm) {
			continue
		}
		other := *c
		other.clause, other.ok = clause, nil
		start, head := other.blocks(graph)
		if start == nil || head == nil {
			continue
		}
		if w := other.walk(start, head); !w.returns || len(w.exits) > 0 {
			return true
		}
	}
	return false
}

func receives(comm ast.Stmt) bool {
	found := false
	ast.Inspect(comm, func(n ast.Node) bool {
		recv, ok := n.(*ast.UnaryExpr)
		found = found || ok && recv.Op == token.ARROW
		return !found
	})
	return found
}

// stops reports whether a function of that name ends something.
func stops(name string) bool {
	name = strings.ToLower(name)
	for _, verb := range []string{"close", "stop", "cancel", "shutdown", "kill", "terminate", "abort", "interrupt", "quit", "exit"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
