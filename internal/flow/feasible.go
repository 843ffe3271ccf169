package flow

import (
	"fmt"
	"go/constant"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// decision is a condition and how it was decided on a path.
type decision struct {
	condition string
	held      bool

	stays bool            // it was set, and holds in later turns of a loop too
	at    *ssa.BasicBlock // where the variable that is asked for was joined
}

// decide carries the state over a branch. It reports false when the branch
// can't be taken while the obligation is owed: the call that makes it failed,
// or what holds it is nil, or (with feasible) the condition was decided the
// other way before.
func (f *follower) decide(st *state, cond ssa.Value, taken bool) bool {
	cond, taken = stripNot(cond, taken)
	if load, ok := cond.(*ssa.UnOp); ok && f.flag != nil && load.X == f.flag && taken != f.flagged {
		return false
	}
	if f.owesNothing(*st, cond, taken) {
		return false
	}
	if !f.feasible {
		return true
	}
	if st.choosesNil(cond, taken) {
		return false
	}
	key, taken := conditionKey(cond, taken)
	for _, d := range st.decided {
		if d.condition == key {
			return d.held == taken
		}
	}
	if f.again[key] {
		st.decided = append(st.decided[:len(st.decided):len(st.decided)], decision{condition: key, held: taken})
		st.bound()
	}
	return true
}

// owesNothing reports whether nothing is owed where the condition is decided
// that way.
func (f *follower) owesNothing(st state, cond ssa.Value, taken bool) bool {
	switch cond := cond.(type) {
	case *ssa.Call:
		// errors.Is(err, …) and its like hold for an error.
		return taken && slices.ContainsFunc(cond.Call.Args, st.errs.has)
	case *ssa.BinOp:
		if cond.Op != token.EQL && cond.Op != token.NEQ {
			return false
		}
		isZero := (cond.Op == token.EQL) == taken
		x := comparedWithZero(cond)
		switch {
		case x == nil:
			return false
		case st.errs.has(x):
			return !isZero
		case !isZero && IsErrorType(x.Type()) && f.p.NeverError(x):
			return true // it never fails
		case f.carries(st, x):
			return isZero
		}
		made, ok := x.(*ssa.Extract)
		return ok && isZero && f.source != nil && made.Tuple == f.source && IsContext(made.Type())
	}
	return st.errs.has(cond) && !taken // ok is false
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

// comparedWithZero returns what an == or != compares with nil or 0.
func comparedWithZero(compare *ssa.BinOp) ssa.Value {
	if isZeroConst(compare.Y) {
		return compare.X
	}
	if isZeroConst(compare.X) {
		return compare.Y
	}
	return nil
}

func isZeroConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	if !ok {
		return false
	}
	return c.IsNil() || c.Value != nil && c.Value.Kind() == constant.Int && constant.Sign(c.Value) == 0
}

// conditionsOf are the conditions that fn decides, and those that it decides at
// more than one place.
func conditionsOf(fn *ssa.Function) (asked, again map[string]bool) {
	asked, again = make(map[string]bool), make(map[string]bool)
	for _, block := range fn.Blocks {
		if len(block.Instrs) == 0 {
			continue
		}
		if branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If); ok {
			cond, _ := stripNot(branch.Cond, true)
			key, _ := conditionKey(cond, true)
			again[key] = asked[key]
			asked[key] = true
		}
	}
	return asked, again
}

// dominatingDecisions are the conditions that are decided whenever instr
// runs, and that still hold then.
func (f *follower) dominatingDecisions(instr ssa.Instruction) []decision {
	block := instr.Block()
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
			key, taken := conditionKey(cond, taken)
			if f.again[key] && !f.storedBetween(succ, instr, key) {
				out = append(out, decision{condition: key, held: taken})
			}
		}
	}
	return out
}

// storedBetween reports whether something that the condition reads may be
// assigned to from the entry of a block on, before instr.
func (f *follower) storedBetween(from *ssa.BasicBlock, instr ssa.Instruction, key string) bool {
	for block := range f.earlierThan(instr.Block()) {
		if !from.Dominates(block) {
			continue
		}
		for _, other := range block.Instrs {
			if other == instr {
				break
			}
			if store, ok := other.(*ssa.Store); ok && strings.Contains(key, loadKey(store.Addr)) {
				return true
			}
		}
	}
	return false
}

// reassigned drops the decisions of conditions that read what a store changes.
func (st *state) reassigned(store *ssa.Store) {
	if len(st.decided) == 0 {
		return
	}
	changed := loadKey(store.Addr)
	var kept []decision
	for _, d := range st.decided {
		if !strings.Contains(d.condition, changed) {
			kept = append(kept, d)
		}
	}
	st.decided = kept
}

// conditionKey writes a condition so that two evaluations that look alike are
// equal: by its shape over parameters, variables, fields, constants and calls
// of functions, else by its identity; of a comparison and its opposite one is
// written. What a callee may assign in between is not looked at, so that keys
// serve to lower a finding's severity, never to say that there is a bug.
func conditionKey(v ssa.Value, taken bool) (string, bool) {
	var b strings.Builder
	if compare, ok := v.(*ssa.BinOp); ok {
		if opposite, ok := opposites[compare.Op]; ok {
			writeComparison(&b, compare, opposite, 0)
			return b.String(), !taken
		}
	}
	writeKey(&b, v, 0)
	return b.String(), taken
}

var opposites = map[token.Token]token.Token{token.NEQ: token.EQL, token.LEQ: token.GTR, token.GEQ: token.LSS}

// loadKey is what the key of a condition contains that reads addr.
func loadKey(addr ssa.Value) string {
	var b strings.Builder
	b.WriteString("*[")
	writeKey(&b, addr, 1)
	b.WriteByte(']')
	return b.String()
}

func writeComparison(b *strings.Builder, v *ssa.BinOp, op token.Token, depth int) {
	b.WriteByte('(')
	writeKey(b, v.X, depth+1)
	b.WriteString(op.String())
	writeKey(b, v.Y, depth+1)
	b.WriteByte(')')
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
		switch v.Op {
		case token.ARROW:
			fmt.Fprintf(b, "%p", v)
		case token.MUL:
			b.WriteString(loadKey(v.X))
		default:
			b.WriteString(v.Op.String())
			writeKey(b, v.X, depth+1)
		}
	case *ssa.BinOp:
		writeComparison(b, v, v.Op, depth)
	case *ssa.FieldAddr:
		writeKey(b, v.X, depth+1)
		fmt.Fprintf(b, ".%d", v.Field)
	case *ssa.Field:
		writeKey(b, v.X, depth+1)
		fmt.Fprintf(b, ".%d", v.Field)
	case *ssa.Call:
		switch fn := v.Call.Value.(type) {
		case *ssa.Builtin:
			b.WriteString(fn.Name())
		case *ssa.Function:
			b.WriteString(fn.String())
		default:
			fmt.Fprintf(b, "%p", v)
			return
		}
		for _, arg := range v.Call.Args {
			b.WriteByte(' ')
			writeKey(b, arg, depth+1)
		}
	default:
		fmt.Fprintf(b, "%p", v)
	}
}
