package deafsleep

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// atMost is the most that a duration can be, where constants decide: a
// constant, arithmetic with constants, jitter by math/rand, a package variable
// that only ever holds such.
func atMost(p *flow.Package, v ssa.Value, depth int) (int64, bool) {
	if depth > 8 {
		return 0, false
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			return 0, false
		}
		n := constant.ToInt(v.Value)
		if n.Kind() != constant.Int {
			return 0, false
		}
		return constant.Int64Val(n)
	case *ssa.Convert:
		return atMost(p, v.X, depth+1)
	case *ssa.ChangeType:
		return atMost(p, v.X, depth+1)
	case *ssa.Phi:
		var most int64
		for _, edge := range v.Edges {
			n, ok := atMost(p, edge, depth+1)
			if !ok {
				return 0, false
			}
			most = max(most, n)
		}
		return most, true
	case *ssa.BinOp:
		x, okX := atMost(p, v.X, depth+1)
		y, okY := atMost(p, v.Y, depth+1)
		switch {
		case v.Op == token.MUL && okY && isFraction(v.X):
			return y, true
		case v.Op == token.MUL && okX && isFraction(v.Y):
			return x, true
		case v.Op == token.REM && okY:
			return y, true
		case !okX || !okY:
		case v.Op == token.ADD:
			return x + y, true
		case v.Op == token.MUL:
			return x * y, x >= 0 && y >= 0
		case v.Op == token.QUO && y > 0:
			return x / y, true
		}
	case *ssa.UnOp:
		g, ok := v.X.(*ssa.Global)
		if !ok || v.Op != token.MUL {
			return 0, false
		}
		held, all := p.StoredIn(g)
		var most int64
		for _, v := range held {
			n, ok := atMost(p, v, depth+1)
			if !ok {
				return 0, false
			}
			most = max(most, n)
		}
		return most, all
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "min" {
			for _, arg := range v.Call.Args {
				if n, ok := atMost(p, arg, depth+1); ok {
					return n, true
				}
			}
			return 0, false
		}
		fn := flow.Callee(v.Common())
		if !isRandom(fn) || len(v.Call.Args) == 0 || fn.Name() == "Float64" || fn.Name() == "Float32" {
			return 0, false
		}
		return atMost(p, v.Call.Args[len(v.Call.Args)-1], depth+1)
	}
	return 0, false
}

func isRandom(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "math/rand" || fn.Pkg().Path() == "math/rand/v2")
}

// isFraction reports whether v is a random number below 1.
func isFraction(v ssa.Value) bool {
	if c, ok := v.(*ssa.Convert); ok {
		v = c.X
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn := flow.Callee(call.Common())
	return isRandom(fn) && (fn.Name() == "Float64" || fn.Name() == "Float32")
}
