package deafsleep

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// atMost is the most that a duration can be, where constants decide: a
// constant, arithmetic with constants, jitter by math/rand.
func atMost(v ssa.Value, depth int) (int64, bool) {
	if depth > 8 {
		return 0, false
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil || v.Value.Kind() != constant.Int {
			return 0, false
		}
		return constant.Int64Val(v.Value)
	case *ssa.Convert:
		return atMost(v.X, depth+1)
	case *ssa.ChangeType:
		return atMost(v.X, depth+1)
	case *ssa.Phi:
		var most int64
		for _, edge := range v.Edges {
			n, ok := atMost(edge, depth+1)
			if !ok {
				return 0, false
			}
			most = max(most, n)
		}
		return most, true
	case *ssa.BinOp:
		x, okX := atMost(v.X, depth+1)
		y, okY := atMost(v.Y, depth+1)
		switch {
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
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "min" {
			for _, arg := range v.Call.Args {
				if n, ok := atMost(arg, depth+1); ok {
					return n, true
				}
			}
			return 0, false
		}
		fn := flow.Callee(v.Common())
		if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "math/rand" && fn.Pkg().Path() != "math/rand/v2" || len(v.Call.Args) == 0 {
			return 0, false
		}
		return atMost(v.Call.Args[len(v.Call.Args)-1], depth+1)
	}
	return 0, false
}
