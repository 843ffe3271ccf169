package flow

import (
	"encoding/binary"
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// set is a small immutable set of values.
type set []ssa.Value

func (s set) has(v ssa.Value) bool { return slices.Contains(s, v) }

func (s set) with(vs ...ssa.Value) set {
	out := s
	for _, v := range vs {
		if !out.has(v) {
			out = append(slices.Clip(out), v)
		}
	}
	return out
}

func (s set) filter(keep func(ssa.Value) bool) set {
	var out set
	for _, v := range s {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

// assign makes v a member or not.
func (s set) assign(v ssa.Value, member bool) set {
	switch {
	case member:
		return s.with(v)
	case s.has(v):
		return s.filter(func(other ssa.Value) bool { return other != v })
	}
	return s
}

// forget drops what v held before: it is defined anew.
func (st *state) forget(v ssa.Value) {
	st.held = st.held.assign(v, false)
	st.errs = st.errs.assign(v, false)
}

// copy gives to what from holds.
func (st *state) copy(to, from ssa.Value) {
	st.held = st.held.assign(to, st.held.has(from))
	st.errs = st.errs.assign(to, st.errs.has(from))
}

// key identifies a block and the state at its entry.
func (f *follower) key(block *ssa.BasicBlock, st state) string {
	b := binary.AppendUvarint(nil, uint64(block.Index))
	for _, s := range []set{st.held, st.errs, st.armed, st.exposed} {
		ids := make([]int, len(s))
		for i, v := range s {
			id, ok := f.ids[v]
			if !ok {
				id = len(f.ids) + 1
				f.ids[v] = id
			}
			ids[i] = id
		}
		slices.Sort(ids)
		for _, id := range ids {
			b = binary.AppendUvarint(b, uint64(id))
		}
		b = append(b, 0)
	}
	b = strconv.AppendBool(b, st.second)
	b = strconv.AppendBool(b, st.done)
	for _, d := range st.decided {
		b = append(b, d.condition...)
		b = strconv.AppendBool(b, d.held)
	}
	return string(b)
}

// lose records an exit, once for each kind of path to it, with the branches that lead to it.
func (f *follower) lose(s *step, kind ExitKind, pos token.Pos) {
	id := exitID{kind, pos, s.st.done}
	if f.exits[id] {
		return
	}
	f.exits[id] = true
	if len(f.fate.Lost) == mostExits {
		f.fate.Cut = true
		return
	}
	block, done := s.block, s.st.done
	var path []Branch
	for ; s != nil; s = s.parent {
		if s.branch != nil {
			path = append(path, *s.branch)
		}
	}
	slices.Reverse(path)
	f.fate.Lost = append(f.fate.Lost, Exit{Kind: kind, Pos: pos, Block: block, Path: path, Done: done})
}
