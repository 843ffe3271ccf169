package flow

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// IsHandler reports whether f serves requests: it has the shape of an
// http.HandlerFunc, or is a method that a generated gRPC …Server interface
// asks for. The context of the request ends when it returns.
func (p *Package) IsHandler(f *Func) bool {
	if f == nil || f.Obj == nil {
		return false
	}
	return p.IsHandlerBody(f.SSA)
}

// IsHandlerBody is [Package.IsHandler] for literals as well.
func (p *Package) IsHandlerBody(body *ssa.Function) bool {
	if isHTTPHandler(body.Signature) {
		return true
	}
	obj, ok := body.Object().(*types.Func)
	return ok && p.servesRPC(obj)
}

// isHTTPHandler reports whether a signature begins with a ResponseWriter and a
// request: routers add parameters, wrappers an error.
func isHTTPHandler(sig *types.Signature) bool {
	params := sig.Params()
	return params.Len() >= 2 &&
		types.TypeString(params.At(0).Type(), nil) == "net/http.ResponseWriter" &&
		types.TypeString(params.At(1).Type(), nil) == "*net/http.Request"
}

// servesRPC reports whether a method is one of an interface XServer, of this
// package or of one that it imports, beside which a RegisterXServer stands.
func (p *Package) servesRPC(method *types.Func) bool {
	recv := method.Signature().Recv()
	if recv == nil || !method.Exported() || method.Signature().Params().Len() == 0 {
		return false
	}
	for _, server := range p.rpcServers() {
		for want := range server.Methods() {
			if want.Name() == method.Name() && types.Identical(withoutRecv(want.Signature()), withoutRecv(method.Signature())) {
				return true
			}
		}
	}
	return false
}

func withoutRecv(sig *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// rpcServers lists the generated server interfaces in view.
func (p *Package) rpcServers() []*types.Interface {
	if p.joining.servers != nil {
		return *p.joining.servers
	}
	var out []*types.Interface
	for _, pkg := range append([]*types.Package{p.Pass.Pkg}, p.Pass.Pkg.Imports()...) {
		scope := pkg.Scope()
		for _, name := range scope.Names() {
			if !strings.HasSuffix(name, "Server") || scope.Lookup("Register"+name) == nil {
				continue
			}
			if obj, ok := scope.Lookup(name).(*types.TypeName); ok && types.IsInterface(obj.Type()) {
				out = append(out, obj.Type().Underlying().(*types.Interface))
			}
		}
	}
	p.joining.servers = &out
	return out
}
