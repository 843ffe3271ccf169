package deafsleep

import (
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// atMost is the most that a duration can be, where constants decide: a
// constant, arithmetic with constants, jitter by math/rand, a cap, a package
// variable that only ever holds such.
func atMost(p *flow.Package, v ssa.Value) (time.Duration, bool) {
	most, ok := bound(p, v, 0)
	if !ok || most >= math.MaxInt64 {
		return 0, false
	}
	return time.Duration(most), true
}

func bound(p *flow.Package, v ssa.Value, depth int) (float64, bool) {
	const deepest = 8
	if depth > deepest {
		return 0, false
	}
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil || v.Value.Kind() != constant.Int && v.Value.Kind() != constant.Float {
			return 0, false
		}
		f, _ := constant.Float64Val(v.Value)
		return f, true
	case *ssa.Convert:
		return bound(p, v.X, depth+1)
	case *ssa.ChangeType:
		return bound(p, v.X, depth+1)
	case *ssa.Phi:
		return boundAll(p, v.Edges, depth)
	case *ssa.BinOp:
		x, okX := bound(p, v.X, depth+1)
		y, okY := bound(p, v.Y, depth+1)
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
		most, ok := boundAll(p, held, depth)
		return most, ok && all
	case *ssa.Call:
		fn := flow.Callee(v.Common())
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "min" || flow.Is(fn, "math.Min") {
			return boundAny(p, v.Call.Args, depth)
		}
		if !isRandom(fn) || len(v.Call.Args) == 0 || fn.Name() == "Float64" || fn.Name() == "Float32" {
			return 0, false
		}
		return bound(p, v.Call.Args[len(v.Call.Args)-1], depth+1)
	}
	return 0, false
}

// boundAll is the most that any of the values can be.
func boundAll(p *flow.Package, values []ssa.Value, depth int) (float64, bool) {
	var most float64
	for _, v := range values {
		n, ok := bound(p, v, depth+1)
		if !ok {
			return 0, false
		}
		most = max(most, n)
	}
	return most, true
}

// boundAny is the most that the least of the values can be.
func boundAny(p *flow.Package, values []ssa.Value, depth int) (float64, bool) {
	least, found := math.Inf(1), false
	for _, v := range values {
		if n, ok := bound(p, v, depth+1); ok {
			least, found = min(least, n), true
		}
	}
	return least, found
}

// inMicroseconds reports whether a duration is a number of microseconds that
// isn't known: who counts in these means to sleep for moments.
func inMicroseconds(v ssa.Value) bool {
	product, ok := v.(*ssa.BinOp)
	if !ok || product.Op != token.MUL {
		return false
	}
	for i, factor := range []ssa.Value{product.X, product.Y} {
		other := []ssa.Value{product.Y, product.X}[i]
		if convert, ok := other.(*ssa.Convert); ok {
			other = convert.X
		}
		if _, computed := other.(*ssa.BinOp); computed {
			continue
		}
		if c, ok := factor.(*ssa.Const); ok && c.Value != nil && constant.Compare(c.Value, token.EQL, constant.MakeInt64(int64(time.Microsecond))) {
			return true
		}
	}
	return false
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
