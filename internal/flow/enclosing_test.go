package flow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/ctxls/ctxls/internal/flow"
)

// TestEnclosing compares each place of some files with what astutil says.
func TestEnclosing(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.go", "testdata/src/*/*.go", "../../diagnostics/*/testdata/src/*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for i, path := range files {
		if testing.Short() && i%10 > 0 {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			continue // a test of what doesn't parse
		}
		// Where somebody asks: at the first token of a node, at a bracket, an
		// operator, an end.
		places := make(map[token.Pos]bool)
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			places[n.Pos()], places[n.End()], places[n.End()-1] = true, true, true
			switch n := n.(type) {
			case *ast.CallExpr:
				places[n.Lparen] = true
			case *ast.AssignStmt:
				places[n.TokPos] = true
			case *ast.SendStmt:
				places[n.Arrow] = true
			case *ast.CommClause:
				places[n.Colon] = true
			}
			return true
		})
		for pos := range places {
			want, _ := astutil.PathEnclosingInterval(file, pos, pos)
			got := flow.Enclosing(file, pos)
			same := len(got) == len(want)
			for i := range got {
				same = same && got[i] == want[i]
			}
			if !same {
				t.Fatalf("%s: %v, want %v", fset.Position(pos), kinds(got), kinds(want))
			}
		}
	}
}

func kinds(path []ast.Node) []string {
	var out []string
	for _, n := range path {
		out = append(out, astutil.NodeDescription(n))
	}
	return out
}
