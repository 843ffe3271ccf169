package flow

import (
	"regexp"

	"golang.org/x/tools/go/ssa"
)

// EndsServer reports whether a wait is for the last word of one of several
// goroutines that run servers, by which it tells that its own has ended or
// couldn't begin: whoever hears of one of them ends the rest, and as a rule the
// program.
func (w Wait) EndsServer() bool {
	if w.Kind != BlockSend || !w.Outnumbered || w.Inner != nil || InLoop(w.Instr) {
		return false
	}
	for _, block := range w.Instr.Parent().Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if fn := Callee(call.Common()); fn != nil && servers.MatchString(fn.Name()) && fn.Signature().Results().Len() == 1 && isError(fn.Signature().Results().At(0).Type()) {
				return true
			}
		}
	}
	return false
}

var servers = regexp.MustCompile(`^(?i:listenand)?(?i:serve)(TLS)?$`)
