package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/internal/flow"
)

// releaseGraph is the control flow of a body, and which of its nodes release
// something, as far as they have been asked.
type releaseGraph struct {
	*cfg.CFG
	p        *Pass
	releases map[ast.Node]bool
}

func (p *Pass) releaseGraph(body *ast.BlockStmt) *releaseGraph {
	if g := p.graphs[body]; g != nil {
		return g
	}
	graph := cfg.New(body, func(call *ast.CallExpr) bool {
		b, ok := typeutil.Callee(p.TypesInfo, call).(*types.Builtin)
		return !ok || b.Name() != "panic"
	})
	if p.graphs == nil {
		p.graphs = make(map[*ast.BlockStmt]*releaseGraph)
	}
	g := &releaseGraph{graph, p, make(map[ast.Node]bool)}
	p.graphs[body] = g
	return g
}

// ReleasesAfter reports whether a return at pos would skip something, not
// deferred, that others may wait for: an unlock, a close, a send, a countdown.
// What later turns of a loop around pos would do doesn't count, but what
// follows the loop does.
func (p *Pass) ReleasesAfter(pos token.Pos, body *ast.BlockStmt) bool {
	graph := p.releaseGraph(body)
	var queue []*cfg.Block
	for _, b := range graph.Blocks {
		for i, n := range b.Nodes {
			if n.Pos() <= pos && pos < n.End() {
				if slices.ContainsFunc(b.Nodes[i+1:], graph.releasesIn) {
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
		if around != nil && !slices.ContainsFunc(around.Nodes, graph.releasesIn) {
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
			if slices.ContainsFunc(succ.Nodes, graph.releasesIn) {
				return true
			}
			queue = append(queue, succ)
		}
	}
	return false
}

// releasesIn reports whether a node of a control-flow graph releases.
func (g *releaseGraph) releasesIn(n ast.Node) bool {
	found, known := g.releases[n]
	if known {
		return found
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.SendStmt:
			found = true
		case *ast.CallExpr:
			found = found || g.p.releases(n)
		}
		return !found
	})
	g.releases[n] = found
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
