package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Drains returns the receives of body that come after a context is done, from
// channels without room whose senders all give up as soon as one is: there may
// be nobody left who sends.
func (p *Package) Drains(body *ssa.Function) []Wait {
	var out []Wait
	w := waiter{p: p, g: p.channels()}
	for _, block := range body.Blocks {
		for _, instr := range block.Instrs {
			recv, ok := instr.(*ssa.UnOp)
			if !ok || recv.Op != token.ARROW || !p.AfterDone(recv) {
				continue
			}
			c := w.g.channelOf(recv.X)
			if list := p.listOf(recv.X); list != nil {
				c = list
			}
			if c.unknown || c.signal || len(c.makes) == 0 || len(c.returned) > 0 || len(c.closes) > 0 || len(c.sends) == 0 {
				continue
			}
			if room, ok := w.g.room(c); !ok || room > 0 {
				continue
			}
			if slices.ContainsFunc(c.sends, func(s *chanOp) bool { return !w.leavesWhenDone(s) || w.sameGoroutine(s.fn(), body) }) {
				continue
			}
			wait := Wait{Kind: BlockReceive, Instr: recv, Pos: recv.Pos(), Lost: true, Reason: "its sender leaves when the context is done, as it is here"}
			for _, s := range c.sends {
				wait.Steps = append(wait.Steps, Step{s.pos(), "the sender can leave here without sending"})
			}
			out = append(out, wait)
		}
	}
	return out
}

// leavesWhenDone reports whether a send stands in a select beside a context's
// Done, by which control doesn't come back to it.
func (w waiter) leavesWhenDone(op *chanOp) bool {
	sel, ok := op.instr.(*ssa.Select)
	if !ok {
		return false
	}
	for i, st := range sel.States {
		if i == op.state || st.Dir != types.RecvOnly || w.g.channelOf(st.Chan).outside != fromDone {
			continue
		}
		if b := caseBlock(sel, i); b == nil || b != sel.Block() && !reaches(b, sel.Block()) {
			return true
		}
	}
	return false
}

// listOf is what the package does with the channels in the slice that v was
// taken out of, where that lies in a field; nil for any other value.
func (p *Package) listOf(v ssa.Value) *channel {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	elem, ok := load.X.(*ssa.IndexAddr)
	if !ok {
		return nil
	}
	list, ok := elem.X.(*ssa.UnOp)
	if !ok || list.Op != token.MUL {
		return nil
	}
	addr, ok := list.X.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	field := fieldOf(addr)
	if field == nil || field.Pkg() != p.Pass.Pkg || field.Exported() && !p.callers().closed {
		return nil
	}
	if p.lists == nil {
		p.lists = make(map[*types.Var]*channel)
	}
	c := p.lists[field]
	if c == nil {
		c = &channel{field: true}
		p.lists[field] = c
		for _, body := range p.bodies() {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					switch instr := instr.(type) {
					case *ssa.FieldAddr:
						if fieldOf(instr) == field {
							c.listAt(instr)
						}
					case *ssa.Field:
						c.unknown = c.unknown || fieldAt(instr.X.Type(), instr.Field) == field
					}
				}
			}
		}
	}
	return c
}

// listAt adds the uses of a field with a slice of channels.
func (c *channel) listAt(addr *ssa.FieldAddr) {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			c.listed(ref)
		case *ssa.Store:
			if ref.Addr != addr || !c.fills(ref.Val, addr) {
				c.unknown = true
			}
		default:
			c.unknown = true
		}
	}
}

// listed adds the uses of the slice.
func (c *channel) listed(list ssa.Value) {
	for _, ref := range *list.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.IndexAddr:
			for _, use := range *ref.Referrers() {
				switch use := use.(type) {
				case *ssa.DebugRef:
				case *ssa.UnOp:
					c.element(use)
				default:
					c.unknown = true
				}
			}
		case *ssa.Call:
			b, ok := ref.Call.Value.(*ssa.Builtin)
			if !ok || b.Name() != "len" && b.Name() != "append" {
				c.unknown = true // what append returns is looked at where it is stored
			}
			if ok && b.Name() == "append" && !onlyStoredBack(ref, list) {
				c.unknown = true
			}
		default:
			c.unknown = true
		}
	}
}

// onlyStoredBack reports whether all that becomes of an extended slice is to
// replace the one that it extends.
func onlyStoredBack(call *ssa.Call, list ssa.Value) bool {
	if call.Call.Args[0] != list {
		return false
	}
	field := fieldOf(list.(*ssa.UnOp).X.(*ssa.FieldAddr))
	return !slices.ContainsFunc(*call.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.Store:
			addr, ok := ref.Addr.(*ssa.FieldAddr)
			return !ok || fieldOf(addr) != field
		}
		return true
	})
}

// element adds the operations on a channel that was taken out of the slice.
func (c *channel) element(ch *ssa.UnOp) {
	for _, ref := range *ch.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.Send:
			if ref.Chan != ch {
				c.unknown = true
			}
			c.sends = append(c.sends, &chanOp{instr: ref, state: -1})
		case *ssa.UnOp:
			c.receives = append(c.receives, &chanOp{instr: ref, state: -1})
		case *ssa.Select:
			for i, st := range ref.States {
				if st.Send == ch {
					c.unknown = true
				}
				if st.Chan != ch {
					continue
				}
				op := &chanOp{instr: ref, state: i}
				if st.Dir == types.SendOnly {
					c.sends = append(c.sends, op)
				} else {
					c.receives = append(c.receives, op)
				}
			}
		case ssa.CallInstruction:
			b, ok := ref.Common().Value.(*ssa.Builtin)
			if !ok || b.Name() != "close" {
				c.unknown = true
			}
			c.closes = append(c.closes, &chanOp{instr: ref, state: -1})
		default:
			c.unknown = true
		}
	}
}

// fills adds what a slice that is stored in the field is made of; false if
// that isn't all in view.
func (c *channel) fills(list ssa.Value, addr *ssa.FieldAddr) bool {
	switch list := list.(type) {
	case *ssa.Const:
		return true
	case *ssa.Call:
		b, ok := list.Call.Value.(*ssa.Builtin)
		if !ok || b.Name() != "append" || len(list.Call.Args) != 2 {
			return false
		}
		old, ok := list.Call.Args[0].(*ssa.UnOp)
		if !ok || old.Op != token.MUL {
			return false
		}
		from, ok := old.X.(*ssa.FieldAddr)
		return ok && fieldOf(from) == fieldOf(addr) && c.fills(list.Call.Args[1], addr)
	case *ssa.Slice:
		array, ok := list.X.(*ssa.Alloc)
		return ok && len(*list.Referrers()) == 1 && c.filled(array, list)
	}
	return false
}

// filled adds the channels of an array that becomes the slice.
func (c *channel) filled(array *ssa.Alloc, list *ssa.Slice) bool {
	for _, ref := range *array.Referrers() {
		if ref == ssa.Instruction(list) {
			continue
		}
		elem, ok := ref.(*ssa.IndexAddr)
		if !ok {
			return false
		}
		for _, use := range *elem.Referrers() {
			store, ok := use.(*ssa.Store)
			if !ok || store.Addr != elem {
				return false
			}
			made, ok := store.Val.(*ssa.MakeChan)
			if !ok || len(*made.Referrers()) != 1 {
				return false
			}
			c.makes = append(c.makes, made)
		}
	}
	return true
}
