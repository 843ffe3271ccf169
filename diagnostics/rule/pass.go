package rule

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxls/ctxls/internal/callsites"
	"github.com/ctxls/ctxls/internal/flow"
)

// Pass is what a rule sees of one function.
type Pass struct {
	*analysis.Pass
	Rule *Rule
	Flow *flow.Package
	Func *flow.Func

	cache  *sources // of a pass over comments, which has no function
	said   *part
	graphs map[*ast.BlockStmt]*releaseGraph // see ReleasesAfter
	leaves map[otherCase]string             // see otherReturn
	spent  int                              // bytes that the checks of fixes have looked at
	cut    bool                             // and that it was cut has been told
}

// Report records a finding. Fixes that may not be offered are dropped; see
// finish.
func (p *Pass) Report(d Diagnostic) {
	if p.inert(d.Pos) {
		return
	}
	if !d.End.IsValid() {
		d.End = d.Pos
	}
	if d.Severity == 0 {
		d.Severity = p.Rule.Severity
	}
	if d.Risk == "" {
		d.Risk = Medium
	}
	d.Fixes = p.checked(d.Fixes)
	f := Finding{
		Rule: p.Rule.Name, Severity: d.Severity, Risk: d.Risk, Variable: d.Variable, Message: d.Message,
		Range: p.resolve(d.Pos, d.End), Package: p.Pkg.Path(), Function: p.Func.Name(), Test: p.Func.IsTest(),
		Needless: d.Needless, Premises: [][]callsites.Premise{d.Premises},
	}
	if d.Cause == "" {
		f.Home = p.Fset.File(p.Func.File.FileStart).Name()
	}
	out := analysis.Diagnostic{Pos: d.Pos, End: d.End, Category: p.Rule.Name, Message: d.Message, URL: p.Rule.URL()}
	for _, m := range d.Missing {
		f.Missing = append(f.Missing, p.resolve(m, m))
	}
	for _, r := range d.Related {
		end := r.End
		if !end.IsValid() {
			end = r.Pos
		}
		f.Related = append(f.Related, RelatedRange{p.resolve(r.Pos, end), r.Message})
		out.Related = append(out.Related, analysis.RelatedInformation{Pos: r.Pos, End: end, Message: r.Message})
	}
	for _, c := range d.Claims {
		f.Claims = append(f.Claims, p.resolve(c, c))
	}
	for _, fix := range d.Fixes {
		f.Fixes = append(f.Fixes, p.resolveFix(fix))
		out.SuggestedFixes = append(out.SuggestedFixes, analysis.SuggestedFix{Message: fix.Title, TextEdits: fix.Edits})
	}
	if d.Cause != "" {
		p.said.caused = append(p.said.caused, caused{d.Cause, f, out})
		return
	}
	p.said.findings = append(p.said.findings, f)
	p.Pass.Report(out)
}

// mostChecked bounds the bytes that the checks of all fixes in one function
// look at, so that a generated function costs about a second at most.
const mostChecked = 2 << 20

// affords reports whether another fix may be checked, at the cost of one more
// look at the function.
func (p *Pass) affords() bool {
	if p.Func.Decl != nil {
		p.spent += int(p.Func.Decl.End() - p.Func.Decl.Pos())
	} else {
		p.spent += int(p.Func.File.FileEnd - p.Func.File.FileStart)
	}
	if p.spent > mostChecked {
		p.Cut("it is too large for fixes of all that is found in it")
		return false
	}
	return true
}

// Cut tells, once a function, that not all of it was looked at.
func (p *Pass) Cut(reason string) {
	if !p.cut {
		p.cut = true
		p.said.panics = append(p.said.panics, fmt.Sprintf("%s: %s.%s: %s", p.Rule.Name, p.Pkg.Path(), p.Func.Name(), reason))
	}
}

// checked returns those fixes that may be offered, in their final form.
func (p *Pass) checked(fixes []Fix) []Fix {
	var good []Fix
	for _, f := range fixes {
		if !p.affords() {
			break
		}
		final, err := p.finish(f)
		if err != nil {
			slog.Debug("a fix is not offered", "rule", p.Rule.Name, "fix", f.Title, "reason", err)
			continue
		}
		good = append(good, final)
	}
	return good
}

func (p *Pass) resolveFix(f Fix) ResolvedFix {
	r := ResolvedFix{Title: f.Title, Safe: f.Safe}
	for _, e := range f.Edits {
		end := e.End
		if !end.IsValid() {
			end = e.Pos
		}
		r.Edits = append(r.Edits, Edit{p.resolve(e.Pos, end), string(e.NewText)})
	}
	slices.SortStableFunc(r.Edits, func(a, b Edit) int {
		return cmp.Or(strings.Compare(a.Range.File, b.Range.File), cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset))
	})
	return r
}

func (p *Pass) resolve(start, end token.Pos) Range {
	s, e := p.position(start), p.position(end)
	return Range{
		File:  s.Filename,
		Start: Position{s.Offset, s.Line, s.Column},
		End:   Position{e.Offset, e.Line, e.Column},
	}
}

// Line is the line of pos in its file, for messages.
func (p *Pass) Line(pos token.Pos) int { return p.position(pos).Line }

// now is where a place stands in the files of the pass, see [flow.Package.Now].
func (p *Pass) now(pos token.Pos) token.Pos {
	if p.Flow == nil {
		return pos
	}
	return p.Flow.Now(pos)
}

// Declared is where an object's declaration stands in the files of the pass,
// see [flow.Package.Now].
func (p *Pass) Declared(obj types.Object) token.Pos { return p.now(obj.Pos()) }

func (p *Pass) position(pos token.Pos) token.Position {
	return p.Fset.PositionFor(p.now(pos), false)
}

// Enclosing returns the syntax nodes that enclose pos in the function's file,
// innermost first.
func (p *Pass) Enclosing(pos token.Pos) []ast.Node {
	return flow.Enclosing(p.Func.File, p.now(pos))
}

// inert reports whether pos stands in a literal that doesn't run in a program
// as it is delivered.
func (p *Pass) inert(pos token.Pos) bool {
	if p.Func == nil {
		return false
	}
	path := p.Enclosing(pos)
	for i, n := range path {
		if call, ok := n.(*ast.CallExpr); ok && i > 0 {
			if _, lit := path[i-1].(*ast.FuncLit); lit && flow.Inert(typeutil.StaticCallee(p.TypesInfo, call)) {
				return true
			}
		}
	}
	return false
}
