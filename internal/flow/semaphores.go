package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// isSemaphore reports whether a channel counts holders: it has room for several
// values, these carry nothing, and it or its type is named for that. A receive
// is then a release by one who holds what it takes back. By its making alone it
// could as well count those that are done, or ring a bell.
func isSemaphore(c *channel) bool {
	named := false
	for _, mk := range c.makes {
		ch, ok := mk.Type().Underlying().(*types.Chan)
		if !ok {
			return false
		}
		if s, ok := ch.Elem().Underlying().(*types.Struct); !ok || s.NumFields() > 0 {
			return false
		}
		if size, ok := mk.Size.(*ssa.Const); ok && !constant.Compare(size.Value, token.GTR, constant.MakeInt64(1)) {
			return false
		}
		if t, ok := types.Unalias(mk.Type()).(*types.Named); ok {
			named = named || holding.MatchString(t.Obj().Name())
		}
	}
	for _, op := range slices.Concat(c.sends, c.receives) {
		named = named || holding.MatchString(sourceName(channelAt(op)))
		if receive, ok := op.instr.(*ssa.UnOp); ok && isRange(receive) {
			return false
		}
	}
	return named && len(c.sends) > 0
}

// holding matches the names of what is held and given back.
var holding = regexp.MustCompile(`(?i)sem(a|$|[^a-z])|slot|token|permit|limit|throttl|inflight`)

// sourceName is the name of the variable or field that a value is read from.
func sourceName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.UnOp:
		return sourceName(v.X)
	case *ssa.ChangeType:
		return sourceName(v.X)
	case *ssa.FieldAddr:
		if field := fieldOf(v); field != nil {
			return field.Name()
		}
	case *ssa.Alloc:
		return v.Comment
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return v.Name()
	}
	return ""
}
