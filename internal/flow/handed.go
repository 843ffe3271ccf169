package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// handings returns the instructions by which fn gives a channel that it makes
// to somebody else: a call, a literal, a store outside of its own variables.
// Before the first of them nobody can send. It reports false where the channel
// comes from elsewhere.
func handings(c *channel, fn *ssa.Function) ([]ssa.Instruction, bool) {
	h := handing{seen: make(map[holder]bool)}
	for _, mk := range c.makes {
		if mk.Parent() != fn {
			return nil, false
		}
		h.add(mk, whole)
	}
	for len(h.work) > 0 {
		next := h.work[len(h.work)-1]
		h.work = h.work[:len(h.work)-1]
		for _, ref := range *next.v.Referrers() {
			h.use(next, ref)
		}
	}
	return h.out, len(c.makes) > 0
}

// whole is the part of a holder that isn't a struct of this function.
const whole = -1

// holder is a value that is the channel, or holds it: a variable of the
// function, or a copy of what is in it. The part is the field that holds it.
type holder struct {
	v    ssa.Value
	part int
}

// handing follows a channel in the function that makes it.
type handing struct {
	seen map[holder]bool
	work []holder
	out  []ssa.Instruction
}

func (h *handing) add(v ssa.Value, part int) {
	if next := (holder{v, part}); !h.seen[next] && v.Referrers() != nil {
		h.seen[next] = true
		h.work = append(h.work, next)
	}
}

// use applies one instruction that has the holder as an operand.
func (h *handing) use(of holder, ref ssa.Instruction) {
	switch ref := ref.(type) {
	case *ssa.DebugRef, *ssa.BinOp:
		return
	case *ssa.ChangeType, *ssa.Phi, *ssa.Slice:
		h.add(ref.(ssa.Value), of.part)
		return
	case *ssa.UnOp:
		if ref.Op == token.MUL {
			h.add(ref, of.part)
		}
		return
	case *ssa.Field:
		if of.part == whole || of.part == ref.Field {
			h.add(ref, whole)
		}
		return
	case *ssa.FieldAddr:
		if of.part == whole || of.part == ref.Field {
			h.add(ref, whole)
		}
		return
	case *ssa.IndexAddr:
		h.add(ref, of.part)
		return
	case *ssa.Store:
		if ref.Val != of.v {
			return
		}
		if cell, part := ownVariable(ref.Addr); cell != nil {
			if part == whole {
				part = of.part
			}
			h.add(cell, part)
			return
		}
	case *ssa.Send:
		if ref.X != of.v {
			return
		}
	case *ssa.Select:
		if !slices.ContainsFunc(ref.States, func(st *ssa.SelectState) bool { return st.Dir == types.SendOnly && st.Send == of.v }) {
			return
		}
	case *ssa.Call:
		if b, ok := ref.Call.Value.(*ssa.Builtin); ok && b.Name() != "append" && b.Name() != "copy" {
			return
		}
	}
	if !slices.Contains(h.out, ref) {
		h.out = append(h.out, ref)
	}
}

// ownVariable is the variable of the function that an address is in, and the
// field of it.
func ownVariable(addr ssa.Value) (*ssa.Alloc, int) {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		return addr, whole
	case *ssa.IndexAddr:
		if cell, ok := addr.X.(*ssa.Alloc); ok {
			return cell, whole
		}
	case *ssa.FieldAddr:
		if cell, ok := addr.X.(*ssa.Alloc); ok {
			return cell, addr.Field
		}
	}
	return nil, whole
}

// heldBack returns where the search for a way out begins if the channel isn't
// given to anybody before a sender is started at site: where it is given
// away afterwards.
func heldBack(hands []ssa.Instruction, site ssa.Instruction) (later []ssa.Instruction, ok bool) {
	for _, hand := range hands {
		if hand == site || comesAfter(hand, site) {
			return nil, false
		}
		if comesAfter(site, hand) {
			later = append(later, hand)
		}
	}
	return later, true
}
