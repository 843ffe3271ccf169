package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// isSemaphore reports whether a channel by its making counts holders: it has
// room for several values, these carry nothing, and nobody ranges over it. A
// receive is then a release by one who holds what it takes back; room for one
// value is as well a bell that somebody rings.
func isSemaphore(c *channel) bool {
	for _, mk := range c.makes {
		elem := mk.Type().Underlying().(*types.Chan).Elem()
		if s, ok := elem.Underlying().(*types.Struct); !ok || s.NumFields() > 0 {
			return false
		}
		if size, ok := mk.Size.(*ssa.Const); ok && !constant.Compare(size.Value, token.GTR, constant.MakeInt64(1)) {
			return false
		}
	}
	ranges := slices.ContainsFunc(c.receives, func(op *chanOp) bool {
		receive, ok := op.instr.(*ssa.UnOp)
		return ok && isRange(receive)
	})
	return len(c.makes) > 0 && len(c.sends) > 0 && !ranges
}
