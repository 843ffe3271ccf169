package strandedcancel

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// callWhenClosed calls the function in the one method of the type that ends
// the object's life. It is deferred there: what the method does itself still
// finds the context as it was.
func (s *stranded) callWhenClosed() []rule.Fix {
	if !s.Place.IsField() || !isFunc(s.Place.Type()) {
		return nil
	}
	method, recv := s.ending()
	if method == nil || s.mentioned(method.Body) {
		return nil // it would, but nothing calls it
	}
	field := recv + "." + s.Place.Name()
	code := fmt.Sprintf("if %s != nil {\n\tdefer %s\n}", field, callOf(field, s.Place.Type()))
	list := method.Body.List
	at := 0
	for at < len(list) && s.locks(list[at]) {
		at++
	}
	var edit analysis.TextEdit
	switch {
	case at > 0:
		edit = s.pass.InsertAfter(list[at-1], code)
	case len(list) > 0:
		edit = s.pass.InsertBefore(list[0], code)
	default:
		edit = s.pass.AppendBody(method.Body, code)
	}
	title := fmt.Sprintf("Call %s in %s", s.Place.Name(), method.Name.Name)
	return []rule.Fix{{Title: title, Safe: true, Edits: []analysis.TextEdit{edit}}}
}

// mentioned reports whether code names the place.
func (s *stranded) mentioned(code ast.Node) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && s.is(id)
		return !found
	})
	return found
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// callOf writes the call of a cancel function of that type.
func callOf(expr string, t types.Type) string {
	if sig, ok := t.Underlying().(*types.Signature); ok && sig.Params().Len() == 1 {
		return expr + "(nil)"
	}
	return expr + "()"
}

// ending is the method named Close, Stop or Shutdown of the type that has the
// field, and its receiver's name, if there is exactly one.
func (s *stranded) ending() (method *ast.FuncDecl, recv string) {
	for _, fn := range s.pass.Flow.Funcs {
		if fn.Decl == nil || fn.Decl.Recv == nil || !s.owns(fn) {
			continue
		}
		switch fn.Decl.Name.Name {
		case "Close", "Stop", "Shutdown", "close", "stop", "shutdown":
		default:
			continue
		}
		if method != nil {
			return nil, ""
		}
		names := fn.Decl.Recv.List[0].Names
		if len(names) == 0 || names[0].Name == "_" {
			return nil, ""
		}
		method, recv = fn.Decl, names[0].Name
	}
	return method, recv
}

// owns reports whether a method's receiver is of the type with the field.
func (s *stranded) owns(fn *flow.Func) bool {
	t := fn.Obj.Signature().Recv().Type()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Origin() == s.Place {
			return true
		}
	}
	return false
}

// locks reports whether a statement takes a lock, or defers its release.
func (s *stranded) locks(stmt ast.Stmt) bool {
	var call *ast.CallExpr
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		call, _ = stmt.X.(*ast.CallExpr)
	case *ast.DeferStmt:
		call = stmt.Call
	}
	if call == nil || len(call.Args) > 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch sel.Sel.Name {
	case "Lock", "RLock", "Unlock", "RUnlock":
		return true
	}
	return false
}

// callBefore calls the old function before the statement that overwrites it.
// Where the new context derives from a field, it may be the old one's child.
func (s *stranded) callBefore() []rule.Fix {
	assign, ok := s.stmt.(*ast.AssignStmt)
	if !ok || assign.Tok != token.ASSIGN || !plain(s.at) || !isFunc(s.Place.Type()) {
		return nil
	}
	for _, arg := range s.Made.Call.Call.Args {
		if !flow.IsContext(arg.Type()) {
			continue
		}
		if origin := s.pass.Flow.Origin(arg); !origin.Root && !s.isParam(origin) {
			return nil
		}
	}
	// What is made before the statement would be made before the call.
	name := s.pass.Source(s.at)
	code := fmt.Sprintf("if %s != nil {\n\t%s\n}", name, callOf(name, s.Place.Type()))
	title := "Call the old " + name + " first"
	return []rule.Fix{{Title: title, Safe: true, Edits: []analysis.TextEdit{s.pass.InsertBefore(assign, code)}}}
}

func (s *stranded) isParam(origin flow.Origin) bool {
	for _, param := range s.Made.Call.Parent().Params {
		if origin.Value == param {
			return true
		}
	}
	return false
}

// plain reports whether an expression is made of names and dots.
func plain(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return plain(e.X)
	}
	return false
}
