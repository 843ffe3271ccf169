package flow

import (
	"go/types"
	"slices"
	"strings"
)

// inContextPackage reports whether obj is declared in package context, or in
// golang.org/x/net/context, which it came from. Copies of that one which are
// older than type aliases have contexts and CancelFuncs of their own.
func inContextPackage(obj types.Object) bool {
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	path := obj.Pkg().Path()
	return path == "context" || path == oldContext || strings.HasSuffix(path, "/vendor/"+oldContext)
}

const oldContext = "golang.org/x/net/context"

// InContext reports whether fn is one of package context, or of the package
// that it came from, with one of the names if some are given.
func InContext(fn *types.Func, names ...string) bool {
	return fn != nil && inContextPackage(fn) && (len(names) == 0 || slices.Contains(names, fn.Name()))
}

// HasContextMethods reports whether values of type t can be used as a
// context.Context: they have its four methods.
func HasContextMethods(t types.Type) bool {
	if IsContext(t) {
		return true
	}
	done := methodOf(t, "Done")
	if done == nil || !isDoneSignature(done.Signature()) {
		return false
	}
	for _, name := range []string{"Deadline", "Err", "Value"} {
		if methodOf(t, name) == nil {
			return false
		}
	}
	return true
}

// IsContextLike reports whether t is context.Context, an interface that
// includes it, or a struct (or pointer to one) whose Done is an embedded
// context's. A type with a Done of its own may never be done, as web
// frameworks' request types are by default.
func IsContextLike(t types.Type) bool {
	if IsContext(t) {
		return true
	}
	if !HasContextMethods(t) {
		return false
	}
	if types.IsInterface(t) {
		_, generic := types.Unalias(t).(*types.TypeParam)
		return !generic
	}
	_, path, _ := types.LookupFieldOrMethod(t, true, nil, "Done")
	return len(path) > 1
}

// methodOf returns the exported method of that name, nil if t has none.
func methodOf(t types.Type, name string) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	fn, _ := obj.(*types.Func)
	return fn
}

func isDoneSignature(sig *types.Signature) bool {
	if sig.Params().Len() != 0 || sig.Results().Len() != 1 {
		return false
	}
	ch, ok := sig.Results().At(0).Type().Underlying().(*types.Chan)
	return ok && ch.Dir() == types.RecvOnly
}

// isRequest reports whether t is a type whose Context method returns the
// context of the request that a value of it stands for.
func isRequest(t types.Type) bool {
	ctx := methodOf(t, "Context")
	if ctx == nil || ctx.Signature().Params().Len() != 0 || ctx.Signature().Results().Len() != 1 || !IsContext(ctx.Signature().Results().At(0).Type()) {
		return false
	}
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		named, ok := types.Unalias(ptr.Elem()).(*types.Named)
		if !ok || named.Obj().Pkg() == nil {
			return false
		}
		switch named.Obj().Pkg().Path() + "." + named.Obj().Name() {
		case "net/http.Request", "github.com/spf13/cobra.Command":
			return true
		}
		return false
	}
	// What generated gRPC servers take: no client stream has SetTrailer.
	return types.IsInterface(t) && methodOf(t, "SendMsg") != nil && methodOf(t, "SetTrailer") != nil
}

// isTestingTB reports whether t is one of package testing's T, B, F and TB.
func isTestingTB(t types.Type) bool {
	t = types.Unalias(t)
	ptr, isPtr := t.(*types.Pointer)
	if isPtr {
		t = types.Unalias(ptr.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "testing" {
		return false
	}
	switch named.Obj().Name() {
	case "T", "B", "F":
		return isPtr
	case "TB":
		return !isPtr
	}
	return false
}
