package flow

import (
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// nilPrefix begins the key of "this channel is nil".
const nilPrefix = "nil "

// flagsOf are the joins of variables that a branch of fn asks for, or a select
// takes as a channel, with the joins that lead to them.
func flagsOf(fn *ssa.Function) map[*ssa.Phi]bool {
	flags := make(map[*ssa.Phi]bool)
	var add func(v ssa.Value)
	add = func(v ssa.Value) {
		phi, ok := v.(*ssa.Phi)
		if !ok || flags[phi] {
			return
		}
		flags[phi] = true
		for _, edge := range phi.Edges {
			add(edge)
		}
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.If:
				cond, _ := stripNot(instr.Cond, true)
				add(cond)
			case *ssa.Select:
				for _, st := range instr.States {
					add(st.Chan)
				}
			}
		}
	}
	return flags
}

// joinFlags carries what is known of flags over an edge: a join takes the value
// of the edge.
func (f *follower) joinFlags(st *state, to *ssa.BasicBlock, edge int) {
	if !f.feasible || len(f.body.flags) == 0 {
		return
	}
	var joined []decision
	gone := make(map[string]bool)
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if !f.body.flags[phi] {
			continue
		}
		key, isFlag := flagKey(phi)
		if !isFlag {
			continue
		}
		gone[key] = true
		if value, known := st.flag(phi.Edges[edge]); known {
			joined = append(joined, decision{condition: key, held: value, at: to})
		}
	}
	if len(gone) > 0 {
		st.decided = append(st.without(func(key string) bool { return gone[key] }), joined...)
		st.bound()
	}
}

// flagKey is the key by which a variable is known: of a flag that it is true,
// of a channel that it is nil.
func flagKey(v ssa.Value) (string, bool) {
	var b strings.Builder
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsBoolean == 0 {
			return "", false
		}
	case *types.Chan:
		b.WriteString(nilPrefix)
	default:
		return "", false
	}
	writeKey(&b, v, 0)
	return b.String(), true
}

// flag is what is known of a flag or a channel.
func (st *state) flag(v ssa.Value) (value, known bool) {
	key, isFlag := flagKey(v)
	if !isFlag {
		return false, false
	}
	if k, ok := v.(*ssa.Const); ok {
		if isChan(v.Type()) {
			return true, k.IsNil()
		}
		return k.Value != nil && constant.BoolVal(k.Value), k.Value != nil
	}
	for _, d := range st.decided {
		if d.condition == key {
			return d.held, true
		}
	}
	return false, false
}

// setFlag remembers the constant that a store puts where a branch may ask for
// it later, in another turn of a loop too.
func (f *follower) setFlag(st *state, store *ssa.Store) {
	if !f.feasible {
		return
	}
	value, known := st.flag(store.Val)
	if _, constant := store.Val.(*ssa.Const); !known || !constant {
		return
	}
	key := loadKey(store.Addr)
	if isChan(store.Val.Type()) {
		key = nilPrefix + key
	} else if !f.body.asked[key] {
		return
	}
	st.decided = append(st.without(func(other string) bool { return other == key }), decision{condition: key, held: value, stays: f.staysPut(store.Addr)})
	st.bound()
}

// staysPut reports whether an address is the same in each turn of the loops
// around the creation.
func (f *follower) staysPut(addr ssa.Value) bool {
	for range 8 {
		switch v := addr.(type) {
		case *ssa.FieldAddr:
			addr = v.X
		case *ssa.UnOp:
			addr = v.X
		case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
			return true
		case *ssa.Alloc:
			return !inLoop(v.Block())
		default:
			return false
		}
	}
	return false
}

// turn forgets, at the head of a loop, what was decided in the turn before,
// except for flags that are set.
func (st *state) turn(head *ssa.BasicBlock) {
	var kept []decision
	for _, d := range st.decided {
		if d.stays || d.at != nil && d.at.Dominates(head) {
			kept = append(kept, d)
		}
	}
	st.decided = kept
}

// without returns the decisions whose keys aren't to be forgotten.
func (st *state) without(forget func(key string) bool) []decision {
	var kept []decision
	for _, d := range st.decided {
		if !forget(d.condition) {
			kept = append(kept, d)
		}
	}
	return kept
}

// bound forgets the oldest decisions of too many: their paths count as
// possible.
func (st *state) bound() {
	const most = 8
	if extra := len(st.decided) - most; extra > 0 {
		st.decided = st.decided[extra:]
	}
}

// choosesNil reports whether a branch is that of a select's case on a channel
// which is nil by then.
func (st *state) choosesNil(cond ssa.Value, taken bool) bool {
	compare, ok := cond.(*ssa.BinOp)
	if !ok || !taken {
		return false
	}
	sel, i := dispatch(compare)
	if sel == nil || i < 0 || i >= len(sel.States) {
		return false
	}
	isNil, known := st.flag(sel.States[i].Chan)
	return known && isNil
}
