package flow_test

import (
	"go/ast"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/internal/flow"
)

// chainOf writes a chain of derivations.
func chainOf(c *flow.Context) string {
	for seen := 0; c != nil && seen < 8; seen++ {
		switch c.Kind {
		case flow.ContextParam:
			return "param " + c.Value.Name()
		case flow.ContextField:
			return "field ctx"
		case flow.ContextRequest:
			return "request"
		case flow.ContextDerived:
			via := c.Via[strings.LastIndexByte(c.Via, '.')+1:]
			if c.Grows() {
				return via + "<… grows"
			}
			return via + "<" + chainOf(c.Parent)
		case flow.ContextRoot:
			return c.Via[strings.LastIndexByte(c.Via, '.')+1:]
		case flow.ContextJoined:
			var all []string
			for _, option := range c.Options {
				all = append(all, chainOf(option))
			}
			return strings.Join(all, ", ")
		}
		break
	}
	return "unknown"
}

func TestTree(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), atMarks(func(p *flow.Package, f *flow.Func, mark *ast.CallExpr) string {
		for _, body := range f.Bodies {
			for _, block := range body.Blocks {
				for _, instr := range block.Instrs {
					site, ok := instr.(ssa.CallInstruction)
					if !ok || site.Common().Pos() != mark.Lparen {
						continue
					}
					c := p.ContextOf(site.Common().Args[0])
					said := chainOf(c)
					if p.DoneAt(c, instr) {
						said += " done"
					}
					return said
				}
			}
		}
		return ""
	}), "tree")
}
