package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// alwaysFails reports whether no way through fn comes to a return without a
// call that marks a test as failed.
func (p *Package) alwaysFails(fn *ssa.Function) bool {
	if len(fn.Blocks) == 0 {
		return false
	}
	fails, seen := false, map[*ssa.BasicBlock]bool{fn.Blocks[0]: true}
	work := []*ssa.BasicBlock{fn.Blocks[0]}
search:
	for len(work) > 0 {
		block := work[len(work)-1]
		work = work[:len(work)-1]
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Return:
				return false
			case *ssa.Call:
				if callee := Callee(instr.Common()); callee != nil && p.failsTest(callee) {
					fails = true
					continue search
				}
			}
		}
		for _, succ := range block.Succs {
			if !seen[succ] {
				seen[succ] = true
				work = append(work, succ)
			}
		}
	}
	return fails
}

// failsTest reports whether a call marks a test as failed: Error and its like
// of package testing, of an interface that a test satisfies, and whatever
// comes to one of them on each way.
func (p *Package) failsTest(fn *types.Func) bool {
	if recv := fn.Signature().Recv(); recv != nil && marks[fn.Name()] {
		if fn.Pkg() != nil && fn.Pkg().Path() == "testing" {
			return true
		}
		if iface, ok := recv.Type().Underlying().(*types.Interface); ok && likeTest(iface) {
			return true
		}
	}
	s := p.SummaryOf(fn)
	return s != nil && s.FailsTest
}

// Demanded returns the error with which a call doesn't return unless it is nil:
// an assertion that ends the test.
func Demanded(call *ssa.CallCommon) ssa.Value {
	fn := Callee(call)
	if fn == nil || fn.Pkg() == nil || !demands[fn.Pkg().Path()][fn.Name()] {
		return nil
	}
	for _, arg := range call.Args {
		if isError(arg.Type()) {
			return arg
		}
	}
	return nil
}

// demands are the assertions by package and name. That they end the test only
// where the error isn't nil can't be told from a summary.
var demands = map[string]map[string]bool{
	"github.com/stretchr/testify/require": {"NoError": true, "NoErrorf": true},
	"gotest.tools/assert":                 {"NilError": true},
	"gotest.tools/v3/assert":              {"NilError": true},
}

// DemandedBefore reports whether a value is certainly nil at an instruction of
// its function, as an assertion that ends the test stands before it.
func DemandedBefore(v ssa.Value, at ssa.Instruction) bool {
	if v.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		return ok && Demanded(call.Common()) == v && call.Block().Dominates(at.Block()) &&
			(call.Block() != at.Block() || indexOf(call) < indexOf(at))
	})
}

var marks = map[string]bool{"Error": true, "Errorf": true, "Fail": true, "FailNow": true, "Fatal": true, "Fatalf": true}

// likeTest reports whether testing.T has all methods of an interface, and an
// error has not: what is left is no logger, which also has levels.
func likeTest(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if !slices.Contains(testMethods, m.Name()) {
			return false
		}
		if m.Name() == "Error" && m.Signature().Results().Len() > 0 {
			return false
		}
	}
	return true
}

var testMethods = strings.Fields("Attr ArtifactDir Chdir Cleanup Context Deadline Error Errorf Fail FailNow Failed Fatal Fatalf Helper Log Logf Name Output Parallel Run Setenv Skip SkipNow Skipf Skipped TempDir")
