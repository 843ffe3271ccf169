package flow

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// EndsProcess reports whether a call ends the process without running what is
// deferred: os.Exit, log.Fatal and their like, a function that by its body
// never returns because of one of them, and syscall.Exec.
func (p *Package) EndsProcess(call *ssa.CallCommon) bool {
	fn := Callee(call)
	if fn == nil {
		return false
	}
	if s := p.SummaryOf(fn); s != nil && s.Exits {
		return true
	}
	return isFatalLog(fn)
}

// isFatalLog recognises the fatal level of logging libraries by its name. They
// end the process through hooks and function values, by the level, which isn't
// seen in their bodies.
func isFatalLog(fn *types.Func) bool {
	if fn.Pkg() == nil || !strings.HasPrefix(fn.Name(), "Fatal") {
		return false
	}
	path := strings.ToLower(fn.Pkg().Path())
	return strings.Contains(path, "log") || strings.HasSuffix(path, "/zap")
}

// exits reports whether a function that never returns ends the process on some
// path.
func (p *Package) exits(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && p.EndsProcess(call.Common()) {
				return true
			}
		}
	}
	return false
}
