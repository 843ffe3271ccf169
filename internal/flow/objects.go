package flow

import (
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// object is the struct that a channel lies in, as far as a function can tell
// it from others: where the pointer to it comes from, and the fields on the
// way. The zero object can be any.
type object struct {
	root ssa.Value
	path string
}

// objectOf says what object a value is, or lies in.
func objectOf(v ssa.Value) object {
	const steps = 8
	path := ""
	for range steps {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			v, path = x.X, "."+strconv.Itoa(x.Field)+path
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.FreeVar:
			if v = bindingOf(x); v == nil {
				return object{}
			}
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return object{}
			}
			switch cell := cellOf(x.X).(type) {
			case *ssa.Alloc:
				if v = onlyStored(cell); v == nil {
					return object{}
				}
			case *ssa.FieldAddr:
				v, path = cell, "*"+path
			case *ssa.Global:
				return object{cell, path}
			default:
				return object{}
			}
		case *ssa.Parameter, *ssa.Alloc, *ssa.Global, *ssa.Call:
			return object{x, path}
		default:
			return object{}
		}
	}
	return object{}
}

// objectCount counts the sends on the channel of one object.
type objectCount struct {
	w       waiter
	c       *channel
	room    int
	objects map[*ssa.Function][]object // on whose channels a function sends, or leads to a send
	sites   map[*ssa.Function][]ssa.CallInstruction
	counted map[objectIn]int
}

type objectIn struct {
	fn  *ssa.Function
	obj object
}

// overfills reports whether some function of the package leads to more sends
// on the channel of one object than there is room. A send to an object that
// can't be told counts for all objects, once.
func (w waiter) overfills(c *channel, room int) bool {
	n := &objectCount{
		w: w, c: c, room: room, objects: make(map[*ssa.Function][]object),
		sites: make(map[*ssa.Function][]ssa.CallInstruction), counted: make(map[objectIn]int),
	}
	for _, s := range c.sends {
		n.add(s.fn(), objectOf(channelAt(s)), 0)
	}
	for fn, objects := range n.objects {
		for _, obj := range objects {
			if obj.root != nil && n.count(objectIn{fn, obj}) > room {
				return true
			}
		}
	}
	return false
}

// add notes that fn leads to a send on obj, and so for its callers.
func (n *objectCount) add(fn *ssa.Function, obj object, depth int) {
	const callers = 4
	if slices.Contains(n.objects[fn], obj) {
		return
	}
	n.objects[fn] = append(n.objects[fn], obj)
	if depth == callers {
		return
	}
	for _, site := range n.callsOf(fn) {
		n.add(site.Parent(), asSeenAt(site, fn, obj), depth+1)
	}
}

// callsOf are the places that call or launch fn.
func (n *objectCount) callsOf(fn *ssa.Function) []ssa.CallInstruction {
	sites, ok := n.sites[fn]
	if ok {
		return sites
	}
	sites = slices.Clone(n.w.g.world.sites[fn])
	for _, l := range n.w.p.Launched(fn) {
		if !slices.Contains(sites, l.Site) {
			sites = append(sites, l.Site)
		}
	}
	n.sites[fn] = sites
	return sites
}

// asSeenAt is what an object of fn is at a call of it.
func asSeenAt(site ssa.CallInstruction, fn *ssa.Function, obj object) object {
	param, ok := obj.root.(*ssa.Parameter)
	if !ok || param.Parent() != fn {
		return obj
	}
	var arg ssa.Value
	if index := slices.Index(fn.Params, param); site.Common().IsInvoke() && index == 0 {
		arg = site.Common().Value
	} else {
		arg = givenTo(site.Common(), index)
	}
	if arg == nil {
		return object{}
	}
	seen := objectOf(arg)
	if seen.root != nil {
		seen.path += obj.path
	}
	return seen
}

// count returns the most sends on obj that one run of fn leads to.
func (n *objectCount) count(in objectIn) int {
	if k, ok := n.counted[in]; ok {
		return k
	}
	n.counted[in] = 0 // a recursive call adds nothing
	weights := make(map[*ssa.BasicBlock]int)
	for _, s := range n.c.sends {
		if s.fn() != in.fn {
			continue
		}
		for block, k := range weigh(in.fn, []*chanOp{s}) {
			weights[ahead(block)] += n.times(block, k, objectOf(channelAt(s)), in.obj)
		}
	}
	for callee, objects := range n.objects {
		for _, site := range n.callsOf(callee) {
			if site.Parent() != in.fn {
				continue
			}
			most := 0
			for _, inner := range objects {
				if k := n.count(objectIn{callee, inner}); k > 0 {
					most = max(most, n.times(site.Block(), k, asSeenAt(site, callee, inner), in.obj))
				}
			}
			weights[ahead(site.Block())] += most
		}
	}
	n.counted[in] = min(longest(in.fn, weights), many)
	return n.counted[in]
}

// ahead is the block before the loop around a block, the block itself outside
// of loops.
func ahead(block *ssa.BasicBlock) *ssa.BasicBlock {
	loop, b := regionOf(block), block
	for loop.has(b) && b.Idom() != nil {
		b = b.Idom()
	}
	return b
}

// times is how often k sends on one object, in a block, are sends on another.
func (n *objectCount) times(block *ssa.BasicBlock, k int, of, obj object) int {
	loop := regionOf(block)
	switch {
	case of.root == nil:
		return 1
	case of != obj:
		return 0
	case loop == nil || !loop.steady(of.root):
		return k
	case boundedBy(block, int64(n.room)):
		return n.room
	}
	return many
}
