package swallowedpanic

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// tells reports whether a deferred function lets anybody know of a failure: by
// anything but logging. What it calls that isn't known to log counts.
func tells(pass *rule.Pass, fn *ssa.Function, recovers *ssa.Call) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send, *ssa.Select, *ssa.Panic, *ssa.MapUpdate, *ssa.Go:
				return true
			case *ssa.Store:
				if outlives(instr.Addr) {
					return true
				}
			case ssa.CallInstruction:
				if recovers != nil && instr == ssa.CallInstruction(recovers) {
					continue
				}
				if !silent(pass, instr.Common()) {
					return true
				}
			}
		}
	}
	return false
}

// outlives reports whether an address belongs to something that is there when
// the function has returned.
func outlives(addr ssa.Value) bool {
	for {
		switch x := addr.(type) {
		case *ssa.FieldAddr:
			addr = x.X
		case *ssa.IndexAddr:
			addr = x.X
		case *ssa.Alloc:
			return false
		default:
			return true
		}
	}
}

// silent reports whether a call tells nobody but a log: by the name of what it
// calls, or because it is wg.Done.
func silent(pass *rule.Pass, call *ssa.CallCommon) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name() != "close" && b.Name() != "panic"
	}
	fn := flow.Callee(call)
	if fn == nil {
		return false // a function value
	}
	if pass.Flow.NoReturn(fn) {
		return false // it crashes after all
	}
	switch fn.FullName() {
	case "(*sync.WaitGroup).Done", "runtime.Stack", "runtime.Caller", "runtime/debug.Stack", "runtime/debug.PrintStack",
		"(*sync.Mutex).Lock", "(*sync.Mutex).Unlock", "(error).Error", "errors.New", "time.Now", "time.Since":
		return true
	}
	if fn.Pkg() != nil {
		switch fn.Pkg().Path() {
		case "fmt", "log", "log/slog", "strings", "strconv", "os":
			return true
		}
	}
	return logs(fn)
}

// logs reports whether a function logs or counts, by its name or by its
// receiver's.
func logs(fn *types.Func) bool {
	name := strings.ToLower(fn.Name())
	for _, prefix := range []string{"log", "print", "debug", "info", "warn", "error", "trace", "inc", "observe", "msg", "interface", "str", "err", "stack", "with", "string", "bytes", "wrap"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	if recv := fn.Signature().Recv(); recv != nil {
		t := strings.ToLower(types.TypeString(recv.Type(), func(*types.Package) string { return "" }))
		return strings.Contains(t, "logger") || strings.Contains(t, "counter")
	}
	return false
}

// callAt returns the call with its parenthesis at pos.
func callAt(pass *rule.Pass, pos token.Pos) *ast.CallExpr {
	for _, n := range pass.Enclosing(pos) {
		if call, ok := n.(*ast.CallExpr); ok && call.Lparen == pos {
			return call
		}
	}
	return nil
}
