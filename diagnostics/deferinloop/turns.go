package deferinloop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// enough turns are few enough for what they leave to be no matter.
const enough = 8

// turning returns those of the loops that can make another turn once the
// defer has run.
func (p *pile) turning(loops []ast.Stmt, body *ast.BlockStmt) []ast.Stmt {
	if len(loops) == 0 || body == nil {
		return nil
	}
	graph := cfg.New(body, func(call *ast.CallExpr) bool {
		switch fn := typeutil.Callee(p.pass.TypesInfo, call).(type) {
		case *types.Builtin:
			return fn.Name() != "panic"
		case *types.Func:
			return !p.pass.Flow.NoReturn(fn)
		}
		return true
	})
	var work []*cfg.Block
	for _, block := range graph.Blocks {
		for _, n := range block.Nodes {
			if n == ast.Node(p.stmt) {
				work = append(work, block.Succs...)
			}
		}
	}
	again := make(map[ast.Stmt]bool)
	seen := make(map[*cfg.Block]bool)
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[block] {
			continue
		}
		seen[block] = true
		if block.Kind == cfg.KindForBody || block.Kind == cfg.KindRangeBody {
			again[block.Stmt] = true
		}
		work = append(work, block.Succs...)
	}
	var out []ast.Stmt
	for _, loop := range loops {
		if again[loop] {
			out = append(out, loop)
		}
	}
	return out
}

// ends reports whether a loop comes to an end, with something after it: it
// isn't one that only a return leaves. What its turns keep may be meant for
// what follows.
func (p *pile) ends(loop ast.Stmt) bool {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		_, channel := p.pass.TypesInfo.TypeOf(loop.X).Underlying().(*types.Chan)
		return !channel
	case *ast.ForStmt:
		return loop.Cond != nil || !rule.Terminates(loop)
	}
	return false
}

// turns is the number of turns that a loop makes at most, if the source tells.
func (p *pile) turns(loop ast.Stmt) (int, bool) {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		return p.length(loop.X)
	case *ast.ForStmt:
		return p.counted(loop)
	}
	return 0, false
}

// length is the number of elements that a range visits.
func (p *pile) length(e ast.Expr) (int, bool) {
	e = ast.Unparen(e)
	tv := p.pass.TypesInfo.Types[e]
	if tv.Value != nil {
		if tv.Value.Kind() == constant.String {
			return len(constant.StringVal(tv.Value)), true
		}
		return smallInt(tv.Value)
	}
	t := tv.Type
	if t == nil {
		return 0, false
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if array, ok := t.Underlying().(*types.Array); ok {
		return int(min(array.Len(), enough+1)), true
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		n := len(e.Elts)
		for _, elt := range e.Elts {
			if kv, ok := elt.(*ast.KeyValueExpr); ok {
				if _, isMap := t.Underlying().(*types.Map); !isMap {
					i, known := smallInt(p.pass.TypesInfo.Types[kv.Key].Value)
					if !known {
						return 0, false
					}
					n = max(n, i+1)
				}
			}
		}
		return n, true
	case *ast.Ident:
		if v, ok := p.pass.TypesInfo.Uses[e].(*types.Var); ok {
			if only := p.onlyValue(v); only != nil {
				return p.length(only)
			}
		}
	}
	return 0, false
}

func smallInt(v constant.Value) (int, bool) {
	if v == nil || v.Kind() != constant.Int {
		return 0, false
	}
	n, exact := constant.Int64Val(v)
	return int(min(n, enough+1)), exact && n >= 0
}

// onlyValue is the literal that a local variable is declared with, if it gets
// nothing else and nobody can write to it in another way.
func (p *pile) onlyValue(v *types.Var) ast.Expr {
	var only ast.Expr
	ok := true
	is := func(e ast.Expr) bool {
		id, isIdent := ast.Unparen(e).(*ast.Ident)
		return isIdent && p.pass.TypesInfo.ObjectOf(id) == v
	}
	ast.Inspect(p.pass.Func.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if index, isIndex := ast.Unparen(lhs).(*ast.IndexExpr); isIndex && is(index.X) {
					_, isMap := v.Type().Underlying().(*types.Map)
					ok = ok && !isMap
				}
				if is(lhs) {
					ok = ok && only == nil && n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs)
					if ok {
						only = n.Rhs[i]
					}
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if p.pass.TypesInfo.Defs[name] == v && i < len(n.Values) && len(n.Values) == len(n.Names) {
					only = n.Values[i]
				}
			}
		case *ast.IncDecStmt:
			ok = ok && !is(n.X)
		case *ast.UnaryExpr:
			ok = ok && !(n.Op == token.AND && is(n.X))
		}
		return ok
	})
	if !ok {
		return nil
	}
	switch only := only.(type) {
	case *ast.CompositeLit, *ast.BasicLit:
		return only
	}
	return nil
}

// counted is the number of turns of for i := a; i < b; i++.
func (p *pile) counted(loop *ast.ForStmt) (int, bool) {
	init, ok := loop.Init.(*ast.AssignStmt)
	if !ok || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return 0, false
	}
	id, ok := init.Lhs[0].(*ast.Ident)
	if !ok {
		return 0, false
	}
	v := p.pass.TypesInfo.ObjectOf(id)
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && v != nil && p.pass.TypesInfo.ObjectOf(id) == v
	}
	cond, ok := loop.Cond.(*ast.BinaryExpr)
	if !ok || !is(cond.X) {
		return 0, false
	}
	post, ok := loop.Post.(*ast.IncDecStmt)
	if !ok || post.Tok != token.INC || !is(post.X) {
		return 0, false
	}
	first, ok := smallInt(p.pass.TypesInfo.Types[init.Rhs[0]].Value)
	last, known := p.length(cond.Y)
	if !ok || !known || cond.Op != token.LSS && cond.Op != token.LEQ {
		return 0, false
	}
	if cond.Op == token.LEQ {
		last++
	}
	assigned := false
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				assigned = assigned || is(lhs)
			}
		case *ast.IncDecStmt:
			assigned = assigned || is(n.X)
		case *ast.UnaryExpr:
			assigned = assigned || n.Op == token.AND && is(n.X)
		}
		return !assigned
	})
	return max(last-first, 0), !assigned
}
