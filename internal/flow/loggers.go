package flow

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// GivesLogger reports whether a call returns a logger or a span: it takes a
// context for the values in it.
func GivesLogger(call *ssa.CallCommon) bool {
	results := call.Signature().Results()
	if results.Len() != 1 {
		return false
	}
	t := types.Unalias(results.At(0).Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return false
	}
	name := named.Obj().Name()
	return strings.HasSuffix(name, "Logger") || strings.HasSuffix(name, "Span") || name == "Entry" || name == "Event"
}
