package flow

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// decision is a condition and how it was decided on a path.
type decision struct {
	condition string
	held      bool
}

// decide carries the state over a branch. It reports false when the branch
// can't be taken while the obligation is owed: the call that makes it failed,
// or what holds it is nil, or (with feasible) the condition was decided the
// other way before.
func (f *follower) decide(st *state, cond ssa.Value, taken bool) bool {
	cond, taken = stripNot(cond, taken)
	if st.errs.has(cond) && !taken {
		return false // ok is false
	}
	if compare, ok := cond.(*ssa.BinOp); ok {
		if x := comparedWithNil(compare); x != nil {
			isNil := (compare.Op == token.EQL) == taken
			if st.errs.has(x) && !isNil || f.carries(*st, x) && isNil {
				return false
			}
		}
	}
	if !f.feasible {
		return true
	}
	key := conditionKey(cond)
	if !f.again[key] {
		return true
	}
	for _, d := range st.decided {
		if d.condition == key {
			return d.held == taken
		}
	}
	st.decided = append(st.decided[:len(st.decided):len(st.decided)], decision{key, taken})
	return true
}

func stripNot(cond ssa.Value, taken bool) (ssa.Value, bool) {
	for {
		not, ok := cond.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			return cond, taken
		}
		cond, taken = not.X, !taken
	}
}

// comparedWithNil returns what an == or != compares with nil.
func comparedWithNil(compare *ssa.BinOp) ssa.Value {
	if compare.Op != token.EQL && compare.Op != token.NEQ {
		return nil
	}
	if c, ok := compare.Y.(*ssa.Const); ok && c.IsNil() {
		return compare.X
	}
	if c, ok := compare.X.(*ssa.Const); ok && c.IsNil() {
		return compare.Y
	}
	return nil
}

// repeatedConditions are those that fn decides at more than one place.
func repeatedConditions(fn *ssa.Function) map[string]bool {
	count := make(map[string]int)
	for _, block := range fn.Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		if branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If); ok {
			cond, _ := stripNot(branch.Cond, true)
			count[conditionKey(cond)]++
		}
	}
	again := make(map[string]bool)
	for key, n := range count {
		if n > 1 {
			again[key] = true
		}
	}
	return again
}

// dominatingDecisions are the conditions that are decided whenever block runs.
func (f *follower) dominatingDecisions(block *ssa.BasicBlock) []decision {
	var out []decision
	for b := block; b.Idom() != nil; b = b.Idom() {
		dominator := b.Idom()
		branch, ok := dominator.Instrs[len(dominator.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range dominator.Succs {
			if len(succ.Preds) != 1 || !succ.Dominates(block) {
				continue
			}
			cond, taken := stripNot(branch.Cond, i == 0)
			if key := conditionKey(cond); f.again[key] {
				out = append(out, decision{key, taken})
			}
		}
	}
	return out
}

// conditionKey writes a condition so that two evaluations that look alike are
// equal: by its shape over parameters, variables, fields and constants, else
// by its identity. What is assigned in between is not looked at, so that it
// serves to lower a finding's severity, never to say that there is a bug.
func conditionKey(v ssa.Value) string {
	var b strings.Builder
	writeKey(&b, v, 0)
	return b.String()
}

func writeKey(b *strings.Builder, v ssa.Value, depth int) {
	const deepest = 6
	if depth > deepest {
		fmt.Fprintf(b, "%p", v)
		return
	}
	switch v := v.(type) {
	case *ssa.Const:
		b.WriteString(v.String())
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			fmt.Fprintf(b, "%p", v)
			return
		}
		b.WriteString(v.Op.String())
		writeKey(b, v.X, depth+1)
	case *ssa.BinOp:
		b.WriteByte('(')
		writeKey(b, v.X, depth+1)
		b.WriteString(v.Op.String())
		writeKey(b, v.Y, depth+1)
		b.WriteByte(')')
	case *ssa.FieldAddr:
		writeKey(b, v.X, depth+1)
		fmt.Fprintf(b, ".%d", v.Field)
	case *ssa.Field:
		writeKey(b, v.X, depth+1)
		fmt.Fprintf(b, ".%d", v.Field)
	case *ssa.Call:
		if fn, ok := v.Call.Value.(*ssa.Builtin); ok && len(v.Call.Args) == 1 && types.Identical(v.Type(), types.Typ[types.Int]) {
			b.WriteString(fn.Name()) // len, cap
			writeKey(b, v.Call.Args[0], depth+1)
			return
		}
		fmt.Fprintf(b, "%p", v)
	default:
		fmt.Fprintf(b, "%p", v)
	}
}
