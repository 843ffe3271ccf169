package callsites

import (
	"go/ast"
	"regexp"
	"slices"
)

// Libraries of command lines.
const cobra = "github.com/spf13/cobra"

var urfave = regexp.MustCompile(`(^|/)urfave/cli(/v[23])?$`)

// commandFields hold what a command runs.
var commandFields = []string{"Run", "RunE", "PreRun", "PreRunE", "PostRun", "PostRunE", "PersistentPreRun", "PersistentPreRunE", "Action", "Before"}

// isCommandType reports whether a type is what a library of command lines hands
// to what a command runs.
func (f *file) isCommandType(t ast.Expr) bool {
	imported, name := f.pointedTo(t)
	return imported == cobra && name == "Command" || urfave.MatchString(imported) && (name == "Context" || name == "Command")
}

// pointedTo is the type of another package that a type is a pointer to.
func (f *file) pointedTo(t ast.Expr) (imported, name string) {
	star, ok := t.(*ast.StarExpr)
	if !ok {
		return "", ""
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	imported, _ = f.isPackage(sel.X)
	return imported, sel.Sel.Name
}

// isGin reports whether a type is gin's context.
func (f *file) isGin(t ast.Expr) bool {
	imported, name := f.pointedTo(t)
	return imported == "github.com/gin-gonic/gin" && name == "Context"
}

// ginEnds reports whether contexts of gin end with their requests: as long as
// an engine isn't told to fall back on them their Done is nil.
func (q *query) ginEnds() bool {
	files, ok := q.filesWith("ContextWithFallback", nil)
	return !ok || len(files) > 0 || q.root()
}

// ofCommand reports whether a function by its parameters is what a command runs.
func (f *file) ofCommand(t *ast.FuncType) bool {
	_, types := params(t)
	switch len(types) {
	case 1:
		return f.isCommandType(types[0]) // urfave's, with the context in it
	case 2:
		if array, ok := types[1].(*ast.ArrayType); ok && array.Len == nil {
			return f.isCommandType(types[0])
		}
		imported, name := f.pointedTo(types[1])
		return urfave.MatchString(imported) && name == "Command"
	}
	return false
}

// runsCommand reports whether a name stands where a command says what it runs.
func (f *file) runsCommand(stack []ast.Node) bool {
	if len(stack) < 2 {
		return false
	}
	pair, ok := stack[len(stack)-1].(*ast.KeyValueExpr)
	if !ok {
		return false
	}
	key, ok := pair.Key.(*ast.Ident)
	if !ok || !slices.Contains(commandFields, key.Name) {
		return false
	}
	lit, ok := stack[len(stack)-2].(*ast.CompositeLit)
	return ok && lit.Type != nil && f.isCommandType(&ast.StarExpr{X: lit.Type})
}

// ofCommandLine reports whether a file imports a library of command lines.
func (f *file) ofCommandLine() bool {
	for _, imported := range f.imports {
		if imported == cobra || urfave.MatchString(imported) {
			return true
		}
	}
	return false
}

// ofUrfave reports whether a file imports urfave's library.
func (f *file) ofUrfave() bool {
	for _, imported := range f.imports {
		if urfave.MatchString(imported) {
			return true
		}
	}
	return false
}

// isCommandName reports whether a name is one of a command in its scope.
func (s scope) isCommandName(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	for _, t := range s.around() {
		if _, typ := paramAt(t, id.Name); typ != nil {
			return s.file.isCommandType(typ)
		}
	}
	return false
}

// around are the types of the functions around a place, from the inside out.
func (s scope) around() []*ast.FuncType {
	var types []*ast.FuncType
	for _, lit := range slices.Backward(s.lits) {
		types = append(types, lit.Type)
	}
	if s.decl != nil {
		types = append(types, s.decl.Type)
	}
	return types
}

// commandEnds reports whether the context of command lines may be done before
// the process is: one of the calls that start them gives it a context that may.
func (q *query) commandEnds() bool {
	key := lookup{name: "command", sync: q.sync}
	if q.busy[key] {
		return false
	}
	q.busy[key] = true
	started := false
	for _, name := range []string{"Execute", "ExecuteC", "ExecuteContext", "ExecuteContextC", "SetContext", "RunContext", "Run", "RunAndExitOnError"} {
		files, ok := q.filesWith(name, nil)
		if !ok {
			return true
		}
		for _, f := range files {
			for _, s := range f.calls[name] {
				switch args := s.call.Args; {
				case s.base == nil || name == "Run" && !(len(args) > 0 && len(args) <= 2 && isArgs(args[len(args)-1])):
				case len(args) == 0, name == "Run" && len(args) == 1:
					started = started || f.ofCommandLine()
					if f.ofUrfave() && q.setsContext() {
						return true
					}
				case name == "Execute" && !(looksLikeContext(args[0]) && q.isForeign(name, s)):
				default:
					started = true
					if q.ends(args[0], s.scope) {
						return true
					}
				}
			}
		}
	}
	return !started || q.root()
}

// isForeign reports whether no function of the module is known to be called.
func (q *query) isForeign(name string, s *site) bool {
	decls, ok := q.declsOf(name, s.base, s.scope)
	return !ok || len(decls) == 0
}

// setsContext reports whether the module gives a command of urfave's another
// context.
func (q *query) setsContext() bool {
	files, ok := q.filesWith("Context", func(s *source) bool { return s.has("urfave") })
	return !ok || slices.ContainsFunc(files, func(f *file) bool {
		found := false
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if !ok {
				return !found
			}
			for _, left := range assign.Lhs {
				sel, ok := left.(*ast.SelectorExpr)
				found = found || ok && sel.Sel.Name == "Context"
			}
			return !found
		})
		return found
	})
}

// isArgs reports whether an expression is os.Args.
func isArgs(x ast.Expr) bool {
	name, base := lastName(x)
	id, ok := base.(*ast.Ident)
	return ok && name == "Args" && id.Name == "os"
}
