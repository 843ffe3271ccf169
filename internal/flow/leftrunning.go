package flow

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// leftRunning computes [Summary.LeftRunning]: nothing that follows a launch of
// the function could be a wait.
func (p *Package) leftRunning(fn *ssa.Function, uses []ParamUse) []int {
	if !slices.Contains(uses, UseLaunched) || p.mayWaitForOwn(fn) {
		return nil
	}
	var out []int
	for i, use := range uses {
		if use == UseLaunched {
			out = append(out, i)
		}
	}
	return out
}

// mayWaitForOwn reports whether a function may wait for a goroutine that it, or
// a literal in it, starts.
func (p *Package) mayWaitForOwn(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch site := instr.(type) {
			case *ssa.Defer:
				if waitsByName(site.Common()) {
					return true
				}
			case *ssa.Go:
				if WaitsBelow(site) || p.callsWaiter(site) {
					return true
				}
			case *ssa.Call:
				launches, left := p.launchesArgument(site.Common())
				if launches && (!left || WaitsBelow(site) || p.callsWaiter(site)) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, p.mayWaitForOwn)
}

// launchesArgument reports whether the callee runs arguments in goroutines, and
// whether it leaves all of them running.
func (p *Package) launchesArgument(call *ssa.CallCommon) (launches, left bool) {
	summary := p.SummaryOf(Callee(call))
	if summary == nil {
		return false, false
	}
	left = true
	for i, use := range summary.Params {
		if use == UseLaunched {
			launches = true
			left = left && slices.Contains(summary.LeftRunning, i)
		}
	}
	return launches, left
}

// callsWaiter reports whether a call that can follow a launch may wait for the
// goroutine, by its name or by the user's word.
func (p *Package) callsWaiter(launch ssa.Instruction) bool {
	for _, block := range launch.Parent().Blocks {
		if block != launch.Block() && !reaches(launch.Block(), block) {
			continue
		}
		for _, instr := range block.Instrs {
			if call, ok := instr.(*ssa.Call); ok && (waitsByName(call.Common()) || p.joins(Callee(call.Common()))) {
				return true
			}
		}
	}
	return false
}

// waitsByName reports whether the callee's name says that it waits.
func waitsByName(call *ssa.CallCommon) bool {
	fn := Callee(call)
	if fn == nil {
		return false
	}
	name := strings.ToLower(fn.Name())
	return slices.ContainsFunc([]string{"wait", "await", "join", "drain"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
}

// leaves reports whether what starts a goroutine is known to return without a
// wait for it: a go statement, or a callee whose summary says so.
func (p *Package) leaves(l Launch) bool {
	common := l.Site.Common()
	if _, isGo := l.Site.(*ssa.Go); isGo {
		return true
	}
	summary := p.SummaryOf(Callee(common))
	if summary == nil {
		return false
	}
	offset := 0
	if common.IsInvoke() {
		offset = 1
	}
	for i, arg := range common.Args {
		if summary.Param(i+offset) == UseLaunched && p.bodyOf(arg) == l.Body && !slices.Contains(summary.LeftRunning, i+offset) {
			return false
		}
	}
	return true
}
