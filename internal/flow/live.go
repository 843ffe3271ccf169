package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// LiveKind says where a live context comes from, the nearest first.
type LiveKind uint8

const (
	LiveLocal    LiveKind = iota // a local derived from a live context
	LiveParam                    // a parameter
	LiveCaptured                 // a variable of an enclosing function
	LiveRequest                  // r.Context() and its like, of a parameter or captured variable
	LiveField                    // a field of the receiver; counts only where nothing nearer exists
)

// LiveContext is a context that code at some position can name
// (rules.md, "Words used below").
type LiveContext struct {
	Expr string // its source form: "ctx", "r.Context()", "s.ctx"
	Kind LiveKind
	Var  *types.Var // the variable, or the request, or the field
}

// LiveContexts returns the live contexts at pos in f, the nearest first.
func (p *Package) LiveContexts(f *Func, pos token.Pos) []LiveContext { return nil }

// AfterDone reports whether instr runs only once a context is done: after
// <-ctx.Done(), in the branch of ctx.Err() != nil and its like.
func (p *Package) AfterDone(instr ssa.Instruction) bool { return false }
