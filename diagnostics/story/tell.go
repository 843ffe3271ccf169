package story

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"log/slog"
	"runtime/debug"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxls/ctxls/diagnostics/rule"
	"github.com/ctxls/ctxls/internal/flow"
)

// Tell makes the story of a package. It holds the package's lock. Functions
// that it failed on are left out, and named in lost with the reason.
func Tell(pass *analysis.Pass, p *flow.Package) (story Package, lost []string) {
	p.Lock()
	defer p.Unlock()
	if fn := tellInit(pass, p); fn != nil {
		story = append(story, *fn)
	}
	for _, f := range p.Funcs {
		if f.TooLarge() {
			story = append(story, Function{Name: f.Name(), Untold: true})
			continue
		}
		fn, err := tellOne(pass, p, f)
		if err != nil {
			lost = append(lost, err.Error())
			fn = &Function{Name: f.Name(), Untold: true}
		}
		if fn != nil {
			story = append(story, *fn)
		}
	}
	return story, lost
}

// tellInit notes what the initialisers of package variables call, nil if that
// is nothing of interest.
func tellInit(pass *analysis.Pass, p *flow.Package) *Function {
	init := p.SSA.Func("init")
	if init == nil {
		return nil
	}
	t := &teller{pass: pass, out: new(Function)}
	var operands []*ssa.Value
	for _, block := range init.Blocks {
		for _, instr := range block.Instrs {
			operands = instr.Operands(operands[:0])
			for _, operand := range operands {
				if fn, ok := (*operand).(*ssa.Function); ok {
					t.take(fn)
				}
			}
		}
	}
	if len(t.out.Taken) == 0 {
		return nil
	}
	return t.out
}

// tellOne tells of one function, nil if there is nothing to tell.
func tellOne(pass *analysis.Pass, p *flow.Package, f *flow.Func) (fn *Function, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("story: %s.%s: panic: %v", pass.Pkg.Path(), f.Name(), cause)
			slog.Error("the story of a function was lost", "what", err.Error(), "stack", string(debug.Stack()))
		}
	}()
	t := &teller{
		pass: pass, p: p, f: f, out: new(Function),
		sites: make(map[token.Pos]ssa.CallInstruction), values: make(map[token.Pos]ssa.Value), numbers: make(map[*flow.Context]int),
		holds: make(map[*types.Var][]int), cancels: make(map[*types.Var][]int), obligations: make(map[flow.Obligation]int),
		lying: make(map[string]int), kinds: make(map[*types.Var]varKind),
	}
	if !t.survey() {
		return nil, nil
	}
	t.out.Name, t.out.Range = f.Name(), t.resolve(f.SSA.Syntax().Pos(), f.SSA.Syntax().End())
	t.findTargets()
	t.walk()
	t.parameters()
	t.makings()
	t.mentions()
	t.launches()
	if len(t.out.Contexts)+len(t.out.Cancels)+len(t.out.Launches)+len(t.out.Taken) == 0 {
		return nil, nil
	}
	if f.Obj != nil && slices.ContainsFunc(t.out.Contexts, func(c Context) bool { return c.Param >= 0 }) {
		t.out.Key = f.Obj.FullName()
	}
	slices.SortStableFunc(t.out.Mentions, func(a, b Mention) int { return cmp.Compare(a.Range.Start.Offset, b.Range.Start.Offset) })
	return t.out, nil
}

// teller makes the story of one function.
type teller struct {
	pass *analysis.Pass
	p    *flow.Package
	f    *flow.Func
	out  *Function

	sites       map[token.Pos]ssa.CallInstruction // by the parenthesis
	values      map[token.Pos]ssa.Value           // contexts that are stored, sent, returned or compared, by the operation
	makers      []ssa.CallInstruction             // calls that yield contexts or cancel functions
	starts      []ssa.CallInstruction             // calls that start goroutines
	names       []name
	targets     map[*ast.CallExpr][]ast.Expr // what the results of a call are assigned to
	returned    map[*ast.CallExpr]bool       // calls whose results are returned as they are
	numbers     map[*flow.Context]int
	holds       map[*types.Var][]int // the contexts that a variable was seen to hold
	cancels     map[*types.Var][]int // likewise the cancel functions
	obligations map[flow.Obligation]int
	lying       map[string]int // cancel functions in fields and package variables
	kinds       map[*types.Var]varKind
}

// resolve is a range without its file; see [Function].
func (t *teller) resolve(start, end token.Pos) rule.Range {
	s, e := t.p.Position(start), t.p.Position(end)
	return rule.Range{
		File:  s.Filename,
		Start: rule.Position{Offset: s.Offset, Line: s.Line, Column: s.Column},
		End:   rule.Position{Offset: e.Offset, Line: e.Line, Column: e.Column},
	}
}

func (t *teller) rangeOf(n ast.Node) rule.Range { return t.span(n.Pos(), n.End()) }

func (t *teller) span(start, end token.Pos) rule.Range {
	r := t.resolve(start, end)
	r.File = ""
	return r
}

// survey indexes the calls of the function, and reports whether there may be
// anything to tell.
func (t *teller) survey() bool {
	found := false
	var operands []*ssa.Value
	for _, body := range t.f.Bodies {
		for _, param := range body.Params {
			found = found || flow.IsContext(param.Type()) || flow.IsCancelFunc(param.Type())
		}
		for _, block := range body.Blocks {
			for _, instr := range block.Instrs {
				var called ssa.Value
				switch instr := instr.(type) {
				case ssa.CallInstruction:
					found = t.surveyCall(instr) || found
					called = instr.Common().Value
				case *ssa.UnOp:
					found = found || instr.Op == token.MUL && (flow.IsCancelFunc(instr.Type()) || flow.IsContext(instr.Type()))
				case *ssa.MakeClosure:
					called = instr.Fn // a literal
					if fn := instr.Fn.(*ssa.Function); fn.Synthetic != "" {
						t.take(fn)
					}
				}
				t.surveyValues(instr)
				operands = instr.Operands(operands[:0])
				for _, operand := range operands {
					if fn, ok := (*operand).(*ssa.Function); ok && *operand != called {
						t.take(fn)
					}
				}
			}
		}
	}
	return found || len(t.out.Taken) > 0
}

func (t *teller) surveyCall(site ssa.CallInstruction) bool {
	common := site.Common()
	t.sites[common.Pos()] = site
	found := false
	if call, ok := site.(*ssa.Call); ok && makes(call.Type()) {
		t.makers = append(t.makers, call)
		found = true
	}
	if _, isGo := site.(*ssa.Go); isGo || t.startsArgument(common) {
		t.starts = append(t.starts, site)
		found = true
	}
	for _, arg := range common.Args {
		found = found || flow.IsContext(arg.Type())
	}
	return found || common.IsInvoke() && flow.IsContext(common.Value.Type())
}

// surveyValues notes the contexts that an instruction other than a call does
// something with.
func (t *teller) surveyValues(instr ssa.Instruction) {
	note := func(v ssa.Value) {
		if v != nil && flow.IsContext(v.Type()) {
			t.values[instr.Pos()] = v
		}
	}
	switch instr := instr.(type) {
	case *ssa.Store:
		note(instr.Val)
	case *ssa.MapUpdate:
		note(instr.Value)
	case *ssa.Send:
		note(instr.X)
	case *ssa.Return:
		for _, r := range instr.Results {
			note(r)
		}
	case *ssa.BinOp:
		note(instr.X)
	}
}

// startsArgument reports whether a call runs an argument in a goroutine. Those
// of package testing wait for it.
func (t *teller) startsArgument(common *ssa.CallCommon) bool {
	callee := flow.Callee(common)
	if callee != nil && callee.Pkg() != nil && callee.Pkg().Path() == "testing" {
		return false
	}
	s := t.p.SummaryOf(callee)
	return s != nil && slices.Contains(s.Params, flow.UseLaunched)
}

// makes reports whether contexts or cancel functions are among the results.
func makes(typ types.Type) bool {
	tuple, ok := typ.(*types.Tuple)
	if !ok {
		return flow.IsContext(typ) || flow.IsCancelFunc(typ)
	}
	for v := range tuple.Variables() {
		if makes(v.Type()) {
			return true
		}
	}
	return false
}

// take notes a function of this package with a context parameter that is used
// as a value: who calls it isn't in view.
func (t *teller) take(fn *ssa.Function) {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() != t.pass.Pkg {
		return
	}
	for v := range obj.Signature().Params().Variables() {
		if flow.IsContext(v.Type()) {
			if key := obj.Origin().FullName(); !slices.Contains(t.out.Taken, key) {
				t.out.Taken = append(t.out.Taken, key)
			}
			return
		}
	}
}
