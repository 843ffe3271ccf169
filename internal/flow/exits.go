package flow

import (
	"go/types"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// EndsProcess reports whether a call ends the process without running what is
// deferred: os.Exit, log.Fatal and their like, a function or a literal that by
// its body never returns because of one of them, and syscall.Exec.
func (p *Package) EndsProcess(call *ssa.CallCommon) bool {
	return p.endsProcess(call, nil)
}

// endsProcess is EndsProcess in the given literals, which may call themselves.
func (p *Package) endsProcess(call *ssa.CallCommon, within []*ssa.Function) bool {
	fn := Callee(call)
	if fn == nil {
		body := p.bodyOf(call.Value)
		return !call.IsInvoke() && body != nil && !slices.Contains(within, body) && neverReturns(body) && p.exits(body, append(within, body))
	}
	if s := p.SummaryOf(fn); s != nil && s.Exits {
		return true
	}
	return isFatalLog(fn)
}

// neverReturns reports whether a body has no return that it can come to.
func neverReturns(body *ssa.Function) bool {
	if len(body.Blocks) == 0 || body.Recover != nil {
		return false
	}
	for _, block := range body.Blocks {
		if _, returns := block.Instrs[len(block.Instrs)-1].(*ssa.Return); returns {
			return false
		}
	}
	return true
}

// isFatalLog recognises the fatal level of logging libraries by its name. They
// end the process through hooks and function values, by the level, which isn't
// seen in their bodies.
func isFatalLog(fn *types.Func) bool {
	if fn.Pkg() == nil || !fatal.MatchString(fn.Name()) {
		return false
	}
	elements := strings.Split(strings.ToLower(fn.Pkg().Path()), "/")
	return slices.ContainsFunc(elements[max(0, len(elements)-2):], func(e string) bool { return logging.MatchString(e) && !otherLogs.MatchString(e) })
}

var (
	fatal   = regexp.MustCompile(`^Fatal(f|ln|w|Depth|Depthf|Context|Contextf|Exit)?$`) // not FatalIf: it may return
	logging = regexp.MustCompile(`(^|[-_.])([a-z]*log(s|gers?|ging|rus|15)?|zap)$`)

	otherLogs = regexp.MustCompile(`(^|[-_.])(cata|we?b|b|dia|pro|ana|back|change|epi|mono|data)logs?$`)
)

// exits reports whether a function that never returns ends the process on some
// path.
func (p *Package) exits(fn *ssa.Function, within []*ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && p.endsProcess(call.Common(), within) {
				return true
			}
		}
	}
	return false
}
