package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
)

// mutate changes one place in the body of a random function, in a way that
// often still compiles. It returns the text as it is if it finds no place.
func mutate(random *rand.Rand, text string) (mutated, what string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return text, "nothing: it doesn't parse"
	}
	var stmts []ast.Stmt
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				stmts = append(stmts, n.List...)
			case *ast.CommClause:
				stmts = append(stmts, n.Body...)
			case *ast.CaseClause:
				stmts = append(stmts, n.Body...)
			}
			return true
		})
	}
	if len(stmts) == 0 {
		return text, "nothing: no statements"
	}
	stmt := stmts[random.IntN(len(stmts))]
	start, end := fset.Position(stmt.Pos()).Offset, fset.Position(stmt.End()).Offset
	line := fset.Position(stmt.Pos()).Line
	old := text[start:end]
	replace := func(what, with string) (string, string) {
		return text[:start] + with + text[end:], fmt.Sprintf("%s in line %d", what, line)
	}
	switch random.IntN(9) {
	case 0:
		return replace("statement deleted", "")
	case 1:
		return replace("statement doubled", old+"\n"+old)
	case 2:
		return replace("comment", "// a comment\n\n"+old)
	case 3:
		return replace("lines", "\n\n\n"+old)
	case 4:
		return replace("statement made conditional", "if len(\"x\") > 0 {\n"+old+"\n}")
	case 5:
		return replace("statement in a goroutine", "go func() {\n"+old+"\n}()")
	case 6:
		return replace("statement in a loop", "for {\n"+old+"\n}")
	case 7:
		return replace("early return", "if len(\"x\") > 0 {\nreturn\n}\n"+old)
	default:
		return replace("panic before", "if len(\"x\") > 1 {\npanic(\"x\")\n}\n"+old)
	}
}
