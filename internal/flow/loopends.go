package flow

import (
	"go/constant"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// told returns the error that a branch asks for, and the name of what it must
// be for the branch to be taken: empty for nil, an error's variable otherwise.
// Branches that a done context may take tell nothing.
func told(cond ssa.Value, taken bool) (err ssa.Value, end string, ok bool) {
	switch cond := cond.(type) {
	case *ssa.BinOp:
		if cond.Op != token.EQL && cond.Op != token.NEQ || taken != (cond.Op == token.EQL) {
			return nil, "", false
		}
		for _, pair := range [][2]ssa.Value{{cond.X, cond.Y}, {cond.Y, cond.X}} {
			x, y := pair[0], pair[1]
			if call, isCall := x.(*ssa.Call); isCall && isCode(y) {
				if fn := Callee(call.Common()); Is(fn, "google.golang.org/grpc/status.Code") {
					return call.Call.Args[0], codeName(y.(*ssa.Const)), !isCancelCode(y)
				}
			}
			if !isError(x.Type()) {
				continue
			}
			if isNilConst(y) {
				return x, "", true
			}
			if name := sentinel(y); name != "" {
				return x, name, true
			}
		}
	case *ssa.Call:
		fn := Callee(cond.Common())
		if fn == nil || !taken {
			return nil, "", false
		}
		args := cond.Call.Args
		switch fn.FullName() {
		case "errors.Is":
			name := sentinel(args[1])
			return args[0], name, name != ""
		case "strings.Contains", "strings.HasPrefix", "strings.HasSuffix":
			text, isCall := args[0].(*ssa.Call)
			k, isConst := args[1].(*ssa.Const)
			if !isCall || !isConst || k.Value == nil || !text.Call.IsInvoke() || text.Call.Method.Name() != "Error" || saysStop(constant.StringVal(k.Value)) {
				return nil, "", false
			}
			return text.Call.Value, k.Value.String(), true
		}
	}
	return nil, "", false
}

func isCode(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value != nil && k.Value.Kind() == constant.Int
}

// codeName names a code of gRPC; OK is success.
func codeName(k *ssa.Const) string {
	if constant.Sign(k.Value) == 0 {
		return ""
	}
	return "code " + k.Value.String()
}

// sentinel returns the name of the variable of a package that an error is
// compared with; empty for those of package context, and for those that by
// their names say stop.
func sentinel(v ssa.Value) string {
	if mk, ok := v.(*ssa.MakeInterface); ok {
		v = mk.X
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL || !isError(load.Type()) {
		return ""
	}
	global, ok := load.X.(*ssa.Global)
	if !ok || global.Pkg == nil || inContextPackage(global.Object()) || saysStop(global.Name()) {
		return ""
	}
	return global.Pkg.Pkg.Name() + "." + global.Name()
}

// stops are parts of the names and texts of errors by which others say stop.
var stops = []string{"abort", "cancel", "clos", "context", "deadline", "disconnect", "done", "exit", "finish", "interrupt", "kill", "quit", "shut", "stop", "terminat", "timeout"}

func saysStop(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(stops, func(part string) bool { return strings.Contains(name, part) })
}
