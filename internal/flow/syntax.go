package flow

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Syntax finds the source of what SSA knows by its position, in one declared
// function and the literals in it.
type Syntax struct {
	calls    map[token.Pos]*ast.CallExpr  // by the parenthesis
	receives map[token.Pos]*ast.UnaryExpr // by the arrow
	sends    map[token.Pos]*ast.SendStmt  // by the arrow
	ranges   map[token.Pos]*ast.RangeStmt // by the for
}

// SyntaxOf indexes a function on first use.
func (p *Package) SyntaxOf(f *Func) *Syntax {
	if s := p.syntax[f]; s != nil {
		return s
	}
	s := &Syntax{
		calls: make(map[token.Pos]*ast.CallExpr), receives: make(map[token.Pos]*ast.UnaryExpr),
		sends: make(map[token.Pos]*ast.SendStmt), ranges: make(map[token.Pos]*ast.RangeStmt),
	}
	if p.syntax == nil {
		p.syntax = make(map[*Func]*Syntax)
	}
	p.syntax[f] = s
	ast.Inspect(f.SSA.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.calls[n.Lparen] = n
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				s.receives[n.OpPos] = n
			}
		case *ast.SendStmt:
			s.sends[n.Arrow] = n
		case *ast.RangeStmt:
			s.ranges[n.For] = n
		}
		return true
	})
	return s
}

// Call returns the source of a call, a defer or a go; nil for those that have
// none.
func (s *Syntax) Call(site ssa.CallInstruction) *ast.CallExpr { return s.calls[site.Common().Pos()] }

// longestName bounds what of an expression is shown in place of a name.
const longestName = 40

// short writes an expression, "" if it is nil or too long.
func short(x ast.Expr) string {
	if x == nil {
		return ""
	}
	if name := types.ExprString(ast.Unparen(x)); len(name) <= longestName {
		return name
	}
	return ""
}

// calleeName is the source of what a call calls.
func (s *Syntax) calleeName(site ssa.CallInstruction) string {
	if call := s.Call(site); call != nil {
		if name := short(call.Fun); name != "" {
			if _, lit := ast.Unparen(call.Fun).(*ast.FuncLit); !lit {
				return name
			}
		}
	}
	if fn := Callee(site.Common()); fn != nil {
		return fn.Name()
	}
	return "a function"
}

// receiver is the source of x in x.f(…), and of the only argument where the
// call has no receiver.
func (s *Syntax) receiver(site ssa.CallInstruction) string {
	call := s.Call(site)
	if call == nil {
		return ""
	}
	if len(call.Args) == 1 {
		return short(call.Args[0]) // context.Cause(ctx)
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return short(sel.X)
	}
	return ""
}

// channel is the source of the channel of an operation at pos.
func (s *Syntax) channel(pos token.Pos) string {
	switch {
	case s.receives[pos] != nil:
		return short(s.receives[pos].X)
	case s.sends[pos] != nil:
		return short(s.sends[pos].Chan)
	case s.ranges[pos] != nil:
		return short(s.ranges[pos].X)
	}
	return ""
}

// Argument is the source of what a call gives for parameter i of what it
// calls, nil if there is none.
func (s *Syntax) Argument(site ssa.CallInstruction, i int, method bool) ast.Expr {
	call := s.Call(site)
	if call == nil {
		return nil
	}
	if method {
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && i == 0 {
			return sel.X
		}
		i--
	}
	if i < 0 || i >= len(call.Args) || call.Ellipsis.IsValid() {
		return nil
	}
	return call.Args[i]
}
